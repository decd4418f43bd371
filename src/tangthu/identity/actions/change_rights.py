"""A change of rights from asking to its end: confirmed or refused by a second person (RM-630 c)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house, keeping, standing
from tangthu.identity.acting import Acting
from tangthu.identity.models import Appointment, Clearance, Grant, GroupMember
from tangthu.identity.models.asked import Asked
from tangthu.kernel import clock
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.ui import formats

# What of each kind a change is told as, by the name under which pages and commands ask for it.
KINDS: dict[str, type[Asked]] = {
    "grant": Grant,
    "member": GroupMember,
    "appointment": Appointment,
    "clearance": Clearance,
}


# Until when somebody confirms nothing (another reset his password), registered by who knows.
_resting: list[Callable[[uuid.UUID], dt.datetime | None]] = []


def on_confirming(until: Callable[[uuid.UUID], dt.datetime | None]) -> None:
    """Let `until` say until when a person confirms nothing; None if nothing keeps him."""
    _resting.append(until)


class Resting(Refused):
    """Somebody else reset this person's password or second step: he confirms nothing for now."""

    http_status = 409


class OwnChange(Refused):
    """Nobody confirms what he asked for himself, or what gives rights to himself."""


class AlreadyDecided(Refused):
    """The change was confirmed, refused or ended by somebody else meanwhile."""

    http_status = 409


class Asking(TypedDict):
    """The columns of `Asked` that are set when a change is asked for."""

    asked_by: uuid.UUID | None
    asked_at: Any
    alone: bool
    confirmed_at: Any


def asking(acting: Acting, body_id: uuid.UUID, *, house_wide: bool = False) -> Asking:
    """What is kept of a change that the acting person asks for at the body, now.

    What the installation itself sets up is confirmed with it. While nobody else has ever confirmed
    rights there, the change gives them at once and stands as unconfirmed: a body must be able to
    begin. Once somebody has, it waits, also if he is gone; what reaches beyond the body
    (`house_wide`) once anybody has at any body: whoever opens a body is else alone there.
    """
    now = clock.now()
    if acting.is_system:
        return {"asked_by": None, "asked_at": now, "alone": False, "confirmed_at": now}
    mine = acting.viewer.person_id
    alone = not keeping.ever_confirmed(None if house_wide else body_id, but=mine)
    return {"asked_by": mine, "asked_at": now, "alone": alone, "confirmed_at": None}


def confirm(acting: Acting, kind: str, change_id: uuid.UUID) -> None:
    """Confirm a change, or its end; from here on it gives the rights, or gives none for good.

    Raises NotFoundForViewer, Refused, OwnChange, AlreadyDecided, Resting, and NotHisAlone for a
    position that keeps the house while somebody else may sign in as its holder.
    """
    with transaction.atomic():
        found = _waiting(acting, kind, change_id)
        ending = found.ended_at is not None
        if not ending and not acting.is_system and _keeps_house(found):
            house.require_his_alone(found.person_id)
        if ending:
            found.end_confirmed_at = clock.now()
        else:
            found.confirmed_by, found.confirmed_at = acting.viewer.person_id, clock.now()
        found.save()
        _told(
            acting,
            found,
            "identity.rights.end_confirmed" if ending else "identity.rights.confirmed",
        )


def refuse(acting: Acting, kind: str, change_id: uuid.UUID) -> None:
    """Refuse a change: it gives no rights, now or later. The end of one cannot be refused; whoever
    wants the right back asks for it anew. Raises as `confirm`."""
    with transaction.atomic():
        found = _waiting(acting, kind, change_id)
        if found.ended_at is not None:
            raise Refused(
                _("Quyền đã chấm dứt; chỉ có thể xác nhận."),
                hint=_("Muốn cấp lại thì lập đề nghị mới."),
            )
        found.refused_by, found.refused_at = acting.viewer.person_id, clock.now()
        found.save()
        _told(acting, found, "identity.rights.refused")


def end(acting: Acting, kind: str, change_id: uuid.UUID) -> None:
    """End what a grant or a membership gave, at once; that it ended is to be confirmed.

    Raises NotFoundForViewer, Refused, AlreadyDecided.
    """
    with transaction.atomic():
        # A position and a clearance are ended by others, by a decision (end_appointment,
        # grant_clearance).
        found = _locked("" if kind in ("appointment", "clearance") else kind, change_id)
        acting.require("rights.ask", body_of(found))
        if found.ended_at is not None or found.refused_at is not None:
            raise _decided()
        found.ended_by, found.ended_at = acting.viewer.person_id, clock.now()
        never_held = found.confirmed_at is None and not found.alone
        if acting.is_system or never_held:
            found.end_confirmed_at = found.ended_at
        found.save()
        _told(acting, found, "identity.rights.ended")


def body_of(change: Asked) -> uuid.UUID:
    """The body at which a change gives rights."""
    if isinstance(change, Grant | Clearance):
        return change.body_id
    if isinstance(change, GroupMember):
        return change.group.body_id
    assert isinstance(change, Appointment)
    return change.position.body_id


def person_of(change: Asked) -> uuid.UUID | None:
    """The one person to whom a change gives rights; None if it gives them to several."""
    if isinstance(change, Grant):
        return change.holder if change.holder_kind == Grant.Holder.PERSON else None
    return change.person_id  # type: ignore[attr-defined,no-any-return]


def concerns(change: Asked, person_id: uuid.UUID) -> bool:
    """Whether a person asked for the change or for its end, or it gives rights to him: by himself,
    or by what he holds or belongs to today. Such a one does not confirm it."""
    asker = change.asked_by if change.ended_at is None else change.ended_by
    if person_id in (asker, person_of(change)):
        return True
    return isinstance(change, Grant) and change.holder in standing.holds_as(person_id)


def can_be_confirmed(change: Asked) -> bool:
    """Whether somebody at the body may confirm the change today."""
    confirmers = standing.held_by_role("rights.confirm", body_of(change))
    return any(not concerns(change, one) for one in confirmers)


def _waiting(acting: Acting, kind: str, change_id: uuid.UUID) -> Any:
    found = _locked(kind, change_id)
    acting.require("rights.confirm", body_of(found))
    if not acting.is_system and concerns(found, acting.viewer.person_id):
        raise OwnChange(
            _("Không tự xác nhận đề nghị của mình hoặc quyền cho chính mình."),
            hint=_("Nhờ người khác có thẩm quyền xác nhận."),
        )
    if not found.waits:
        raise _decided()
    if not acting.is_system:
        _require_rested(acting.viewer.person_id)
    return found


def _keeps_house(change: Asked) -> bool:
    return isinstance(change, Appointment) and change.position.role in house.keeping_roles()


def _require_rested(person_id: uuid.UUID) -> None:
    for until in _resting:
        end = until(person_id)
        if end is not None:
            raise Resting(
                _("Mật khẩu hoặc xác thực hai bước của bạn vừa do người khác đặt lại."),
                hint=_("Từ %(when)s bạn lại xác nhận được; việc gấp thì người xác nhận khác làm.")
                % {"when": formats.moment(end)},
            )


def _locked(kind: str, change_id: uuid.UUID) -> Any:
    model = KINDS.get(kind)
    found = model and model.objects.select_for_update().filter(pk=change_id).first()  # type: ignore[attr-defined]
    if not found:
        raise NotFoundForViewer()
    return found


def _decided() -> AlreadyDecided:
    return AlreadyDecided(
        _("Thay đổi này đã có người quyết định."), hint=_("Mở lại danh sách để xem kết quả.")
    )


def _told(acting: Acting, change: Any, kind: str) -> None:
    body = body_of(change)
    obj, at = change.pk, body
    if isinstance(change, GroupMember):
        obj = change.group_id
    elif isinstance(change, Appointment | Clearance):
        obj, at = change.person_id, change.person.home_body_id
    record(
        Event(
            kind=kind,
            obj=obj,
            body=at,
            actor=acting.actor(body),
            detail={"change": str(change.pk), "at": str(body)},
        )
    )
