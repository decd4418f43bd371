"""What does not go together: told before it is asked for, and to whoever decides (RM-691, RM-954).

A conflict is a warning, never a refusal: a small body may have no other choice, and says so by
confirming.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tangthu.identity.models import Appointment, Position, Role

# Positions that one person holds at a time at a body or in a unit.
FOR_ONE = frozenset({Role.LEADER, Role.UNIT_HEAD})
ADMINISTERING = (Role.ADMINISTRATOR, Role.KEEPER)
# Who administers may not be who keeps, confirms, or checks (separation of duties, RM-954).
APART = frozenset(
    {
        Role.ARCHIVIST,
        Role.HISTORICAL_ARCHIVIST,
        Role.LEADER,
        Role.DEPUTY,
        Role.SECURITY_OFFICER,
        Role.INSPECTOR,
    }
)


def conflicts_of(
    person_id: uuid.UUID | None,
    *,
    body_id: uuid.UUID,
    role: str,
    unit_id: uuid.UUID | None = None,
    since: dt.date,
    until: dt.date | None = None,
) -> list[str]:
    """Sentences on what would not go together if a person (None: a new one) got such a position."""
    found = []
    other = _lasting(since, until).filter(position__body_id=body_id)
    if role in FOR_ONE:
        there = other.filter(position__role=role, position__unit_id=unit_id)
        for one in there.exclude(person_id=person_id):
            found.append(_for_one(one))
    if person_id is not None:
        mine = {one.position.role for one in other.filter(person_id=person_id)}
        found.extend(_apart(mine | {role}) if role not in mine else [])
    return found


def conflicts_at(person_id: uuid.UUID, body_id: uuid.UUID, today: dt.date) -> list[str]:
    """Sentences on what does not go together in what a person holds at a body today or later."""
    mine = list(_lasting(today, None).filter(position__body_id=body_id, person_id=person_id))
    found = _apart({one.position.role for one in mine})
    for one in mine:
        found.extend(_shared(one.position, one))
    return found


def _shared(position: Position, mine: Appointment) -> list[str]:
    if position.role not in FOR_ONE:
        return []
    others = _lasting(mine.effective_from, mine.effective_to).filter(
        position__body_id=position.body_id,
        position__role=position.role,
        position__unit_id=position.unit_id,
    )
    return [_for_one(one) for one in others.exclude(person_id=mine.person_id)]


def _for_one(one: Appointment) -> str:
    return _("%(name)s cũng giữ chức vụ %(title)s, là chức vụ của một người.") % {
        "name": one.person.full_name,
        "title": one.position.title,
    }


def _apart(roles: set[str]) -> list[str]:
    against = sorted(roles & APART)
    if not against:
        return []
    named = ", ".join(str(Role(one).label) for one in against)
    words = _("Một người vừa là %(role)s vừa là %(roles)s: các việc này cần tách cho hai người.")
    return [words % {"role": one.label, "roles": named} for one in ADMINISTERING if one in roles]


def _lasting(since: dt.date, until: dt.date | None) -> QuerySet[Appointment]:
    """Appointments, also those that wait, that stand on some day of the span."""
    found = Appointment.objects.filter(ended_at=None, refused_at=None, person__active=True).filter(
        Q(effective_to=None) | Q(effective_to__gte=since)
    )
    if until is not None:
        found = found.filter(effective_from__lte=until)
    return found.select_related("position", "person").order_by("effective_from", "id")
