"""A person leaves: every right ends, nobody signs in as him, what he did stays his (RM-690 đ)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house, standing
from tangthu.identity.acting import Acting
from tangthu.identity.keeping import require_kept
from tangthu.identity.models import (
    Account,
    Appointment,
    Clearance,
    Delegation,
    Grant,
    GroupMember,
    Person,
)
from tangthu.kernel import clock
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc

# What else ends when a person leaves (sessions, keys), registered by who keeps it.
_leaving: list[Callable[[uuid.UUID], None]] = []


class OwnLeaving(Refused):
    """Nobody ends his own account: there must be somebody left to answer for it."""


def on_leaving(end: Callable[[uuid.UUID], None]) -> None:
    """Let `end` be called with the person's id, in the transaction in which he leaves."""
    _leaving.append(end)


def leave(acting: Acting, person_id: uuid.UUID, *, decision: str) -> Person:
    """End all that a person holds and may do, everywhere, today, and close his account.

    Whoever manages the people of the body that answers for him does it. Raises NotFoundForViewer,
    OwnLeaving, KeptByOthers for who keeps the house, and LastHolder where a body would have nobody
    left to confirm rights or to manage people, or the house nobody who keeps it.
    """
    with transaction.atomic():
        found = Person.objects.select_for_update().filter(pk=person_id, active=True).first()
        if found is None or not acting.may("people.manage", standing.answering_body(found)):
            raise NotFoundForViewer()
        if person_id == acting.viewer.person_id:
            raise OwnLeaving(
                _("Không tự cho mình thôi việc trong hệ thống."),
                hint=_("Nhờ quản trị khác của cơ quan."),
            )
        house.require_over(acting, person_id)
        held = Appointment.objects.filter(person_id=person_id, ended_at=None, refused_at=None)
        require_kept(acting, held.select_related("position"), timezone.localdate())
        found.active = False
        found.save(update_fields=["active"])
        ended = _end_all(acting, person_id)
        Account.objects.filter(person_id=person_id).update(is_active=False)
        for end in _leaving:
            end(person_id)
        record(
            Event(
                kind="identity.person.left",
                obj=person_id,
                body=found.home_body_id,
                actor=acting.actor(found.home_body_id),
                detail={"decision": nfc(decision).strip()[:200], "ended": ended},
            )
        )
    return found


def _end_all(acting: Acting, person_id: uuid.UUID) -> dict[str, int]:
    """End appointments, memberships, own grants and delegations; how many of each."""
    now, today = clock.now(), timezone.localdate()
    own = {"ended_at": None, "refused_at": None}
    counts = {"appointment": 0, "member": 0, "grant": 0, "delegation": 0}
    for name, found in (
        ("appointment", Appointment.objects.filter(person_id=person_id, **own)),
        ("member", GroupMember.objects.filter(person_id=person_id, **own).select_related("group")),
        ("grant", Grant.objects.filter(holder=person_id, **own)),
    ):
        for one in found:
            one.ended_by, one.ended_at, one.end_confirmed_at = acting.viewer.person_id, now, now
            one.save(update_fields=["ended_by", "ended_at", "end_confirmed_at"])
            counts[name] += 1
            if not isinstance(one, Appointment):
                _tell(acting, one)
    yesterday = today - dt.timedelta(days=1)
    cleared = Clearance.objects.filter(person_id=person_id).exclude(effective_to__lt=today)
    counts["clearance"] = cleared.update(effective_to=yesterday)
    stood = Delegation.objects.filter(
        Q(giver_id=person_id) | Q(receiver_id=person_id), effective_to__gte=today
    ).select_related("giver")
    for stands in stood:
        stands.effective_to = yesterday
        stands.save(update_fields=["effective_to"])
        counts["delegation"] += 1
        if stands.giver_id != person_id:
            record(
                Event(
                    kind="identity.person.delegation_ended",
                    obj=stands.giver_id,
                    body=stands.giver.home_body_id,
                    actor=acting.actor(stands.body_id),
                    detail={"at": str(stands.body_id), "to": str(person_id)},
                )
            )
    return counts


def _tell(acting: Acting, one: Grant | GroupMember) -> None:
    body = one.body_id if isinstance(one, Grant) else one.group.body_id
    record(
        Event(
            kind="identity.rights.ended",
            obj=one.pk if isinstance(one, Grant) else one.group_id,
            body=body,
            actor=acting.actor(body),
            detail={"change": str(one.pk), "at": str(body)},
        )
    )
