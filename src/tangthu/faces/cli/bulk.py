"""`tangthu dossiers ACT`, `tangthu documents ACT`: one act for all rows of a filter."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.people import DAY
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.bulk.models import BulkAct
    from tangthu.identity.policies import Viewer


@click.group(help=_("Một việc với mọi hồ sơ của một bộ lọc."))
def dossiers() -> None:
    """Acts for many dossiers."""


@click.group(help=_("Một việc với mọi tài liệu của một bộ lọc."))
def documents() -> None:
    """Acts for many documents."""


def _shared(command: Any) -> Any:
    """The options of every act: which rows, and whether only to look."""
    for add in (
        click.pass_context,
        json_option,
        click.option("--dry-run", is_flag=True, help=_("Chỉ xem trước, không làm gì.")),
        click.option("--id", "ids", multiple=True, type=click.UUID, help=_("Chỉ dòng này.")),
        click.option(
            "--filter", "query", default="", metavar="fonds=…&year=…",
            help=_("Bộ lọc như trong địa chỉ của danh sách; bỏ trống là mọi dòng."),
        ),
    ):  # fmt: skip
        command = add(command)
    return command


def _act(ctx: click.Context, act: str, given: dict[str, Any], options: dict[str, Any]) -> None:
    """Choose, preview and, unless only looking, do the act now in this process.

    The exit status is 1 when a row was refused.
    """
    with house():
        from tangthu.bulk import queries
        from tangthu.bulk.actions.choose_rows import choose_listed, choose_marked
        from tangthu.bulk.actions.confirm_act import confirm_act
        from tangthu.bulk.actions.preview_act import preview_act
        from tangthu.bulk.models import BulkAct
        from tangthu.faces.cli.context import result_of
        from tangthu.reports import sources

        who = acting(ctx)
        source = ctx.parent.info_name if ctx.parent is not None else ""
        if options["ids"]:
            made = choose_marked(who, str(source), list(options["ids"]))
        else:
            asked = {key: values[0] for key, values in parse_qs(options["query"]).items()}
            _refuse_unknown(asked)
            made = choose_listed(who, str(source), sources.pairs_of(asked))
        made = preview_act(who, made.pk, act, _filled(who.viewer, act, made, given))
        if not options["dry_run"] and queries.counts(who.viewer, made).able:
            result_of(confirm_act(who, made.pk, made.digest)[1])
            made = BulkAct.objects.get(pk=made.pk)
        facts = _told(who.viewer, made)
        answer(facts, as_json=options["as_json"], words=_words(facts))
        if facts["refused"]:
            ctx.exit(FOUND)


def _refuse_unknown(asked: dict[str, str]) -> None:
    """A filter that is not understood must not widen what is done."""
    from tangthu.reports.sources import KEPT

    stray = sorted(set(asked) - set(KEPT))
    if stray:
        raise InvalidInput(
            f"Không có bộ lọc {', '.join(stray)}.",
            hint="Chép phần sau dấu ? của địa chỉ danh sách.",
        )


def _filled(viewer: Viewer, act: str, made: BulkAct, given: dict[str, Any]) -> dict[str, Any]:
    """What was given, with names turned into ids where the act asks for ids."""
    if act == "describe":
        value = given["value"]
        from tangthu.bulk.acts.describe import shared_fields

        many = {one.identifier for one in shared_fields(made.kind) if one.many}
        return {**given, "value": value.split(",") if given["field"] in many else value}
    return given


def _told(viewer: Viewer, made: BulkAct) -> dict[str, Any]:
    from tangthu.bulk import queries
    from tangthu.bulk.actions.choose_rows import MOST

    counts = queries.counts(viewer, made)
    rows, _total = queries.rows(viewer, made, start=0, most=MOST)
    done = made.confirmed_at is not None
    return {
        "id": str(made.pk),
        "act": made.act,
        "of": made.kind,
        "digest": made.digest,
        "done": counts.done if done else None,
        "able": counts.able,
        "refused": counts.refused + counts.not_done,
        "rows": [
            {
                "id": str(one.row.obj),
                "name": one.name,
                "outcome": one.row.outcome or ("refused" if one.row.why_not else "able"),
                "why": one.row.why_not or one.row.message,
                "old": one.row.told.get("old"),
                "new": one.row.told.get("new"),
            }
            for one in rows
        ],
    }


def _words(facts: dict[str, Any]) -> str:
    told = [
        f"{row['outcome']}  {row['name']}"
        + (f"  {row['why']}" if row["why"] else "")
        + (f"  {row['old'] or '–'} → {row['new'] or '–'}" if row["new"] is not None else "")
        for row in facts["rows"]
    ]
    done = f"{facts['done']} dòng xong" if facts["done"] is not None else "chưa làm gì"
    return "\n".join(
        [*told, f"{facts['able']} dòng làm được, {facts['refused']} dòng không; {done}."]
    )


@dossiers.command("seal", help=_("Đóng gói các hồ sơ chưa đóng gói."))
@_shared
def seal(ctx: click.Context, **options: Any) -> None:
    """Seal them."""
    _act(ctx, "seal", {}, options)


@dossiers.command("contents", help=_("Lập mục lục văn bản của từng hồ sơ."))
@click.option("--format", "format_", default="pdf", show_default=True, help="xlsx, docx, doc, pdf")
@_shared
def contents(ctx: click.Context, format_: str, **options: Any) -> None:
    """Write the contents of each."""
    _act(ctx, "contents", {"format": format_}, options)


@click.command("export", help=_("Xuất các dòng ra một tệp."))
@click.option("--format", "format_", default="xlsx", show_default=True, help="xlsx, docx, doc, pdf")
@_shared
def export(ctx: click.Context, format_: str, **options: Any) -> None:
    """Export them as one list."""
    _act(ctx, "export", {"format": format_}, options)


@click.command("dip", help=_("Tạo một gói sử dụng gồm mọi dòng đã đóng gói."))
@click.option("--purpose", required=True, metavar="01|02|03", help=_("Mục đích sử dụng."))
@click.option("--content", required=True, help=_("Nội dung mục đích sử dụng."))
@click.option("--fee", default="10", show_default=True, help=_("Đối tượng tính phí, 01–10."))
@_shared
def dip(ctx: click.Context, purpose: str, content: str, fee: str, **options: Any) -> None:
    """Make one use package of them."""
    given = {"purpose_code": purpose, "purpose_text": content, "fee_class": fee}
    _act(ctx, "dip", given, options)


@click.command("describe", help=_("Cho một trường mô tả của mọi dòng cùng một giá trị."))
@click.argument("field", metavar=_("TRƯỜNG"))
@click.argument("value", metavar=_("GIÁ_TRỊ"))
@_shared
def describe(ctx: click.Context, field: str, value: str, **options: Any) -> None:
    """Change one field of each."""
    _act(ctx, "describe", {"field": field, "value": value}, options)


@click.command("freeze", help=_("Phong tỏa các dòng theo một đợt đã có."))
@click.argument("freeze_id", metavar="ID", type=click.UUID)
@_shared
def freeze(ctx: click.Context, freeze_id: uuid.UUID, **options: Any) -> None:
    """Lock them under a freeze that stands."""
    _act(ctx, "freeze", {"freeze": str(freeze_id)}, options)


@click.command("grant", help=_("Đề nghị cấp quyền xem từng dòng; người thứ hai xác nhận."))
@click.argument("right", metavar=_("QUYỀN"))
@click.option("--to", "username", default="", help=_("Cho người có tên đăng nhập này."))
@click.option("--to-holder", "holder", default="", metavar="unit:ID|group:ID|position:ID")
@click.option("--until", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@_shared
def grant(
    ctx: click.Context, right: str, username: str, holder: str, until: dt.datetime | None,
    decision: str, **options: Any,
) -> None:  # fmt: skip
    """Ask for a grant on each."""
    given = {
        "right": right, "username": username, "holder": holder,
        "until": until.strftime("%d/%m/%Y") if until else "", "decision": decision,
    }  # fmt: skip
    _act(ctx, "grant", given, options)


for _command in (export, dip, describe, freeze, grant):
    dossiers.add_command(_command)
    documents.add_command(_command)
