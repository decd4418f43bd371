"""`tangthu label`: sensitivity labels of records, and changes of labelled ones that wait."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.archive.edits import Edit
    from tangthu.identity.policies import Viewer


@click.group(help=_("Nhãn mức độ nhạy cảm của hồ sơ, tài liệu, và sửa đổi chờ duyệt."))
def label() -> None:
    """Commands about sensitivity labels."""


@label.command("set", help=_("Đặt nhãn (01 đến 04) cho một hồ sơ hay tài liệu; “-” để bỏ nhãn."))
@click.argument("name", metavar=_("ID|MÃ"))
@click.argument("code", metavar=_("NHÃN"))
@json_option
@click.pass_context
def set_(ctx: click.Context, name: str, code: str, as_json: bool) -> None:
    """Label a record; a strict label makes its access conditional as well."""
    with house():
        from tangthu.archive.actions import describe_record
        from tangthu.identity.policies import CONDITIONAL, PUBLIC
        from tangthu.records import sensitivity
        from tangthu.records.models import Dossier

        who = acting(ctx)
        found = _record(who.viewer, name)
        wanted = None if code == "-" else code
        values: dict[str, Any] = {sensitivity.FIELD: wanted}
        if sensitivity.asks_condition(wanted) and found.access_level == PUBLIC:
            values["access_level"] = CONDITIONAL
        is_dossier = isinstance(found, Dossier)
        act = describe_record.describe_dossier if is_dossier else describe_record.describe_document
        done = act(who, found.pk, values, expected=describe_record.digest_of(found))
        facts = {
            "id": str(found.pk),
            "code": str(found),
            "sensitivity": done.record.sensitivity,
            "access_level": done.record.access_level,
            "waits": str(done.waits.pk) if done.waits else None,
        }
        state = "chờ duyệt" if done.waits else done.record.sensitivity or "-"
        answer(facts, as_json=as_json, words=f"{found}: {state}")


@label.command("waiting", help=_("Sửa đổi chờ duyệt ở các cơ quan mà người của --as xem được."))
@json_option
@click.pass_context
def waiting(ctx: click.Context, as_json: bool) -> None:
    """Changes that wait, the oldest first."""
    with house():
        from tangthu.archive import edits

        found = [_told(one) for one in edits.waiting(acting(ctx).viewer)]
        lines = [f"{one['id']}\t{one['code']}\t{', '.join(one['fields'])}" for one in found]
        answer({"edits": found}, as_json=as_json, words="\n".join(lines))


@label.command(help=_("Duyệt một sửa đổi do người khác đề nghị."))
@click.argument("edit_id", metavar="ID", type=click.UUID)
@json_option
@click.pass_context
def approve(ctx: click.Context, edit_id: uuid.UUID, as_json: bool) -> None:
    """Make a change that waits."""
    with house():
        from tangthu.archive.actions.approve_edit import approve_edit

        done = approve_edit(acting(ctx), edit_id)
        facts = {"code": str(done.record), "changed": list(done.changed)}
        answer(facts, as_json=as_json, words=f"{done.record}: {', '.join(done.changed)}")


@label.command(help=_("Không duyệt một sửa đổi, có lý do."))
@click.argument("edit_id", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help=_("Lý do; người đề nghị đọc được."))
@json_option
@click.pass_context
def refuse(ctx: click.Context, edit_id: uuid.UUID, reason: str, as_json: bool) -> None:
    """Leave the record as it is."""
    with house():
        from tangthu.archive.actions.approve_edit import refuse_edit

        held = refuse_edit(acting(ctx), edit_id, reason=reason)
        facts = {"id": str(held.pk), "decision": held.decision, "reason": held.reason}
        answer(facts, as_json=as_json, words=f"{held.pk}\t{held.get_decision_display()}")


@label.command(help=_("Rút lại một sửa đổi do chính mình đề nghị, khi chưa ai quyết định."))
@click.argument("edit_id", metavar="ID", type=click.UUID)
@json_option
@click.pass_context
def withdraw(ctx: click.Context, edit_id: uuid.UUID, as_json: bool) -> None:
    """Take back a change that one asked for."""
    with house():
        from tangthu.archive.actions.approve_edit import withdraw_edit

        held = withdraw_edit(acting(ctx), edit_id)
        facts = {"id": str(held.pk), "decision": held.decision}
        answer(facts, as_json=as_json, words=f"{held.pk}\t{held.get_decision_display()}")


def _record(viewer: Viewer, name: str) -> Any:
    """A dossier or document by id or archive code. Raises InvalidInput."""
    from tangthu.records import queries

    for rows, code in (
        (queries.dossiers(viewer), "archive_file_code"),
        (queries.documents(viewer), "record_archive_code"),
    ):
        try:
            found = rows.filter(pk=uuid.UUID(name)).first()  # type: ignore[attr-defined]
        except ValueError:
            found = rows.filter(**{code: name}).first()  # type: ignore[attr-defined]
        if found is not None:
            return found
    raise InvalidInput(f"Không có {name}.", hint="Kiểm tra lại mã.")


def _told(one: Edit) -> dict[str, Any]:
    row = one.row
    return {
        "id": str(row.pk),
        "code": str(one.record),
        "title": one.title,
        "fields": [*row.values, *(["extra"] if row.extra is not None else [])],
        "asked_by": str(row.asked_by) if row.asked_by else None,
        "asked_at": row.asked_at.isoformat(),
    }
