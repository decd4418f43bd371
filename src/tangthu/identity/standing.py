"""What a person may do on a day: the appointments, delegations and grants that stand then.

Asked for at every request, so three statements at most, whatever a person holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, DateField, Func, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity.models import Appointment, Grant, Person
from tangthu.identity.policies import Scope
from tangthu.identity.roles import rights_of

# A change of rights gives them once it is confirmed, or at once where nobody else could confirm it.
_GIVES = "(confirmed_at IS NOT NULL OR alone) AND refused_at IS NULL AND ended_at IS NULL"
_ON = "effective_from <= %(day)s AND (effective_to IS NULL OR effective_to >= %(day)s)"
_HOLDERS = f"""
WITH RECURSIVE held AS (
    SELECT p.id, p.unit_id FROM identity_position p WHERE p.id = ANY(%(positions)s)
), within AS (
    SELECT u.id, u.parent_id FROM identity_unit u JOIN held ON held.unit_id = u.id
    UNION SELECT u.id, u.parent_id FROM identity_unit u JOIN within ON within.parent_id = u.id
), holders AS (
    SELECT %(person)s::uuid AS id UNION ALL SELECT id FROM held UNION ALL SELECT id FROM within
    UNION ALL SELECT m.group_id FROM identity_groupmember m
        JOIN identity_group g ON g.id = m.group_id
        WHERE m.person_id = %(person)s AND {_GIVES} AND {_ON}
        AND NOT identity_ran_out(m.person_id, g.body_id, m.asked_at, %(day)s)
)
"""
_GRANTS = f"""
{_HOLDERS}
SELECT DISTINCT body_id, "right", scope_kind, scope FROM identity_grant
WHERE holder IN (SELECT id FROM holders) AND {_GIVES} AND {_ON}
AND NOT (holder_kind = 'person' AND identity_ran_out(holder, body_id, asked_at, %(day)s))
ORDER BY 1, 2, 3, 4
"""
_DELEGATED = """
SELECT DISTINCT d.body_id, d.rights, g.full_name, p.title, p.role FROM identity_delegation d
JOIN identity_person g ON g.id = d.giver_id AND g.active
JOIN identity_appointment a ON a.person_id = g.id
JOIN identity_position p ON p.id = a.position_id AND p.body_id = d.body_id
WHERE d.receiver_id = %(person)s
AND EXISTS (
    SELECT FROM identity_appointment r
    JOIN identity_position q ON q.id = r.position_id AND q.body_id = d.body_id
    WHERE r.person_id = d.receiver_id
    AND (r.confirmed_at IS NOT NULL OR r.alone) AND r.refused_at IS NULL AND r.ended_at IS NULL
    AND r.effective_from <= %(day)s AND (r.effective_to IS NULL OR r.effective_to >= %(day)s)
)
AND d.effective_from <= %(day)s AND d.effective_to >= %(day)s
AND (a.confirmed_at IS NOT NULL OR a.alone) AND a.refused_at IS NULL AND a.ended_at IS NULL
AND a.effective_from <= %(day)s AND (a.effective_to IS NULL OR a.effective_to >= %(day)s)
ORDER BY 1, 3, 4
"""

Rights = tuple[tuple[uuid.UUID, str], ...]


def in_force() -> Q:
    """That an appointment, a clearance or a grant is in force today."""
    today = timezone.localdate()
    lasting = Q(effective_to__isnull=True) | Q(effective_to__gte=today)
    return Q(effective_from__lte=today) & lasting


def gives() -> Q:
    """That a change of rights gives them: confirmed, or made where nobody else could confirm it."""
    return Q(refused_at=None, ended_at=None) & (Q(confirmed_at__isnull=False) | Q(alone=True))


class RanOut(Func):
    """Whether the last position at a body of the person a row gives something to has run out by its
    own last day since it was asked for: it then gave for the last time that day."""

    function = "identity_ran_out"

    def __init__(self, person: str, body: str) -> None:
        today = Value(timezone.localdate(), output_field=DateField())
        super().__init__(person, body, "asked_at", today, output_field=BooleanField())


def granted_outlived() -> Q:
    """That a grant was given to a person whose last position at its body has run out."""
    return Q(RanOut("holder", "body_id"), holder_kind=Grant.Holder.PERSON)


def member_outlived() -> Q:
    """The same of a membership of a group."""
    return Q(RanOut("person_id", "group__body_id"))


def appointments() -> QuerySet[Appointment]:
    """Every appointment that gives rights today, with its position."""
    return (
        Appointment.objects.filter(in_force(), gives(), person__active=True)
        .select_related("position")
        .order_by("effective_from", "id")
    )


def answering_body(person: Person) -> uuid.UUID:
    """The one body whose administrators answer for a person's name, account and leaving: his home
    body, but once he holds positions at others alone, that of the first, a main one before all."""
    held = list(appointments().filter(person=person))
    bodies = [one.position.body_id for one in held]
    if not bodies or person.home_body_id in bodies:
        return person.home_body_id
    main = [one.position.body_id for one in held if one.kind == Appointment.Kind.MAIN]
    return (main or bodies)[0]


def delegated_to(person: Person) -> tuple[Rights, Rights]:
    """Rights at bodies that others let `person` use today, and in whose place, in words.

    Of what was delegated only that counts which the giver himself holds today by a position, and
    only while the receiver holds one at the same body.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DELEGATED, {"person": person.pk, "day": timezone.localdate()})
        rows = cursor.fetchall()
    rights: set[tuple[uuid.UUID, str]] = set()
    words: dict[tuple[uuid.UUID, str], None] = {}
    for body, named, giver, title, role in rows:
        held = rights_of(role).intersection(named)
        rights.update((body, right) for right in held)
        if held:
            told = _("thay %(name)s (%(title)s)") % {"name": giver, "title": title}
            words[(body, told)] = None
    return tuple(sorted(rights)), tuple(words)


def granted_to(
    person_id: uuid.UUID, position_ids: Iterable[uuid.UUID]
) -> tuple[Rights, tuple[Scope, ...]]:
    """Rights at whole bodies, and for less, granted to a person, to positions he holds, to the
    units those lie in, and to groups he belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(
            _GRANTS,
            {"person": person_id, "positions": list(position_ids), "day": timezone.localdate()},
        )
        rows = cursor.fetchall()
    whole: list[tuple[uuid.UUID, str]] = []
    less: list[Scope] = []
    for body, right, kind, scope in rows:
        if kind == Grant.Scope.BODY:
            whole.append((body, right))
        else:
            less.append(Scope(body, right, kind, scope))
    return tuple(whole), tuple(less)


def holds_as(person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Whatever a person holds grants as today: himself, his positions, the units those lie in with
    all above them, and his groups."""
    held = appointments().filter(person_id=person_id).values_list("position_id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_HOLDERS} SELECT id FROM holders",
            {"person": person_id, "positions": list(held), "day": timezone.localdate()},
        )
        return frozenset(row[0] for row in cursor.fetchall())


def held_by_role(right: str, body_id: uuid.UUID) -> list[uuid.UUID]:
    """The people to whom a position of their own gives `right` at the body today."""
    found = appointments().filter(position__body_id=body_id)
    return list(
        dict.fromkeys(one.person_id for one in found if right in rights_of(one.position.role))
    )
