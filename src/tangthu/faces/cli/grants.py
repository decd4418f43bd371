"""`tangthu grant`, `tangthu who-may-see`: rights on one body, fonds, dossier or document."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.people import DAY, body_named
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.identity.changes import Change
    from tangthu.identity.policies import Viewer
    from tangthu.records.models import Document, Dossier

_MOST = 1000


@click.group(help=_("Quyền cấp riêng và mọi thay đổi quyền chờ người thứ hai xác nhận."))
def grant() -> None:
    """Commands about grants and changes of rights."""


@grant.command(help=_("Đề nghị cấp một quyền; có hiệu lực khi người thứ hai xác nhận."))
@click.argument("right", metavar=_("QUYỀN"))
@click.option("--body", "body", help=_("Trên cả cơ quan: mã cơ quan."))
@click.option("--fonds", "fonds", metavar=_("ID|MÃ"), help=_("Trên một phông."))
@click.option("--dossier", "dossier", metavar=_("ID|MÃ"), help=_("Trên một hồ sơ."))
@click.option("--document", "document", metavar=_("ID|MÃ"), help=_("Trên một tài liệu."))
@click.option("--to", "person", help=_("Cho người có tên đăng nhập này, của bất kỳ cơ quan nào."))
@click.option("--to-position", "position", help=_("Cho ai giữ chức vụ này."))
@click.option("--to-unit", "unit", help=_("Cho đơn vị này và đơn vị trực thuộc."))
@click.option("--to-group", "group", help=_("Cho nhóm này."))
@click.option("--until", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def give(
    ctx: click.Context,
    right: str,
    until: dt.datetime | None,
    decision: str,
    as_json: bool,
    **chosen: str | None,
) -> None:
    """Ask for a grant."""
    with house():
        from tangthu.identity.actions.grant_right import ask_grant
        from tangthu.identity.grant_conflicts import conflicts_of_grant

        who = acting(ctx)
        kind, scope, body_id = _scope(who.viewer, chosen)
        holder_kind, holder = _holder(who.viewer, body_id, chosen)
        made = ask_grant(
            who, right=right, scope_kind=kind, scope=scope, holder_kind=holder_kind,
            holder=holder, decision=decision, until=until.date() if until else None,
        )  # fmt: skip
        facts = {
            "id": str(made.pk), "right": right, "scope": [kind, str(scope)],
            "holder": [holder_kind, str(holder)], "gives_right": made.alone or not made.waits,
            "conflicts": conflicts_of_grant(made),
        }  # fmt: skip
        words = f"{made.pk}" + (" (chờ xác nhận)" if made.waits else "")
        words = "\n".join([words, *conflicts_of_grant(made)])
        answer(facts, as_json=as_json, words=words)


@grant.command("list", help=_("Thay đổi quyền ở các cơ quan mà người của --as xem được."))
@click.option("--waiting", is_flag=True, help=_("Chỉ những thay đổi chờ xác nhận."))
@json_option
@click.pass_context
def list_(ctx: click.Context, waiting: bool, as_json: bool) -> None:
    """Changes of rights, those that wait first."""
    with house():
        from tangthu.identity import changes

        who = acting(ctx).viewer
        found = changes.page_of(who, _MOST, only_waiting=waiting)
        facts = [_told(one) for one in found]
        lines = [
            f"{one['id']}\t{one['state']}\t{one['what']}\t{one['scope']}\t{one['holder']}"
            for one in facts
        ]
        answer(facts, as_json=as_json, words="\n".join(lines))


def _decide(ctx: click.Context, change_id: uuid.UUID, verb: str, *, as_json: bool) -> None:
    """Confirm, refuse or end the change with this id, of whichever kind it is."""
    with house():
        from tangthu.identity import changes
        from tangthu.identity.actions import change_rights

        who = acting(ctx)
        kind = _kind_of(who.viewer, change_id)
        getattr(change_rights, verb)(who, kind, change_id)
        facts = _told(changes.change(who.viewer, kind, change_id))
        answer(facts, as_json=as_json, words=f"{facts['state']}\t{facts['what']}")


@grant.command(help=_("Xác nhận một thay đổi quyền do người khác đề nghị."))
@click.argument("change_id", metavar="ID", type=click.UUID)
@json_option
@click.pass_context
def confirm(ctx: click.Context, change_id: uuid.UUID, as_json: bool) -> None:
    """Confirm a change."""
    _decide(ctx, change_id, "confirm", as_json=as_json)


@grant.command(help=_("Không chấp nhận một thay đổi quyền."))
@click.argument("change_id", metavar="ID", type=click.UUID)
@json_option
@click.pass_context
def refuse(ctx: click.Context, change_id: uuid.UUID, as_json: bool) -> None:
    """Refuse a change."""
    _decide(ctx, change_id, "refuse", as_json=as_json)


@grant.command(help=_("Chấm dứt ngay một quyền đã cấp."))
@click.argument("change_id", metavar="ID", type=click.UUID)
@json_option
@click.pass_context
def end(ctx: click.Context, change_id: uuid.UUID, as_json: bool) -> None:
    """End what a change gave."""
    _decide(ctx, change_id, "end", as_json=as_json)


@click.command("who-may-see", help=_("Ai được xem một hồ sơ hay tài liệu hôm nay, và vì sao."))
@click.argument("name", metavar=_("ID|MÃ"))
@json_option
@click.pass_context
def who_may_see(ctx: click.Context, name: str, as_json: bool) -> None:
    """Everybody who may see a record, with the reasons."""
    with house():
        from tangthu.records.who_may_see import who_may_see as run

        who = acting(ctx)
        found: Dossier | Document = _record(who.viewer, "dossier", name) or _record(
            who.viewer, "document", name
        )
        if found is None:
            raise _nothing(name)
        who.require("rights.review", found.body_id)
        facts = [
            {
                "name": one.person.full_name,
                "reasons": [
                    {"words": why.words, "decision": why.decision, "until": why.until}
                    for why in one.reasons
                ],
            }
            for one in run(found)
        ]
        lines = [
            f"{one['name']}\t{'; '.join(why['words'] for why in one['reasons'])}" for one in facts
        ]
        answer(facts, as_json=as_json, words="\n".join(lines))


def _record(viewer: Viewer, kind: str, name: str) -> Any:
    """A fonds, dossier or document by id or code, if the viewer may see it; None else."""
    from tangthu.archive import queries as archive
    from tangthu.records import queries as records

    found, code = {
        "fonds": (archive.fonds, "code"),
        "dossier": (records.dossiers, "archive_file_code"),
        "document": (records.documents, "record_archive_code"),
    }[kind]
    rows: Any = found(viewer)
    try:
        return rows.filter(pk=uuid.UUID(name)).first()
    except ValueError:
        several = list(rows.filter(**{code: name})[:2])
        return several[0] if len(several) == 1 else None


def _nothing(name: str) -> InvalidInput:
    return InvalidInput(f"Không có {name}.", hint="Kiểm tra lại mã.")


def _scope(viewer: Viewer, chosen: dict[str, str | None]) -> tuple[str, uuid.UUID, uuid.UUID]:
    """Kind, id and body of the one thing that the right is for. Raises InvalidInput."""
    wanted = {
        kind: name for kind in ("body", "fonds", "dossier", "document") if (name := chosen[kind])
    }
    if len(wanted) != 1:
        raise InvalidInput("Nêu đúng một trong --body, --fonds, --dossier, --document.")
    ((kind, name),) = wanted.items()
    if kind == "body":
        body = body_named(viewer, name)
        return kind, body.pk, body.pk
    found = _record(viewer, kind, name)
    if found is None:
        raise _nothing(name)
    return kind, found.pk, found.body_id


def _holder(
    viewer: Viewer, body_id: uuid.UUID, chosen: dict[str, str | None]
) -> tuple[str, uuid.UUID]:
    """Kind and id of who the right is for. Raises InvalidInput."""
    from tangthu.identity.models import Account
    from tangthu.identity.queries import holders

    wanted = {
        kind: name for kind in ("person", "position", "unit", "group") if (name := chosen[kind])
    }
    if len(wanted) != 1:
        raise InvalidInput("Nêu đúng một trong --to, --to-position, --to-unit, --to-group.")
    ((kind, name),) = wanted.items()
    if kind == "person":
        found = Account.objects.filter(username=name).first()
        return kind, found.person_id if found else uuid.UUID(int=0)
    offered = [one for _label, named in holders(viewer, body_id) for one in named]
    fitting = [key for key, label in offered if key.startswith(f"{kind}:") and label == name]
    if len(fitting) != 1:
        raise InvalidInput(f"Không có đúng một {name}.", hint="Kiểm tra lại tên.")
    return kind, uuid.UUID(fitting[0].partition(":")[2])


def _kind_of(viewer: Viewer, change_id: uuid.UUID) -> str:
    """Of which kind a change is that the viewer may know. Raises InvalidInput."""
    from tangthu.identity import changes
    from tangthu.kernel.errors import NotFoundForViewer

    for kind in changes.KINDS:
        try:
            return changes.change(viewer, kind, change_id).kind
        except NotFoundForViewer:
            continue
    raise _nothing(str(change_id))


def _told(one: Change) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "state": one.state,
        "body": one.body.code,
        "what": one.what,
        "scope": one.scope,
        "holder": one.holder,
        "asked_by": one.asked_by,
        "asked_at": one.asked_at,
        "from": one.row.effective_from.isoformat(),
        "to": one.row.effective_to.isoformat() if one.row.effective_to else None,
        "decision": one.row.decision,
    }
