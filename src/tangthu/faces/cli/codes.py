"""`tangthu codes`: the national registry of identifiers."""

from __future__ import annotations

from pathlib import Path

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.people import body_named
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

_MOST = 1000


@click.group(help=_("Danh mục mã định danh điện tử của các cơ quan."))
def codes() -> None:
    """Commands about the registry."""


@codes.command(help=_("Nạp danh mục từ tệp CSV hoặc TOML, thay toàn bộ danh mục cũ."))
@click.argument("file", metavar=_("TỆP"), type=click.Path(path_type=Path))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@json_option
@click.pass_context
def load(ctx: click.Context, file: Path, code: str, as_json: bool) -> None:
    """Load the registry; the ledger of the body tells it."""
    with house():
        from tangthu.identity.actions.load_codes import load_codes

        who = acting(ctx)
        try:
            data = file.read_bytes()
        except OSError as error:
            raise InvalidInput(f"Không đọc được {file}.", hint="Kiểm tra đường dẫn.") from error
        done = load_codes(who, body_named(who.viewer, code).pk, file.name, data)
        answer({"codes": done.standing}, as_json=as_json, words=f"{done.standing} mã")


@codes.command("list", help=_("Các mã đã nạp, kèm ngày."))
@click.option("--find", "words", default="", help=_("Chỉ mã hoặc tên có các chữ này."))
@json_option
@click.pass_context
def list_(ctx: click.Context, words: str, as_json: bool) -> None:
    """Codes of the registry."""
    with house():
        from tangthu.identity.agency_codes import found

        acting(ctx)
        facts = [
            {
                "code": one.code,
                "name": one.name,
                "from": one.effective_from.isoformat(),
                "to": one.effective_to.isoformat() if one.effective_to else None,
                "decision": one.decision,
            }
            for one in found(words)[:_MOST]
        ]
        lines = [
            f"{one['code']}\t{one['name']}\t{one['from']} – {one['to'] or ''}" for one in facts
        ]
        answer({"codes": facts}, as_json=as_json, words="\n".join(lines) or "Không có mã nào.")
