"""Who may see a record, and why: each person with every way by which it is open to him.

The answer follows the same rules as the reads themselves (queries, within), told the other way
round: from the record to the people.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity import standing
from tangthu.identity.models import (
    Appointment,
    Clearance,
    Delegation,
    Grant,
    Group,
    GroupMember,
    Person,
    Role,
)
from tangthu.identity.policies import CONDITIONAL, PUBLIC
from tangthu.identity.roles import rights_of
from tangthu.records.levels import NOBODYS, degree_of, level_of
from tangthu.records.models import Document, Dossier
from tangthu.records.queries import effective_level, withheld_among
from tangthu.records.within import around
from tangthu.ui import formats

_UNITS_BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM identity_unit WHERE id = %s
    UNION SELECT u.id FROM identity_unit u JOIN below ON u.parent_id = below.id
) SELECT id FROM below
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """One way by which a record is open to a person; `until` is its last day, if it has one."""

    words: str
    decision: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Seer:
    """A person who may see a record."""

    person: Person
    reasons: tuple[Reason, ...]


def who_may_see(record: Dossier | Document) -> list[Seer]:
    """Everybody who may see the record today, by name, with the reasons.

    Nobody may see what is withheld, nor a secret without a clearance.
    """
    level = effective_level(record) if isinstance(record, Document) else level_of(record)
    if isinstance(record, Document) and withheld_among([record.pk]):
        level = NOBODYS
    if level == NOBODYS:
        return []
    found: dict[uuid.UUID, list[Reason]] = defaultdict(list)
    enough = _enough(level)
    _by_position(found, record.body_id, enough)
    _by_delegation(found, record.body_id, enough)
    _by_grant(found, record, enough, level)
    if degree_of(level):
        _keep_cleared(found, record.body_id, degree_of(level))
    people = Person.objects.filter(pk__in=found, active=True).order_by("sort_key", "id")
    return [Seer(one, tuple(found[one.pk])) for one in people]


def _enough(level: str) -> frozenset[str]:
    """The rights each of which opens a level at its body, a clearance for secrets aside."""
    if level == CONDITIONAL:
        return frozenset({"read.conditional"})
    return frozenset({"read.public", "read.conditional"})


def _title(one: Appointment) -> str:
    return f"{one.position.title} ({Role(one.position.role).label})"


def _by_position(
    found: dict[uuid.UUID, list[Reason]], body_id: uuid.UUID, enough: frozenset[str]
) -> None:
    for one in standing.appointments().filter(position__body_id=body_id):
        if rights_of(one.position.role) & enough:
            found[one.person_id].append(
                Reason(
                    _("chức vụ: %(title)s") % {"title": _title(one)},
                    one.decision,
                    formats.day(one.effective_to) if one.effective_to else "",
                )
            )


def _by_delegation(
    found: dict[uuid.UUID, list[Reason]], body_id: uuid.UUID, enough: frozenset[str]
) -> None:
    today = timezone.localdate()
    for one in Delegation.objects.filter(
        body_id=body_id, effective_from__lte=today, effective_to__gte=today, giver__active=True
    ).select_related("giver"):
        own = standing.appointments().filter(position__body_id=body_id, person=one.giver)
        held = frozenset().union(*(rights_of(each.position.role) for each in own))
        if held & enough & frozenset(one.rights):
            found[one.receiver_id].append(
                Reason(
                    _("được %(name)s ủy quyền") % {"name": one.giver.full_name},
                    one.decision,
                    formats.day(one.effective_to),
                )
            )


def _by_grant(
    found: dict[uuid.UUID, list[Reason]],
    record: Dossier | Document,
    enough: frozenset[str],
    level: str,
) -> None:
    """A grant for the body counts as a role does; one for less opens no secret."""
    scopes = [record.body_id, *(around(record) if level in (PUBLIC, CONDITIONAL) else ())]
    for grant in Grant.objects.filter(
        standing.in_force(),
        standing.gives(),
        body_id=record.body_id,
        right__in=enough,
        scope__in=scopes,
    ):
        for person_id, whom in _holders(grant):
            words = _("được cấp quyền trên %(scope)s, cho %(holder)s") % {
                "scope": grant.get_scope_kind_display().lower(),
                "holder": whom,
            }
            until = formats.day(grant.effective_to) if grant.effective_to else ""
            found[person_id].append(Reason(words, grant.decision, until))


def _holders(grant: Grant) -> Iterable[tuple[uuid.UUID, str]]:
    """The people to whom a grant gives its right today, and in which quality."""
    if grant.holder_kind == Grant.Holder.PERSON:
        return [(grant.holder, _("chính người này"))]
    if grant.holder_kind == Grant.Holder.GROUP:
        members = GroupMember.objects.filter(
            standing.in_force(), standing.gives(), group_id=grant.holder
        )
        name = Group.objects.get(pk=grant.holder).name
        return [(one.person_id, _("nhóm %(name)s") % {"name": name}) for one in members]
    held = standing.appointments()
    if grant.holder_kind == Grant.Holder.POSITION:
        held = held.filter(position_id=grant.holder)
        return [(one.person_id, _("chức vụ %(name)s") % {"name": _title(one)}) for one in held]
    below = _units_below(grant.holder)
    held = held.filter(position__unit_id__in=below).select_related("position__unit")
    return [
        (one.person_id, _("đơn vị %(name)s") % {"name": str(one.position.unit)}) for one in held
    ]


def _units_below(unit_id: uuid.UUID) -> Sequence[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_UNITS_BELOW, [unit_id])
        return [row[0] for row in cursor.fetchall()]


def _keep_cleared(found: dict[uuid.UUID, list[Reason]], body_id: uuid.UUID, degree: str) -> None:
    """Of those, the ones cleared for the degree; their clearance is told beside."""
    cleared = {
        one.person_id: one
        for one in Clearance.objects.filter(
            standing.in_force(), Q(degree__gte=degree), body_id=body_id, person__in=found
        )
    }
    for person_id in list(found):
        if person_id not in cleared:
            del found[person_id]
            continue
        words = _("được tiếp cận bí mật nhà nước")
        found[person_id].append(Reason(words, cleared[person_id].decision))
