"""`tangthu backup run|list|verify|scan|drill|keys|restore`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli import stopping
from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option, result_of
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.kernel.models import Job

_KINDS = {"full": "đầy đủ", "incremental": "gia tăng"}
_folder = click.Path(path_type=Path)


@click.group(help=_("Sao lưu và phục hồi hồ sơ, cơ sở dữ liệu và sổ cái như một khối."))
def backup() -> None:
    """Commands about backup sets."""


@backup.command(help=_("Sao lưu ngay vào mọi nơi đã đặt trong TANGTHU_BACKUP_TO, hoặc vào --to."))
@click.option("--to", type=_folder, help=_("Thư mục nhận bộ sao lưu, đã có sẵn."))
@click.option("--full", is_flag=True, help=_("Sao lưu đầy đủ, dù chưa đến hạn."))
@click.option(
    "--without-stores", is_flag=True, help=_("Chỉ ghi danh mục các gói, không chép byte của gói.")
)
@json_option
@click.pass_context
def run(
    ctx: click.Context, to: Path | None, full: bool, without_stores: bool, as_json: bool
) -> None:
    """Make a set in each place; exit 1 if something could not be copied whole."""
    with house():
        from tangthu.backup.actions.order_backup import order_backup
        from tangthu.backup.places import places
        from tangthu.ui import formats

        who = acting(ctx)
        wanted = [to] if to is not None else places()
        if not wanted:
            raise InvalidInput(
                "Chưa nói sao lưu vào đâu.", hint="Thêm --to THƯ_MỤC, hoặc đặt TANGTHU_BACKUP_TO."
            )
        made = []
        for place in wanted:
            ordered = order_backup(who, place, full=full, stores=not without_stores)
            made.append(_result(ordered))
        lines = []
        for one in made:
            lines.append(
                f"{one['place']}/{one['set']}: {_KINDS[one['kind']]}, {one['files']} tệp, "
                f"{formats.file_size(one['bytes'])}, mới {formats.file_size(one['own_bytes'])}"
            )
            lines += [f"  KHÔNG CHÉP ĐƯỢC {problem}" for problem in one["problems"]]
            lines += [f"  đã xóa bộ quá hạn {name}" for name in one["removed"]]
        answer({"sets": made}, as_json=as_json, words="\n".join(lines))
        if any(one["problems"] for one in made):
            ctx.exit(FOUND)


@backup.command("list", help=_("Các bộ sao lưu đang có."))
@click.option("--in", "place", type=_folder, help=_("Thư mục giữ các bộ."))
@json_option
@click.pass_context
def list_sets(ctx: click.Context, place: Path | None, as_json: bool) -> None:
    """List the sets of every place, oldest first; exit 1 if one cannot be read."""
    with house():
        from tangthu.backup import sets
        from tangthu.backup.making import told
        from tangthu.backup.places import places
        from tangthu.ui import formats

        wanted = [place.absolute()] if place is not None else places()
        found = [told(one, at) for at in wanted for one in sets.sets_in(at)]
        damaged = [str(at / name) for at in wanted for name in sets.damaged_in(at)]
        lines = [
            f"{one['place']}/{one['set']}: {_KINDS[one['kind']]}, {one['files']} tệp, "
            f"{formats.file_size(one['bytes'])}"
            for one in found
        ]
        lines += [f"{name}: BẢN KÊ HỎNG" for name in damaged]
        words = "\n".join(lines) or "Chưa có bộ sao lưu nào."
        answer({"sets": found, "damaged": damaged}, as_json=as_json, words=words)
        if damaged:
            ctx.exit(FOUND)


@backup.command(help=_("Đọc lại cả bộ sao lưu và so với bản kê."))
@click.argument("name", metavar=_("BỘ"))
@json_option
@click.pass_context
def verify(ctx: click.Context, name: str, as_json: bool) -> None:
    """Read a set through; exit 1 if a file of it is missing or changed."""
    with house():
        from tangthu.backup.actions.order_backup import order_verification
        from tangthu.backup.places import find

        found = _result(order_verification(acting(ctx), find(name)))
        lines = [f"{found['set']}: {found['files']} tệp, hỏng {found['found']}"]
        lines += [f"  {one['status']} {one['path']}" for one in found["bad"]]
        answer(found, as_json=as_json, words="\n".join(lines))
        if found["found"]:
            ctx.exit(FOUND)


@backup.command(help=_("Quét mã độc một bộ (mặc định: bộ mới nhất ở mỗi nơi) bằng ClamAV."))
@click.argument("name", metavar=_("BỘ"), required=False)
@json_option
@click.pass_context
def scan(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Scan sets for viruses; exit 1 if a file is infected or could not be scanned."""
    with house():
        from tangthu.backup.actions.order_backup import order_scan
        from tangthu.backup.places import find
        from tangthu.backup.scheduling import newest_sets

        who = acting(ctx)
        folders = [find(name)] if name else newest_sets()
        if not folders:
            raise InvalidInput("Chưa có bộ sao lưu nào.", hint="Nêu đường dẫn của một bộ.")
        scans = [_result(order_scan(who, folder)) for folder in folders]
        lines = []
        for one in scans:
            lines.append(
                f"{one['place']}/{one['set']}: {one['files']} tệp, mang mã độc {one['infected']}, "
                f"chưa quét được {one['unscanned']} ({one['scanner']}/{one['signatures']})"
            )
            lines += [
                "  " + " ".join(filter(None, (bad["status"], bad["virus"], bad["path"])))
                for bad in one["bad"]
            ]
        answer({"scans": scans}, as_json=as_json, words="\n".join(lines))
        if any(one["infected"] or one["unscanned"] for one in scans):
            ctx.exit(FOUND)


@backup.command(help=_("Thử phục hồi một bộ (mặc định: bộ mới nhất) vào nơi riêng rồi xóa đi."))
@click.argument("name", metavar=_("BỘ"), required=False)
@json_option
@click.pass_context
def drill(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Restore a set aside, compare it with what it should be; exit 1 if it did not pass."""
    with house():
        from tangthu.backup.actions.order_backup import order_drill
        from tangthu.backup.places import find
        from tangthu.backup.scheduling import newest_set

        who, newest = acting(ctx), newest_set()
        if name is None and newest is None:
            raise InvalidInput("Chưa có bộ sao lưu nào.", hint="Nêu đường dẫn của một bộ.")
        folder = find(name) if name or newest is None else newest[0] / newest[1].name
        found = _result(order_drill(who, folder))
        lines = [
            f"{found['set']}: {'ĐẠT' if found['ok'] else 'KHÔNG ĐẠT'}; "
            f"{found.get('rows', 0)} dòng, {found.get('packages', 0)} gói, "
            f"hỏng {found.get('bad_count', 0)}"
        ]
        if not found["holds_stores"]:
            lines.append("  bộ này không có các gói: không đọc gói nào")
        lines += [f"  {words}" for words in (found.get("error"), *found["problems"]) if words]
        lines += [f"  {one}" for log in found.get("logs", ()) for one in log["problems"]]
        answer(found, as_json=as_json, words="\n".join(lines))
        if not found["ok"]:
            ctx.exit(FOUND)


@backup.command(help=_("Ghi khóa của hệ thống ra tệp niêm phong, hoặc lấy lại từ tệp ấy."))
@click.option("--to", type=_folder, help=_("Tệp niêm phong mới."))
@click.option("--from", "source", type=_folder, help=_("Tệp niêm phong để lấy lại khóa."))
@click.option("--try", "tried", type=_folder, help=_("Tệp niêm phong để mở thử; không ghi gì."))
@json_option
@click.pass_context
def keys(
    ctx: click.Context, to: Path | None, source: Path | None, tried: Path | None, as_json: bool
) -> None:
    """Seal the keys of this house by a passphrase, put them back from such a file, or try one.

    Putting back needs no `--as`: a restored house may have nobody's keys to sign with yet. A trial
    writes nothing; exit 1 if the file lacks a key of this house.
    """
    if len([one for one in (to, source, tried) if one is not None]) != 1:
        raise InvalidInput("Nêu một trong --to TỆP, --from TỆP, --try TỆP.")
    lacking: list[str] = []
    with house():
        from django.conf import settings

        from tangthu.backup import sealed_keys
        from tangthu.backup.actions.seal_keys import seal_keys

        if to is not None:
            who = acting(ctx)
            names = seal_keys(who, passphrase(confirm=True), to)
            words = f"Đã niêm phong {len(names)} khóa vào {to}. Giữ tệp và cụm mật khẩu ở hai nơi."
        elif tried is not None:
            held = sealed_keys.unseal(passphrase(confirm=False), tried)
            names, lacking = sorted(held), sealed_keys.lacking(held)
            words = f"Mở được {tried}: {len(names)} khóa." + "".join(
                f"\n  THIẾU hoặc khác khóa đang dùng: {name}" for name in lacking
            )
        else:
            assert source is not None
            held = sealed_keys.unseal(passphrase(confirm=False), source)
            names = sealed_keys.put_back(settings.HOME, held)
            words = f"Đã lấy lại {len(names)} khóa."
        found: dict[str, list[str]] = {"keys": names}
        if tried is not None:
            found["lacking"] = lacking
        answer(found, as_json=as_json, words=words)
        if lacking:
            ctx.exit(FOUND)


@backup.command(help=_("Phục hồi một bộ sao lưu vào một thư mục trống."))
@click.argument("folder", metavar=_("BỘ"), type=_folder)
@click.option("--home", "target", type=_folder, required=True, help=_("Thư mục trống để dùng."))
@click.option("--keys", "sealed", type=_folder, help=_("Tệp khóa đã niêm phong."))
@click.option(
    "--trust", default="", help=_("Vì sao tin bộ này, khi không có khóa của hệ thống đã lập nó.")
)
@click.option("--by", default="", help=_("Ai phục hồi: họ tên, chức vụ; ghi vào sổ cái."))
@json_option
def restore(
    folder: Path, target: Path, sealed: Path | None, trust: str, by: str, as_json: bool
) -> None:
    """Restore into an empty home, and say what is to be done before it is used."""
    from tangthu.backup import emptied
    from tangthu.kernel import database
    from tangthu.kernel.home import Home

    given = passphrase(confirm=False) if sealed is not None else ""
    home, folder = Home(target.expanduser().absolute()), folder.expanduser().absolute()
    # Settings are read from the home that is restored into, once it is there.
    os.environ["TANGTHU_HOME"], os.environ[database.PROCESS] = str(home.root), database.COMMAND
    with stopping.unwinding():
        emptied.begin(home, folder)
        home.keep_temporary_files()
        import django

        django.setup()
        from tangthu.backup import restoring, sealed_keys

        keys = sealed_keys.unseal(given, sealed) if sealed is not None else None
        done = restoring.restore(
            folder, keys=keys, trust=trust, by=by, watch=lambda _stage, _more: None
        )
    facts = done.facts
    found = {
        "set": facts.name,
        "moment": facts.moment,
        "home": str(home.root),
        "files": done.files,
        "tables": done.tables,
        "rows": done.rows,
        "packages": facts.packages,
        "logs": [log["origin"] for log in facts.logs],
        "missing_keys": done.missing_keys,
        "problems": [f"{path}: {why}" for path, why in facts.problems],
    }
    lines = [
        f"Đã phục hồi {facts.name} (như lúc {facts.moment}) vào {home.root}: {done.files} tệp, "
        f"{done.tables} bảng, {done.rows} dòng, {facts.packages} gói.",
        "Việc phải làm trước khi dùng:",
        f"  export TANGTHU_HOME={shlex.quote(str(home.root))}",
    ]
    if done.missing_keys:
        lines.append("  tangthu backup keys --from TỆP_KHÓA   # chưa có khóa của sổ cái")
    lines += [
        f"  tangthu --as QUẢN_TRỊ ledger recover {log['origin']} --tree BẢN_SAO_CÂY_MỚI_HƠN"
        for log in facts.logs
    ]
    lines += [
        "    (QUẢN_TRỊ: quản trị của cơ quan có sổ; không có bản sao nào mới hơn: "
        "--nothing-newer “lý do”)",
        "  tangthu up   # quản trị đọc báo cáo phục hồi ở Việc của tôi rồi xác nhận",
    ]
    lines += [f"  KHÔNG CÓ TRONG BỘ SAO LƯU {problem}" for problem in found["problems"]]
    answer(found, as_json=as_json, words="\n".join(lines))


def passphrase(*, confirm: bool) -> str:
    """The passphrase of a file of keys: asked for, or one line of standard input."""
    if sys.stdin.isatty():
        asked = click.prompt(
            _("Cụm mật khẩu của tệp khóa"), hide_input=True, confirmation_prompt=confirm, err=True
        )
        return str(asked)
    return sys.stdin.readline().rstrip("\r\n")


def _result(job: Job) -> dict[str, Any]:
    return {name: value for name, value in result_of(job).items() if name != "noted"}
