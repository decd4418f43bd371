"""`tangthu fixity`, and how what a check found is told."""

from __future__ import annotations

from typing import Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option, result_of
from tangthu.faces.cli.words import translate as _


@click.command(help=_("Kiểm tra toàn vẹn mọi bản sao trong các kho; --repair để phục hồi."))
@click.option("--repair", is_flag=True, help=_("Thay tệp hỏng bằng tệp tốt của kho khác."))
@json_option
@click.pass_context
def fixity(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Check every package that the person of `--as` audits, in every store."""
    with house():
        from tangthu.repository.actions.order_check import order_check

        tell(ctx, result_of(order_check(acting(ctx), repair=repair)), as_json)


def tell(ctx: click.Context, found: dict[str, Any], as_json: bool) -> None:
    """Say what a check found; the exit code tells whether anything is not whole."""
    from tangthu.repository.wording import what

    words = (
        f"{found['objects']} gói, {found['files']} tệp; hỏng {len(found['bad'])}, "
        f"phục hồi {len(found['repaired'])}, không phục hồi được {len(found['unrepairable'])}"
    )
    if found["unchecked"]:
        words += f", chưa kiểm tra được {len(found['unchecked'])}"
    for name, told in (
        ("bad", "HỎNG"),
        ("repaired", "ĐÃ PHỤC HỒI"),
        ("unrepairable", "KHÔNG PHỤC HỒI ĐƯỢC"),
        ("unchecked", "CHƯA ĐỌC ĐƯỢC"),
    ):
        for one in found[name]:
            words += f"\n  {told} {one['store']} {one['package']} {one['path']}"
            words += f" {what(one['path'], one['status'])}" if "status" in one else ""
    answer(found, as_json=as_json, words=words)
    if found["bad"] or found["unchecked"]:
        ctx.exit(FOUND)
