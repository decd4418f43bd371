"""End that a person holds a position: with a planned day, or at once (RM-690 đ)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house
from tangthu.identity.acting import Acting
from tangthu.identity.actions.last_post import end_with_last_post
from tangthu.identity.keeping import require_kept
from tangthu.identity.models import Appointment
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc


def end_appointment(
    acting: Acting,
    appointment_id: uuid.UUID,
    *,
    decision: str,
    on: dt.date | None = None,
    moves: bool = False,
) -> Appointment:
    """End an appointment with the day `on`, its last, or at once without one.

    With the last position at the body end the grants, groups and clearances there, unless its
    holder `moves` to another by the same decision.

    Ended at once it gives no rights from here on, and that is to be confirmed. Raises
    NotFoundForViewer, also for one that has ended, InvalidInput on "decision" or "on", and
    LastHolder where the body would have nobody left to confirm rights or to manage people, or the
    house on some day nobody who keeps it. One that keeps the house is ended by who keeps it.
    """
    with transaction.atomic():
        found = (
            Appointment.objects.select_for_update(of=("self",))
            .filter(pk=appointment_id, ended_at=None, refused_at=None)
            .select_related("position", "person")
            .first()
        )
        today = timezone.localdate()
        over = found is not None and found.effective_to is not None and found.effective_to < today
        if found is None or over or not _may_end(acting, found):
            raise NotFoundForViewer()
        decision = nfc(decision).strip()[:200]
        problems: dict[str, list[object]] = {}
        if not decision:
            problems["decision"] = [_("Ghi số, ngày và cơ quan ra quyết định.")]
        if on is not None and on < max(today, found.effective_from):
            problems["on"] = [_("Ngày này đã qua. Để trống nếu chấm dứt ngay.")]
        elif on is not None and found.effective_to is not None and on > found.effective_to:
            # Later than now would be longer, and nobody would have confirmed that.
            problems["on"] = [_("Chức vụ hết hạn trước ngày này; muốn kéo dài thì giao lại.")]
        if problems:
            raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
        require_kept(acting, [found], on + dt.timedelta(days=1) if on else today)
        if on is None:
            found.ended_by, found.ended_at = acting.viewer.person_id, clock.now()
            if acting.is_system:
                found.end_confirmed_at = found.ended_at
        else:
            found.effective_to = on
        found.save()
        ends_too = {} if moves else end_with_last_post(acting, found, on)
        record(
            Event(
                kind="identity.person.appointment_ended",
                obj=found.person_id,
                body=found.person.home_body_id,
                actor=acting.actor(found.position.body_id),
                detail={
                    "position": found.position.title,
                    "at": str(found.position.body_id),
                    "on": (on or today).isoformat(),
                    "decision": decision,
                    "change": str(found.pk),
                    "ends_too": ends_too,
                },
            )
        )
    return found


def _may_end(acting: Acting, found: Appointment) -> bool:
    if found.position.role in house.keeping_roles():
        return house.keeps(acting)
    return acting.may("people.manage", found.position.body_id)
