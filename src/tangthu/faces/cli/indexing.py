"""`tangthu index rebuild`: the catalogue and the search index again, from a store alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option, result_of
from tangthu.faces.cli.words import translate as _


@click.group("index", help=_("Danh mục và chỉ mục tìm kiếm."))
def index() -> None:
    """Commands on the catalogue as a whole."""


@index.command(
    "rebuild",
    help=_(
        "Lập lại danh mục và chỉ mục từ một kho, khi mất cơ sở dữ liệu mà không có bản sao lưu."
    ),
)
@click.option(
    "--store", "path", required=True, metavar=_("THƯ_MỤC"), type=click.Path(path_type=Path),
    help=_("Thư mục của kho (có tệp 0=ocfl_1.1)."),
)  # fmt: skip
@click.option("--check-only", is_flag=True, help=_("Chỉ đọc và nói sẽ lập lại được gì."))
@click.option(
    "--take-over", is_flag=True,
    help=_("Trong hệ thống đang có hồ sơ: nhận gói và phiên bản mà danh mục chưa biết."),
)  # fmt: skip
@json_option
@click.pass_context
def rebuild(
    ctx: click.Context, path: Path, check_only: bool, take_over: bool, as_json: bool
) -> None:
    """Read every package of a store and make what it preserves; exit 1 if any could not be."""
    with house():
        from tangthu.archive.actions.order_rebuild import order_rebuild, store_at
        from tangthu.archive.rebuilding import check, problems_of
        from tangthu.repository.actions.register_store import administered_at

        who = acting(ctx)
        if check_only:
            administered_at(who)
            found: dict[str, Any] = check(store_at(path), take_over=take_over)
        else:
            job = order_rebuild(who, path, take_over=take_over)
            found = {**result_of(job), "problems": problems_of(job.pk)}
        words = _(
            "Lập lại {made} gói ({documents} tài liệu), nhận phiên bản mới của {newer} gói, "
            "ghi thêm {copies} bản sao, đã có {there}, khép lại theo ghi chú {closed}; "
            "khác lúc đóng gói {inexact}, hỏng {damaged}, không hiểu {not_understood}."
        ).format(**found)
        told = [f"{one['package']}: {one['why']}" for one in found["problems"]]
        answer(
            {**found, "checked_only": check_only}, as_json=as_json, words="\n".join([words, *told])
        )
        if found["damaged"] or found["not_understood"] or found["inexact"]:
            ctx.exit(FOUND)
