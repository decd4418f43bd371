"""`tangthu upgrade keep|rehearse|run`: another version of PostgreSQL and of the schema."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli import stopping
from tangthu.faces.cli.context import answer, json_option
from tangthu.faces.cli.words import translate as _

if TYPE_CHECKING:
    from tangthu.kernel.home import Home

_old = click.option(
    "--old", type=click.Path(path_type=Path), metavar=_("THƯ_MỤC"),
    help=_("Thư mục (có bin/postgres) của PostgreSQL đã tạo cơ sở dữ liệu."),
)  # fmt: skip


@click.group(help=_("Nâng cấp phiên bản, cả PostgreSQL nhúng, bên cạnh cơ sở dữ liệu cũ."))
def upgrade() -> None:
    """Commands about upgrades."""


@contextmanager
def _home() -> Iterator[Home]:
    """The home, with Django set up and no database touched."""
    from tangthu.kernel.home import Home

    home = Home.from_environment().ensure()
    home.keep_temporary_files()
    import django

    django.setup()
    with stopping.unwinding():
        yield home


@upgrade.command(help=_("Giữ chương trình PostgreSQL hiện tại, trước khi cài phiên bản mới."))
@json_option
def keep(as_json: bool) -> None:
    """Keep the programs of the present version in the home."""
    with _home() as home:
        from tangthu.kernel import pg_programs

        place, major = pg_programs.keep(home), pg_programs.wheel_major()
        words = _("Đã giữ chương trình PostgreSQL {major} ở {place}.")
        answer(
            {"version": major, "place": str(place)},
            as_json=as_json,
            words=words.format(major=major, place=place),
        )


@upgrade.command(help=_("Làm thử toàn bộ việc nâng cấp trên một bản chép; hệ thống vẫn chạy."))
@_old
@json_option
def rehearse(old: Path | None, as_json: bool) -> None:
    """Do all of it on a copy, say how long it took and how much room, and throw the copy away."""
    with _home() as home:
        from tangthu.backup.upgrading import rehearse as work

        _run(home, old, as_json, work)


@upgrade.command(help=_("Nâng cấp; hệ thống phải dừng. Cơ sở dữ liệu cũ được giữ lại."))
@_old
@json_option
def run(old: Path | None, as_json: bool) -> None:
    """Build the new cluster beside the old one and let them change places."""
    with _home() as home:
        from tangthu.backup.upgrading import upgrade as work

        _run(home, old, as_json, work)


def _run(home: Home, old: Path | None, as_json: bool, work: Callable[..., Any]) -> None:
    from tangthu.kernel import pg_programs
    from tangthu.ui import formats

    done = work(
        home, pg_programs.old_programs(home, old), lambda stage: click.echo(stage, err=True)
    )
    words = _(
        "PostgreSQL {old} → {new}: {tables} bảng, {rows} dòng giống hệt; {migrations} bước chuyển "
        "đổi làm thay đổi {changed} bảng; {logs} sổ cái khớp. Cũ {old_size}, bản kết xuất "
        "{dump_size}, mới {new_size}; {seconds} giây."
    ).format(
        old=done.old_version, new=done.new_version, tables=done.tables,
        rows=formats.thousands(done.rows), migrations=done.migrations, changed=len(done.changed),
        logs=done.logs, old_size=formats.file_size(done.old_bytes),
        dump_size=formats.file_size(done.dump_bytes), new_size=formats.file_size(done.new_bytes),
        seconds=round(sum(done.seconds.values())),
    )  # fmt: skip
    if done.kept:
        words += "\n" + _(
            "Cụm cũ: {kept}. Quay lại: dừng hệ thống, đổi tên hai thư mục, cài lại phiên bản cũ."
        ).format(kept=done.kept)
    answer(dataclasses.asdict(done), as_json=as_json, words=words)
