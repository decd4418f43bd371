"""Reads of people, units, positions and groups, for who reviews or manages them at a body."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from tangthu.identity import standing
from tangthu.identity.models import (
    Appointment,
    Body,
    Delegation,
    Grant,
    Group,
    GroupMember,
    Person,
    Position,
    Unit,
)
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.standards.vietnamese import fold
from tangthu.ui.cursors import Cursor


def reviewed(viewer: Viewer) -> frozenset[uuid.UUID]:
    """Bodies at which the viewer knows who holds and may do what."""
    return viewer.bodies_with("rights.review") | viewer.bodies_with("people.manage")


def require_review(viewer: Viewer) -> frozenset[uuid.UUID]:
    """The same. Raises NotFoundForViewer if there is none."""
    found = reviewed(viewer)
    if not found:
        raise NotFoundForViewer()
    return found


def bodies_with(viewer: Viewer, right: str) -> QuerySet[Body]:
    """The bodies at which the viewer has `right`, by name."""
    return Body.objects.filter(id__in=viewer.bodies_with(right)).order_by("name", "id")


def bodies_reviewed(viewer: Viewer) -> QuerySet[Body]:
    """The bodies whose people the viewer may know, by name."""
    return Body.objects.filter(id__in=reviewed(viewer)).order_by("name", "id")


# ── people ──────────────────────────────────────────────────────────────────────────────────────


def people(
    viewer: Viewer,
    *,
    text: str = "",
    state: str = "",
    roles: Iterable[str] = (),
    unit: str = "",
) -> QuerySet[Person]:
    """People of the bodies whose people the viewer may know, by name.

    `state`: "active" for who has an account that stands, "left", or "waiting" for who has a
    position that waits for confirmation. `unit`: a unit's id, as text.
    """
    here = reviewed(viewer)
    held = Appointment.objects.filter(person=OuterRef("pk"), position__body_id__in=here).filter(
        # Who was only asked for and refused, or taken back before it was confirmed, is not of here.
        Q(confirmed_at__isnull=False) | Q(alone=True) | standing_now()
    )
    found = Person.objects.filter(Q(home_body_id__in=here) | Exists(held))
    text = text.replace("\0", "")
    if text:
        found = found.filter(Q(full_name__icontains=text) | Q(account__username__icontains=text))
    if state in ("active", "left"):
        found = found.filter(active=state == "active")
    if state == "waiting":
        found = found.filter(Exists(held.filter(confirmed_at=None, refused_at=None, ended_at=None)))
    now = held.filter(standing_now())
    roles = list(roles)
    if roles:
        found = found.filter(Exists(now.filter(position__role__in=roles)))
    if unit:
        found = found.filter(Exists(now.filter(position__unit_id=unit)))
    return found.select_related("home_body", "account").order_by("sort_key", "id")


def person(viewer: Viewer, person_id: uuid.UUID) -> Person:
    """One of those people. Raises NotFoundForViewer."""
    found = people(viewer).filter(pk=person_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def namesakes(person: Person) -> list[Person]:
    """Others of his home body whose name is the same but for marks and case."""
    others = Person.objects.filter(home_body=person.home_body_id, active=True).exclude(pk=person.pk)
    return [one for one in others if fold(one.full_name) == fold(person.full_name)]


def standing_now() -> Q:
    """That an appointment or membership has been asked for, and is not over, ended or refused."""
    today = timezone.localdate()
    return Q(refused_at=None, ended_at=None) & (Q(effective_to=None) | Q(effective_to__gte=today))


def positions_of(viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> list[Appointment]:
    """All that people hold and held at bodies whose people the viewer may know, newest first."""
    return list(
        Appointment.objects.filter(
            person_id__in=list(person_ids), position__body_id__in=reviewed(viewer)
        )
        .select_related("position__body", "position__unit", "person")
        .order_by("-effective_from", "-asked_at", "id")
    )


def stands(one: Appointment | GroupMember | Grant) -> bool:
    """Whether it was asked for, and is not over, ended or refused."""
    over = one.effective_to is not None and one.effective_to < timezone.localdate()
    over = over or getattr(one, "outlived", False)
    return one.refused_at is None and one.ended_at is None and not over


def appointment(viewer: Viewer, appointment_id: uuid.UUID) -> Appointment:
    """One that stands, at a body whose people the viewer manages. Raises NotFoundForViewer."""
    managed = viewer.bodies_with("people.manage")
    found = (
        Appointment.objects.filter(standing_now(), pk=appointment_id, position__body_id__in=managed)
        .select_related("position__body", "position__unit", "person")
        .first()
    )
    if found is None:
        raise NotFoundForViewer()
    return found


def delegations(viewer: Viewer, person_id: uuid.UUID) -> list[Delegation]:
    """What a person let others do and was let do, newest first; one's own at every body."""
    found = Delegation.objects.filter(Q(giver_id=person_id) | Q(receiver_id=person_id))
    if person_id != viewer.person_id:
        found = found.filter(body_id__in=reviewed(viewer))
    return list(
        found.select_related("giver", "receiver", "body").order_by("-effective_from", "-given_at")
    )


def memberships(viewer: Viewer, person_id: uuid.UUID) -> list[GroupMember]:
    """The groups that a person belongs or belonged to, newest first; one's own at every body."""
    found = GroupMember.objects.filter(person_id=person_id).annotate(
        outlived=standing.RanOut("person_id", "group__body_id")
    )
    if person_id != viewer.person_id:
        found = found.filter(group__body_id__in=reviewed(viewer))
    return list(found.select_related("group__body").order_by("-effective_from", "-asked_at"))


def grants(viewer: Viewer, person_id: uuid.UUID) -> list[Grant]:
    """What was granted to the person himself, newest first; one's own at every body."""
    found = Grant.objects.filter(holder_kind=Grant.Holder.PERSON, holder=person_id).annotate(
        outlived=standing.RanOut("holder", "body_id")
    )
    if person_id != viewer.person_id:
        found = found.filter(body_id__in=reviewed(viewer))
    return list(found.select_related("body").order_by("-effective_from", "-asked_at"))


# ── units and positions ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit with how deep it lies (0 for those of the body itself)."""

    unit: Unit
    depth: int


def tree(viewer: Viewer, body_id: uuid.UUID, day: dt.date) -> list[Branch]:
    """The units of a body as they were on a day, each before those below it.

    Raises NotFoundForViewer.
    """
    if body_id not in reviewed(viewer):
        raise NotFoundForViewer()
    units = Unit.objects.filter(body_id=body_id, effective_from__lte=day).filter(
        Q(effective_to=None) | Q(effective_to__gte=day)
    )
    below: dict[uuid.UUID | None, list[Unit]] = {}
    found = list(units.prefetch_related("succeeds").order_by("sort_key", "id"))
    there = {one.pk for one in found}
    for one in found:
        below.setdefault(one.parent_id if one.parent_id in there else None, []).append(one)

    def walk(parent: uuid.UUID | None, depth: int) -> list[Branch]:
        return [
            branch
            for one in below.get(parent, [])
            for branch in (Branch(one, depth), *walk(one.pk, depth + 1))
        ]

    return walk(None, 0)


def units_of(viewer: Viewer, right: str = "people.manage") -> QuerySet[Unit]:
    """Units that stand, of the bodies at which the viewer has `right`."""
    return (
        Unit.objects.filter(effective_to=None, body_id__in=viewer.bodies_with(right))
        .select_related("body")
        .order_by("body__name", "sort_key", "id")
    )


def held_in(viewer: Viewer, unit_ids: Iterable[uuid.UUID]) -> list[Appointment]:
    """What people hold, asked for or confirmed, in units of bodies whose people one manages."""
    return list(
        Appointment.objects.filter(
            standing_now(),
            position__unit__in=list(unit_ids),
            position__body_id__in=viewer.bodies_with("people.manage"),
        )
        .select_related("person", "position__unit")
        .order_by("person__sort_key", "id")
    )


def holders_on(body_id: uuid.UUID, day: dt.date) -> dict[uuid.UUID, list[Appointment]]:
    """Who holds or held each position of a body on a day, asked for or confirmed; by position."""
    found: dict[uuid.UUID, list[Appointment]] = {}
    held = (
        Appointment.objects.filter(
            position__body_id=body_id, effective_from__lte=day, refused_at=None
        )
        .filter(Q(effective_to=None) | Q(effective_to__gte=day))
        .filter(Q(ended_at=None) | Q(ended_at__date__gt=day))
        .select_related("person")
        .order_by("person__sort_key", "id")
    )
    for one in held:
        found.setdefault(one.position_id, []).append(one)
    return found


def positions_on(viewer: Viewer, body_id: uuid.UUID, day: dt.date) -> list[Position]:
    """The positions of a body on a day, by unit and title. Raises NotFoundForViewer."""
    if body_id not in reviewed(viewer):
        raise NotFoundForViewer()
    found = Position.objects.filter(body_id=body_id, effective_from__lte=day).filter(
        Q(effective_to=None) | Q(effective_to__gte=day)
    )
    return list(found.select_related("unit", "body").order_by("unit__sort_key", "title", "id"))


# ── groups ──────────────────────────────────────────────────────────────────────────────────────


def groups(viewer: Viewer) -> QuerySet[Group]:
    """The groups of the bodies whose people the viewer may know: open ones first."""
    return (
        Group.objects.filter(body_id__in=reviewed(viewer))
        .select_related("body")
        .order_by("closed_at", "sort_key", "id")
    )


def group(viewer: Viewer, group_id: uuid.UUID) -> Group:
    """One of them. Raises NotFoundForViewer."""
    found = groups(viewer).filter(pk=group_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def members_of(group: Group) -> list[GroupMember]:
    """Who belongs or belonged to a group that the viewer may know; those who still do first."""
    return list(
        group.members.annotate(outlived=standing.RanOut("person_id", "group__body_id"))
        .select_related("person")
        .order_by("-ended_at", "person__sort_key", "id")
    )


def colleagues(viewer: Viewer, body_ids: Iterable[uuid.UUID]) -> list[Appointment]:
    """Who holds a position at some bodies of the viewer today, himself left out; one for each.

    Whoever works at a body knows who his colleagues are.
    """
    at = viewer.bodies() & frozenset(body_ids)
    return list(
        standing.appointments()
        .filter(position__body_id__in=at)
        .exclude(person_id=viewer.person_id)
        .order_by("person__sort_key", "person_id", "position__body_id", "id")
        .distinct("person__sort_key", "person_id", "position__body_id")
        .select_related("person", "position__body")
    )


def page_of(
    found: QuerySet[Person], cursor: Cursor | None, *, descending: bool, limit: int
) -> list[Person]:
    """Up to `limit` people by name after a place in the list, nearest first."""
    turned = descending != (cursor is not None and cursor.backwards)
    if cursor is not None:
        name, key = cursor.values
        try:
            at = uuid.UUID(str(key))
        except ValueError:
            at = uuid.UUID(int=0)
        by = "lt" if turned else "gt"
        found = found.filter(
            Q(**{f"sort_key__{by}": str(name)}) | Q(sort_key=str(name), **{f"id__{by}": at})
        )
    order = ("-sort_key", "-id") if turned else ("sort_key", "id")
    return list(found.order_by(*order)[:limit])
