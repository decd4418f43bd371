"""`tangthu search`, `tangthu reindex`."""

from __future__ import annotations

import sys

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _


@click.command(help=_("Tìm hồ sơ, tài liệu; chỉ thấy những gì người thực hiện được xem."))
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
@json_option
@click.pass_context
def search(ctx: click.Context, query: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search with the same language as the page; exit 1 if nothing is found."""
    with house():
        from tangthu.discovery.language import parse
        from tangthu.discovery.search import search as run

        result = run(acting(ctx).viewer, parse(" ".join(query)), limit=limit)
        hits = [
            {
                "id": str(hit.obj),
                "kind": hit.kind,
                "code": hit.code,
                "title": hit.title,
                "issuer": hit.issuer,
                "date": hit.date_from,
            }
            for hit in result.hits
        ]
        found = {
            "count": result.count,
            "capped": result.capped,
            "widened": result.widened,
            "hits": hits,
        }
        lines = [f"{'hơn ' if result.capped else ''}{result.count} kết quả"]
        lines += [f"  {hit['code']}  {hit['date']}  {hit['title'][:100]}" for hit in hits]
        answer(found, as_json=as_json, words="\n".join(lines))
        if not result.count:
            ctx.exit(FOUND)


@click.command(
    help="Ghi lại mục tìm kiếm do phiên bản cũ ghi, để tìm nhanh; dừng và chạy tiếp được."
)
@json_option
def reindex(as_json: bool) -> None:
    """Write again what an older version wrote into the index, with the count as it goes."""
    with house():
        from tangthu.archive.searchables import renew_outdated
        from tangthu.ui.formats import thousands

        written = 0
        for written in renew_outdated():
            if sys.stderr.isatty():
                click.echo(f"\r{thousands(written)} mục", err=True, nl=False)
        answer({"written": written}, as_json=as_json, words=f"Đã ghi lại {thousands(written)} mục.")
