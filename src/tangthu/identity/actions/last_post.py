"""What ends with the last position that a person holds at a body: what he was given there besides.

A right, a group or a clearance at a body was given to who works there; once he does not, it would
outlive its reason.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from tangthu.identity import standing
from tangthu.identity.acting import Acting
from tangthu.identity.models import Appointment, Clearance, Grant, GroupMember
from tangthu.kernel import clock
from tangthu.ledger.record import Event, record


def end_with_last_post(acting: Acting, ended: Appointment, on: dt.date | None) -> dict[str, int]:
    """End the grants, memberships and clearances of a person at a body with the last position that
    he holds there, as it ends: with the day `on`, or at once. Returns how many of each; in the
    transaction of who ends the position."""
    if ended.confirmed_at is None and not ended.alone:
        return {}  # it never was a post; what he was given as an outsider stands
    body_id, person_id = ended.position.body_id, ended.person_id
    first = on + dt.timedelta(days=1) if on else timezone.localdate()
    lasting = Q(effective_to=None) | Q(effective_to__gte=first)
    others = Appointment.objects.filter(
        standing.gives(), lasting, person_id=person_id, position__body_id=body_id
    )
    if others.exclude(pk=ended.pk).exists():
        return {}
    counts = {"grant": 0, "member": 0, "clearance": 0}
    stands = Q(ended_at=None, refused_at=None) & lasting
    rows: list[Grant | GroupMember] = [
        *Grant.objects.filter(
            stands, body_id=body_id, holder_kind=Grant.Holder.PERSON, holder=person_id
        ),
        *GroupMember.objects.filter(
            stands, group__body_id=body_id, person_id=person_id
        ).select_related("group"),
    ]
    for one in rows:
        counts["grant" if isinstance(one, Grant) else "member"] += 1
        _end(acting, one, on)
    last = on or first - dt.timedelta(days=1)
    counts["clearance"] = Clearance.objects.filter(
        lasting, person_id=person_id, body_id=body_id
    ).update(effective_to=last)
    return {kind: count for kind, count in counts.items() if count}


def _end(acting: Acting, one: Grant | GroupMember, on: dt.date | None) -> None:
    """End one as the position ends; the decision is the position's, confirmed with it."""
    if on is None:
        now = clock.now()
        one.ended_by, one.ended_at, one.end_confirmed_at = acting.viewer.person_id, now, now
    else:
        one.effective_to = on
    one.save(update_fields=["ended_by", "ended_at", "end_confirmed_at", "effective_to"])
    body = one.body_id if isinstance(one, Grant) else one.group.body_id
    record(
        Event(
            kind="identity.rights.ended",
            obj=one.pk if isinstance(one, Grant) else one.group_id,
            body=body,
            actor=acting.actor(body),
            detail={"change": str(one.pk), "at": str(body), "on": on.isoformat() if on else ""},
        )
    )
