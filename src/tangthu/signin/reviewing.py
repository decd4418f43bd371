"""The periodic review of accounts (RM-954): what there is to see of each, when a review is due, and
the reviews that were signed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity.acting import Acting
from tangthu.identity.conflicts import conflicts_at
from tangthu.identity.models import Account, Appointment, Body, Delegation, Grant, GroupMember
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import RIGHTS
from tangthu.identity.standing import (
    appointments,
    gives,
    granted_outlived,
    in_force,
    member_outlived,
)
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.signin import idle, inventory, rules, standing
from tangthu.signin.inventory import AccountKind, Line
from tangthu.signin.models import Review
from tangthu.ui import formats

# What else accounts of a body can be used for, by person, told by who keeps it.
_besides: list[Callable[[uuid.UUID, Collection[uuid.UUID]], Mapping[uuid.UUID, list[str]]]] = []


def also_shown(
    tell: Callable[[uuid.UUID, Collection[uuid.UUID]], Mapping[uuid.UUID, list[str]]],
) -> None:
    """Let `tell` say, for a body and some people, what each may do there beside his positions."""
    _besides.append(tell)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reviewer sees of one account at a body."""

    account: Account
    titles: str
    roles: str
    used_at: dt.datetime | None
    idle_days: int
    second_step: bool
    conflicts: tuple[str, ...]
    # What it may do beside its positions: grants, groups, delegations, keys of programs.
    besides: tuple[str, ...]
    # As in the list of accounts.
    line: Line

    @property
    def kind_label(self) -> str:
        """Of what type the account is, in words."""
        return str(AccountKind(self.line.kind).label)

    @property
    def enabled(self) -> bool:
        """Whether it can be signed in with, so that there is something to decide."""
        return self.account.is_active


def body_of(acting: Acting, body_id: uuid.UUID) -> Body:
    """A body whose people the acting person manages. Raises NotFoundForViewer."""
    found = Body.objects.filter(pk=body_id).first()
    if found is None or not acting.may("people.manage", body_id):
        raise NotFoundForViewer()
    return found


def accounts_at(body_id: uuid.UUID) -> list[Account]:
    """Every account of a body: of people at home there, or with a position there today; by name."""
    held = appointments().filter(position__body_id=body_id).values("person_id")
    found = Account.objects.filter(Q(person__home_body_id=body_id) | Q(person_id__in=held))
    found = found.select_related("person", "signin", "second_step")
    return list(found.order_by("person__sort_key", "id"))


def seen_at(body_id: uuid.UUID) -> list[Seen]:
    """What there is to see of every account of a body."""
    found = accounts_at(body_id)
    people = [one.person_id for one in found]
    held: dict[uuid.UUID, list[Appointment]] = {}
    for one in appointments().filter(position__body_id=body_id, person_id__in=people):
        held.setdefault(one.person_id, []).append(one)
    since = idle.counted_from(found)
    told = inventory.of_people(found, [body_id])
    today = timezone.localdate()
    besides: dict[uuid.UUID, list[str]] = {}
    for tell in (_given, *_besides):
        for person, words in tell(body_id, people).items():
            besides.setdefault(person, []).extend(words)
    return [
        Seen(
            account=one,
            titles=", ".join(dict.fromkeys(a.position.title for a in held.get(one.person_id, ()))),
            roles=", ".join(
                dict.fromkeys(
                    str(a.position.get_role_display()) for a in held.get(one.person_id, ())
                )
            ),
            used_at=standing.used_at(one),
            idle_days=idle.days(since[one.pk]),
            second_step=standing.second_step(one) is not None,
            conflicts=tuple(conflicts_at(one.person_id, body_id, today))
            if len(held.get(one.person_id, ())) > 0
            else (),
            besides=tuple(besides.get(one.person_id, ())),
            line=told[one.person_id],
        )
        for one in found
    ]


def _given(body_id: uuid.UUID, people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Grants, groups and delegations that stand at a body, by who may use them."""
    found: dict[uuid.UUID, list[str]] = {}
    stands = in_force() & gives()
    for one in Grant.objects.filter(
        stands,
        ~granted_outlived(),
        body_id=body_id,
        holder_kind=Grant.Holder.PERSON,
        holder__in=people,
    ).order_by("asked_at", "id"):
        words = f"{RIGHTS[one.right]} ({one.get_scope_kind_display()})"
        found.setdefault(one.holder, []).append(words)
    members = GroupMember.objects.filter(
        stands, ~member_outlived(), group__body_id=body_id, person_id__in=people
    )
    for member in members.select_related("group").order_by("asked_at", "id"):
        words = _("nhóm %(name)s") % {"name": member.group.name}
        found.setdefault(member.person_id, []).append(words)
    lent = Delegation.objects.filter(in_force(), body_id=body_id, receiver_id__in=people)
    for each in lent.select_related("giver").order_by("given_at", "id"):
        words = _("thay %(name)s đến hết %(day)s") % {
            "name": each.giver.full_name, "day": formats.day(each.effective_to),
        }  # fmt: skip
        found.setdefault(each.receiver_id, []).append(words)
    return found


def due_on(body_id: uuid.UUID) -> dt.date | None:
    """The last day for the next review of a body: so long after the last, else after its first
    account; None for a body without accounts."""
    last = Review.objects.filter(body_id=body_id).aggregate(at=Max("closed_at"))["at"]
    if last is None:
        own = Account.objects.filter(person__home_body_id=body_id)
        last = own.aggregate(at=Min("person__created_at"))["at"]
    return rules.due(last, "review") if last else None


def due(viewer: Viewer) -> list[tuple[Body, dt.date]]:
    """Bodies whose people the viewer manages and whose review is due by today."""
    managed = Body.objects.filter(pk__in=viewer.bodies_with("people.manage")).order_by("code")
    found = [(body, due_on(body.pk)) for body in managed]
    return [(body, day) for body, day in found if day is not None and day <= timezone.localdate()]


def reviews(viewer: Viewer) -> QuerySet[Review]:
    """Signed reviews of bodies whose people the viewer manages, the last first."""
    managed = viewer.bodies_with("people.manage")
    return Review.objects.filter(body_id__in=managed).order_by("-closed_at")
