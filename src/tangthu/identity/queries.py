"""Reads of bodies and people, each cut to what the viewer may know."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from tangthu.identity import standing
from tangthu.identity.models import (
    Account,
    Appointment,
    Body,
    Clearance,
    Grant,
    Group,
    ListChoice,
    Person,
    Position,
    Unit,
)
from tangthu.identity.policies import Viewer
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.jobs import private_kinds
from tangthu.kernel.models import Job, QuarantinedItem
from tangthu.kernel.terms import LAW_2024

MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs there are of one state, kind and person."""

    state: str
    kind: str
    person_id: uuid.UUID | None
    n: int


def viewer_of(person: Person) -> Viewer:
    """The viewer that `person` is today, with all that stands for him."""
    if not person.active:
        return Viewer(person.id, person.full_name, ())
    mine = standing.appointments().filter(person=person)
    held = list(mine.select_related("position__body"))
    delegated, words = standing.delegated_to(person)
    whole, scopes = standing.granted_to(person.id, [one.position_id for one in held])
    return Viewer(
        person.id,
        person.full_name,
        tuple((one.position.body_id, one.position.role, one.position.title) for one in held),
        clearances_of(person),
        extra=(*delegated, *whole),
        scopes=scopes,
        stands_for=words,
        terms=held[0].position.body.terms if held else LAW_2024,
    )


def clearances_of(person: Person) -> tuple[tuple[uuid.UUID, str], ...]:
    """For each body that has cleared `person`: its id and the highest degree in force today.

    A connected installation has no clearances and asks for none.
    """
    if not isolated():
        return ()
    found: dict[uuid.UUID, str] = {}
    # One outlives no position at its body.
    held = standing.appointments().filter(person=person).order_by()
    here = Q(body_id__in=held.values("position__body_id"))
    cleared = Clearance.objects.filter(standing.in_force(), standing.gives(), here, person=person)
    for one in cleared.order_by("body_id"):
        found[one.body_id] = max(one.degree, found.get(one.body_id, ""))
    return tuple(found.items())


def clearances_at(people: Iterable[Appointment]) -> dict[tuple[uuid.UUID, uuid.UUID], Clearance]:
    """Of some people at their bodies the highest clearance in force, by person and body."""
    named = {one.person_id for one in people}
    found = Clearance.objects.filter(standing.in_force(), standing.gives(), person_id__in=named)
    return {(one.person_id, one.body_id): one for one in found.order_by("degree")}


def clearances_waiting(
    people: Iterable[Appointment],
) -> dict[tuple[uuid.UUID, uuid.UUID], Clearance]:
    """Of some people at their bodies the clearance that waits to be confirmed."""
    named = {one.person_id for one in people}
    found = Clearance.objects.filter(
        person_id__in=named, confirmed_at=None, refused_at=None, ended_at=None, alone=False
    )
    return {(one.person_id, one.body_id): one for one in found}


def viewer_named(username: str) -> Viewer | None:
    """The viewer behind a user name, for the command line's `--as`; None if there is none."""
    account = (
        Account.objects.select_related("person").filter(username=username, is_active=True).first()
    )
    return viewer_of(account.person) if account else None


def bodies(viewer: Viewer) -> QuerySet[Body]:
    """The bodies in which the viewer holds a position or has any right."""
    return Body.objects.filter(id__in=viewer.bodies()).order_by("name")


def codes_elsewhere(viewer: Viewer, right: str) -> frozenset[str]:
    """The codes of the bodies at which the viewer does not have `right`; not to be shown to him."""
    others = Body.objects.exclude(id__in=viewer.bodies_with(right))
    return frozenset(others.values_list("code", flat=True))


def body(viewer: Viewer, code_or_id: str) -> Body | None:
    """The body with this code or id, if the viewer holds a position there."""
    found = bodies(viewer)
    try:
        return found.filter(id=uuid.UUID(code_or_id)).first()
    except ValueError:
        return found.filter(code=code_or_id).first()


def jobs(viewer: Viewer) -> QuerySet[Job]:
    """Long work that the viewer started, or that runs for a body whose archive he looks after.

    Work of a private kind is shown to whoever ordered it alone.
    """
    looked_after = viewer.bodies_with("archive.import") | viewer.bodies_with("repository.audit")
    here = viewer.bodies()
    return Job.objects.annotate(read_at=Now()).filter(
        (Q(body_id__in=looked_after) & ~Q(kind__in=private_kinds()))
        | Q(body_id__in=here, person_id=viewer.person_id)
    )


def job_counts(
    viewer: Viewer, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> list[JobCount] | None:
    """How many jobs that the viewer may see were ordered in a span, by state, kind and person.

    None when there are more than a page may count.
    """
    found = between(jobs(viewer), since, until).order_by("-created_at")
    newest = found.values("id")[: MOST_COUNTED + 1]
    groups = (
        Job.objects.filter(id__in=newest)
        .values_list("state", "kind", "person_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    counted = [JobCount(*group) for group in groups]
    return counted if sum(one.n for one in counted) <= MOST_COUNTED else None


def between(
    found: QuerySet[Job], since: dt.datetime | None, until: dt.datetime | None
) -> QuerySet[Job]:
    """Those of some jobs that were ordered from `since` on and before `until`; None is open."""
    if since is not None:
        found = found.filter(created_at__gte=since)
    return found.filter(created_at__lt=until) if until is not None else found


def names_of(people: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names of people whose ids the viewer already knows from what he may see."""
    wanted = {one for one in people if one is not None}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "full_name"))


def job(viewer: Viewer, job_id: uuid.UUID) -> Job:
    """The job, if the viewer may see it. Raises NotFoundForViewer."""
    found = jobs(viewer).filter(pk=job_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def quarantined(viewer: Viewer) -> QuerySet[QuarantinedItem]:
    """What waits in quarantine at bodies where the viewer decides on it; oldest first."""
    return QuarantinedItem.objects.filter(
        decision=QuarantinedItem.Decision.WAITING,
        body_id__in=viewer.bodies_with("quarantine.decide"),
    ).order_by("arrived_at", "id")


def columns_chosen(viewer: Viewer, name: str) -> tuple[str, ...] | None:
    """The columns that the viewer chose to see in the list `name`; None if he never chose."""
    kept = ListChoice.objects.filter(person_id=viewer.person_id, name=name[:60])
    found = kept.values_list("columns", flat=True).first()
    return None if found is None else tuple(found)


def people_to_clear(viewer: Viewer) -> QuerySet[Appointment]:
    """Those whom the viewer may clear, and for which body: one appointment of today for each.

    They are the people of the bodies at which he decides, himself left out.
    """
    return (
        standing.appointments()
        .filter(position__body_id__in=viewer.bodies_with("clearance.grant"))
        .exclude(person_id=viewer.person_id)
        .order_by("person__sort_key", "person_id", "position__body_id", "id")
        .distinct("person__sort_key", "person_id", "position__body_id")
        .select_related("person", "position__body")
    )


def holders(viewer: Viewer, body_id: uuid.UUID) -> list[tuple[str, list[tuple[str, str]]]]:
    """Whom a right can be given to at a body where the viewer may ask for it, by kind.

    Each as ("kind:id", name); people are those who hold a position there today.
    """
    if not viewer.may("rights.ask", body_id):
        return []
    today = timezone.localdate()
    standing_now = Q(effective_to=None) | Q(effective_to__gte=today)
    people = {
        one.person_id: one.person
        for one in standing.appointments()
        .filter(position__body_id=body_id)
        .select_related("person", "position")
        .order_by("person__sort_key", "person_id")
    }
    groups = Group.objects.filter(body_id=body_id, closed_at=None).order_by("sort_key")
    units = Unit.objects.filter(standing_now, body_id=body_id).order_by("sort_key")
    positions = Position.objects.filter(standing_now, body_id=body_id).order_by("title")
    found = (
        (Grant.Holder.PERSON, [(one.pk, one.full_name) for one in people.values()]),
        (Grant.Holder.GROUP, [(one.pk, one.name) for one in groups]),
        (Grant.Holder.UNIT, [(one.pk, one.name) for one in units]),
        (Grant.Holder.POSITION, [(one.pk, one.title) for one in positions]),
    )
    return [
        (str(kind.label), [(f"{kind.value}:{pk}", name) for pk, name in named])
        for kind, named in found
        if named
    ]
