"""Who may see a record, and why: each person with every way by which it is open to him.

The answer follows the same rules as the reads themselves (queries, within), told the other way
round: from the record to the people.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    SELECT id AS top, id FROM identity_unit WHERE id = ANY(%s)
    UNION SELECT below.top, u.id FROM identity_unit u JOIN below ON u.parent_id = below.id
) SELECT top, id FROM below
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

    Nobody may see what is withheld, nor a secret without a clearance. As many statements for a
    thousand people and grants as for one.
    """
    level = effective_level(record) if isinstance(record, Document) else level_of(record)
    if isinstance(record, Document) and withheld_among([record.pk]):
        level = NOBODYS
    if level == NOBODYS:
        return []
    found: dict[uuid.UUID, list[Reason]] = defaultdict(list)
    enough = _enough(level)
    held = _holding(Q(position__body=record.body_id))
    _by_position(found, held, enough)
    _by_delegation(found, record.body_id, held, enough)
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


def _holding(where: Q) -> list[Appointment]:
    """The appointments of today that a condition names, with position and unit."""
    return list(standing.appointments().filter(where).select_related("position__unit"))


def _by_position(
    found: dict[uuid.UUID, list[Reason]], held: Sequence[Appointment], enough: frozenset[str]
) -> None:
    for one in held:
        if rights_of(one.position.role) & enough:
            found[one.person_id].append(
                Reason(
                    _("chức vụ: %(title)s") % {"title": _title(one)},
                    one.decision,
                    formats.day(one.effective_to) if one.effective_to else "",
                )
            )


def _by_delegation(
    found: dict[uuid.UUID, list[Reason]],
    body_id: uuid.UUID,
    held: Sequence[Appointment],
    enough: frozenset[str],
) -> None:
    today = timezone.localdate()
    own: dict[uuid.UUID, frozenset[str]] = defaultdict(frozenset)
    for one in held:
        own[one.person_id] |= rights_of(one.position.role)
    for given in Delegation.objects.filter(
        body_id=body_id, effective_from__lte=today, effective_to__gte=today, giver__active=True
    ).select_related("giver"):
        if given.receiver_id in own and own[given.giver_id] & enough & frozenset(given.rights):
            found[given.receiver_id].append(
                Reason(
                    _("được %(name)s ủy quyền") % {"name": given.giver.full_name},
                    given.decision,
                    formats.day(given.effective_to),
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
    grants = list(
        Grant.objects.filter(
            standing.in_force(),
            standing.gives(),
            ~standing.granted_outlived(),
            body_id=record.body_id,
            right__in=enough,
            scope__in=scopes,
        )
    )
    groups = _members([one.holder for one in grants if one.holder_kind == Grant.Holder.GROUP])
    units = _units_below([one.holder for one in grants if one.holder_kind == Grant.Holder.UNIT])
    inside = frozenset().union(*units.values())
    named = [one.holder for one in grants if one.holder_kind == Grant.Holder.POSITION]
    held = _holding(Q(position__in=named) | Q(position__unit__in=inside)) if grants else []
    for grant in grants:
        for person_id, whom in _holders(grant, held, groups, units):
            words = _("được cấp quyền trên %(scope)s, cho %(holder)s") % {
                "scope": grant.get_scope_kind_display().lower(),
                "holder": whom,
            }
            until = formats.day(grant.effective_to) if grant.effective_to else ""
            found[person_id].append(Reason(words, grant.decision, until))


def _holders(
    grant: Grant,
    held: Sequence[Appointment],
    groups: Mapping[uuid.UUID, Sequence[GroupMember]],
    units: Mapping[uuid.UUID, Collection[uuid.UUID]],
) -> Iterable[tuple[uuid.UUID, str]]:
    """The people to whom a grant gives its right today, and in which quality."""
    if grant.holder_kind == Grant.Holder.PERSON:
        return [(grant.holder, _("chính người này"))]
    if grant.holder_kind == Grant.Holder.GROUP:
        members = groups.get(grant.holder, ())
        return [(one.person_id, _("nhóm %(name)s") % {"name": one.group.name}) for one in members]
    if grant.holder_kind == Grant.Holder.POSITION:
        return [
            (one.person_id, _("chức vụ %(name)s") % {"name": _title(one)})
            for one in held
            if one.position_id == grant.holder
        ]
    below = units[grant.holder]
    return [
        (one.person_id, _("đơn vị %(name)s") % {"name": str(one.position.unit)})
        for one in held
        if one.position.unit_id in below
    ]


def _members(group_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[GroupMember]]:
    """Who belongs to some groups today, by group."""
    found: dict[uuid.UUID, list[GroupMember]] = defaultdict(list)
    members = GroupMember.objects.filter(
        standing.in_force(),
        standing.gives(),
        ~standing.member_outlived(),
        group_id__in=group_ids,
    )
    for one in members.select_related("group") if group_ids else ():
        found[one.group_id].append(one)
    return found


def _units_below(unit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """For some units themselves and all units below each."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {one: {one} for one in unit_ids}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_UNITS_BELOW, [list(found)])
            for top, below in cursor.fetchall():
                found[top].add(below)
    return found


def _keep_cleared(found: dict[uuid.UUID, list[Reason]], body_id: uuid.UUID, degree: str) -> None:
    """Of those, the ones cleared for the degree; their clearance is told beside."""
    cleared = {
        one.person_id: one
        for one in Clearance.objects.filter(
            standing.in_force(),
            standing.gives(),
            Q(degree__gte=degree),
            body_id=body_id,
            person__in=found,
        )
    }
    for person_id in list(found):
        if person_id not in cleared:
            del found[person_id]
            continue
        words = _("được tiếp cận bí mật nhà nước")
        found[person_id].append(Reason(words, cleared[person_id].decision))
