"""Decide on a change of a labelled record that somebody else asked for, or take back one's own
(RM-951)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import edits
from tangthu.archive.actions.describe_record import Described, describe_as_approved
from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.records.models import PendingEdit
from tangthu.standards.vietnamese import nfc

RIGHT = "records.approve"
_LENGTH = 200


class OwnEdit(Refused):
    """Nobody approves a change that he asked for himself."""


class NotAllSeen(Refused):
    """The change is of something that whoever would approve it may not see."""


class EditDecided(Refused):
    """Somebody else decided on the change meanwhile."""

    http_status = 409


def approve_edit(acting: Acting, edit_id: uuid.UUID) -> Described:
    """Make the change that waits. Raises NotFoundForViewer, Refused, OwnEdit, EditDecided,
    NotAllSeen, or what `describe_as_approved` raises: ChangedMeanwhile if the record no longer
    stands as it did."""
    with transaction.atomic():
        held = _waiting(acting, edit_id)
        if edits.unseen(acting.viewer, edits.seen(acting.viewer, [held])[0]):
            raise NotAllSeen(
                _("Sửa đổi này có trường mà bạn không được xem."),
                hint=_("Nhờ người xem được mọi tài liệu của hồ sơ duyệt."),
            )
        done = describe_as_approved(acting, held)
        _decide(acting, held, PendingEdit.Decision.APPROVED, "")
    return done


def refuse_edit(acting: Acting, edit_id: uuid.UUID, *, reason: str) -> PendingEdit:
    """Leave the record as it is, for a reason. Raises as `approve_edit`, and InvalidInput on
    "reason"."""
    reason = nfc(reason).strip()
    if not 0 < len(reason) <= _LENGTH:
        words = _("Bỏ trống hoặc dài quá 200 ký tự.")
        raise InvalidInput(words, problems={"reason": [words]})
    with transaction.atomic():
        held = _waiting(acting, edit_id)
        _decide(acting, held, PendingEdit.Decision.REFUSED, reason)
    return held


def withdraw_edit(acting: Acting, edit_id: uuid.UUID) -> PendingEdit:
    """Take back a change that one asked for, before anybody decides on it.

    Raises NotFoundForViewer, of another's as well, or EditDecided.
    """
    with transaction.atomic():
        held = _held(acting, edit_id)
        if held.asked_by != acting.person_id:
            raise NotFoundForViewer()
        _require_undecided(held)
        _decide(acting, held, PendingEdit.Decision.WITHDRAWN, "")
    return held


def _held(acting: Acting, edit_id: uuid.UUID) -> PendingEdit:
    """A change that the viewer may know of (`edits.one`), whoever asked for it; locked."""
    held = PendingEdit.objects.select_for_update().filter(pk=edit_id).first()
    if held is None or edits.one(acting.viewer, edit_id) is None:
        raise NotFoundForViewer()
    return held


def _waiting(acting: Acting, edit_id: uuid.UUID) -> PendingEdit:
    held = _held(acting, edit_id)
    acting.require(RIGHT, held.body_id)
    if held.asked_by == acting.person_id:
        raise OwnEdit(
            _("Không tự duyệt sửa đổi của mình."), hint=_("Nhờ người khác có thẩm quyền duyệt.")
        )
    _require_undecided(held)
    return held


def _require_undecided(held: PendingEdit) -> None:
    if held.decided_at is not None:
        raise EditDecided(
            _("Sửa đổi này đã có người quyết định."), hint=_("Mở lại danh sách để xem kết quả.")
        )


def _decide(acting: Acting, held: PendingEdit, decision: str, reason: str) -> None:
    held.decision, held.reason = decision, reason
    held.decided_by, held.decided_at = acting.person_id, clock.now()
    held.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    record(
        Event(
            kind=f"records.{held.kind}.edit_{decision}",
            obj=held.obj,
            body=held.body_id,
            actor=acting.actor(held.body_id),
            detail={"edit": str(held.pk), "asked": str(held.asked_by)},
        )
    )
