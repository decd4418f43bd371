"""`tangthu search`, `tangthu reindex`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import HomeUnusable, InvalidInput, NotFinished

if TYPE_CHECKING:
    from tangthu.identity.acting import Acting
    from tangthu.reports.models import Export

_FORMATS = ("xlsx", "docx", "doc", "pdf")


@click.command(help=_("Tìm hồ sơ, tài liệu; chỉ thấy những gì người thực hiện được xem."))
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
@click.option(
    "--kind", type=click.Choice(["dossier", "document"]), help=_("Chỉ hồ sơ, hoặc chỉ tài liệu.")
)
@click.option(
    "--columns",
    metavar=_("TÊN,…"),
    default="",
    help=_("Cột của tệp xuất, ví dụ code,title,date,note."),
)
@click.option(
    "--order",
    type=click.Choice(["place", "-place", "date", "-date", "code", "-code"]),
    default="place",
    show_default=True,
    help=_("Thứ tự của tệp xuất; dấu trừ là giảm dần."),
)
@click.option(
    "--export", "target", metavar=_("TỆP"), type=click.Path(path_type=Path),
    help=_("Xuất mọi kết quả ra tệp .xlsx, .docx, .doc hoặc .pdf."),
)  # fmt: skip
@json_option
@click.pass_context
def search(
    ctx: click.Context,
    query: tuple[str, ...],
    limit: int,
    kind: str | None,
    columns: str,
    order: str,
    target: Path | None,
    as_json: bool,
) -> None:
    """Search with the same language as the page; exit 1 if nothing is found."""
    with house():
        from tangthu.discovery.language import parse
        from tangthu.discovery.search import search as run
        from tangthu.discovery.views import stated_date

        who, text = acting(ctx), " ".join(query)
        result = run(who.viewer, parse(text), kind=kind or "", limit=limit)
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
        found: dict[str, Any] = {
            "count": result.count,
            "capped": result.capped,
            "widened": result.widened,
            "hits": hits,
        }
        lines = [f"{'hơn ' if result.capped else ''}{result.count} kết quả"]
        lines += [
            f"  {hit['code']}  {stated_date(hit['date'])}  {hit['title'][:100]}" for hit in hits
        ]
        if target is not None:
            from tangthu.reports import sources

            pairs = sources.pairs_of({"q": text, "sort": order, "kind": kind or ""})
            export = _export(who, pairs, [one for one in columns.split(",") if one], target)
            found["export"] = {
                "file": str(target), "rows": export.rows, "bytes": export.size,
                "sha256": export.sha256, "serial": export.serial,
            }  # fmt: skip
            lines.append(f"Đã xuất {export.rows} dòng ra {target}, mã bản {export.serial}")
        answer(found, as_json=as_json, words="\n".join(lines))
        if not result.count:
            ctx.exit(FOUND)


def _export(who: Acting, pairs: dict[str, str], columns: list[str], target: Path) -> Export:
    """Write all results to `target` by the same job as the page, here and now."""
    from tangthu.kernel.jobs import execute
    from tangthu.kernel.models import Job
    from tangthu.reports import files, sources
    from tangthu.reports.actions.order_export import fetch_export, order_export
    from tangthu.standards import durable

    format_ = target.suffix.lower().removeprefix(".")
    if format_ not in _FORMATS:
        raise InvalidInput(
            "Không xuất được ra loại tệp này.", hint="Dùng đuôi .xlsx, .docx, .doc hoặc .pdf."
        )
    if target.exists():
        raise InvalidInput(
            f"Đã có tệp {target}.", hint="Chọn tên khác; tệp có sẵn không bị ghi đè."
        )
    known = {column.key for column in sources.columns_of(pairs.get("kind", ""))}
    strange = [key for key in columns if key not in known]
    if strange:
        raise InvalidInput(
            f"Không có cột {', '.join(strange)}.", hint=f"Có: {', '.join(sorted(known))}."
        )
    export, job = order_export(
        who, source="search", pairs=pairs, columns=columns, format_=format_, queued=False
    )
    done = execute(job.id)
    if done.state != Job.State.DONE:
        raise NotFinished(done.message, hint=done.hint)
    export = fetch_export(who, export.pk)
    try:
        chunks = durable.chunks_of(files.file_of(export))
        durable.write_file(target, chunks, what="export.copy", mode=0o600)
    except OSError as error:
        raise HomeUnusable(
            f"Không ghi được {target}: {error.strerror}.", hint="Chọn chỗ khác."
        ) from error
    return export


@click.command(
    help=_("Ghi lại mục tìm kiếm do phiên bản cũ ghi, để tìm nhanh; dừng và chạy tiếp được.")
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
