"""`tangthu stores`, `tangthu fixity`."""

from __future__ import annotations

from typing import Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import Refused


@click.command(help=_("Các kho: số gói, dung lượng, tình trạng."))
@json_option
@click.pass_context
def stores(ctx: click.Context, as_json: bool) -> None:
    """List the stores with what they hold and whether every copy in them is whole."""
    with house():
        from tangthu.repository.queries import store_summaries
        from tangthu.ui.formats import thousands

        found = store_summaries()
        words = "\n".join(
            f"{one['name']}: {one['objects']} gói, {thousands(one['bytes'])} byte, "
            f"{'tốt' if one['healthy'] else 'CÓ VẤN ĐỀ'} ({one['path']})"
            for one in found
        )
        answer(found, as_json=as_json, words=words or "Chưa có kho nào.")
        if not all(one["healthy"] for one in found):
            ctx.exit(FOUND)


@click.command(help=_("Kiểm tra toàn vẹn mọi bản sao trong các kho; --repair để phục hồi."))
@click.option("--repair", is_flag=True, help=_("Thay tệp hỏng bằng tệp tốt của kho khác."))
@json_option
@click.pass_context
def fixity(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Check every package that the person of `--as` audits, in every store."""
    with house():
        from tangthu.kernel.jobs import finish
        from tangthu.kernel.models import Job
        from tangthu.repository.actions.order_check import order_check

        job = finish(order_check(acting(ctx), repair=repair).id)
        if job.state != Job.State.DONE:
            raise Refused(job.message, hint=job.hint)
        found: dict[str, Any] = job.result
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
        answer(found, as_json=as_json, words=words)
        if found["bad"] or found["unchecked"]:
            ctx.exit(FOUND)
