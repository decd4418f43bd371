"""Changes of rights as people read them: what each gives, to whom, who asked, how it stands.

A change names things and people of which the reader may know nothing; what he may not know stays
unnamed, and he is told that it does.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db.models import BooleanField, Case, ExpressionWrapper, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tangthu.identity import scopes, standing
from tangthu.identity.actions.change_rights import KINDS, body_of
from tangthu.identity.models import (
    Appointment,
    Body,
    Clearance,
    Grant,
    Group,
    GroupMember,
    Person,
    Position,
    Role,
    Unit,
)
from tangthu.identity.models.asked import Asked
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import RIGHTS
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer

_WAITING = Q(refused_at=None) & (
    Q(ended_at=None, confirmed_at=None) | Q(ended_at__isnull=False, end_confirmed_at=None)
)
# By which each kind may have been outlived by the position of whom it was given to.
_OUTLIVED: Mapping[str, Callable[[], Any]] = {
    "grant": lambda: ExpressionWrapper(standing.granted_outlived(), output_field=BooleanField()),
    "member": lambda: ExpressionWrapper(standing.member_outlived(), output_field=BooleanField()),
}
_BODY = {
    "grant": "body", "member": "group__body", "appointment": "position__body", "clearance": "body",
}  # fmt: skip
_RELATED = {
    "grant": ("body",),
    "member": ("group__body", "person"),
    "appointment": ("position__body", "position__unit", "person"),
    "clearance": ("body", "person"),
}
_DEGREES = {"1": _lazy("Mật"), "2": _lazy("Tối mật"), "3": _lazy("Tuyệt mật")}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of rights in words."""

    kind: str
    row: Any
    body: Body
    what: str
    scope: str
    scope_url: str
    holder: str
    asked_by: str
    # Whether the reader may know what thing it is about.
    scope_known: bool = True

    @property
    def id(self) -> uuid.UUID:
        """Its id, unique among all kinds."""
        return self.row.pk  # type: ignore[no-any-return]

    @property
    def asked_at(self) -> dt.datetime:
        """When it, or its end, was asked for."""
        return self.row.ended_at or self.row.asked_at  # type: ignore[no-any-return]

    @property
    def state(self) -> str:
        """`waiting`, `unconfirmed` (it holds, or ended, all the same), `standing`, `refused` or
        `ended`."""
        if self.row.refused_at is not None:
            return "refused"
        if self.row.ended_at is not None:
            return "unconfirmed" if self.row.waits else "ended"
        if _is_over(self.row):
            return "ended"
        if self.row.confirmed_at is not None:
            return "standing"
        return "unconfirmed" if self.row.alone else "waiting"


def _kinds() -> dict[str, type[Asked]]:
    """The kinds of changes that there can be here: clearances on an isolated LAN alone."""
    return {kind: KINDS[kind] for kind in KINDS if kind != "clearance" or isolated()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change stands in the list: those that wait before all others, then by time."""

    waits: int
    moment: dt.datetime
    id: uuid.UUID

    @classmethod
    def of(cls, row: Asked) -> Place:
        """The place of one."""
        return cls(int(row.waits), row.ended_at or row.asked_at, row.pk)


def page_of(
    viewer: Viewer,
    limit: int,
    *,
    only_waiting: bool = False,
    beyond: Place | None = None,
    backwards: bool = False,
) -> list[Change]:
    """Up to `limit` changes at bodies where the viewer reviews rights, from a place on, nearest
    first: the newest first, those that wait before all others; `only_waiting`: these alone, the
    oldest first."""
    up = only_waiting != backwards
    where = _WAITING if only_waiting else Q()
    if beyond is not None:
        by = "gt" if up else "lt"
        where &= (
            Q(**{f"waits_now__{by}": beyond.waits})
            | Q(**{"waits_now": beyond.waits, f"moment__{by}": beyond.moment})
            | Q(waits_now=beyond.waits, moment=beyond.moment, **{f"pk__{by}": beyond.id})
        )
    order = ("waits_now", "moment", "pk") if up else ("-waits_now", "-moment", "-pk")
    found = _rows(viewer, where, limit, order=order)
    found.sort(key=lambda one: astuple(Place.of(one[1])), reverse=not up)
    return _told(viewer, found[:limit])


def _is_over(row: Any) -> bool:
    """Whether its last day, or that of the position it hung on, has passed; what still waits for a
    second person is told as waiting."""
    past = row.effective_to is not None and row.effective_to < timezone.localdate()
    return not row.waits and (past or getattr(row, "outlived", False))


def count(viewer: Viewer, *, only_waiting: bool) -> int:
    """How many changes there are there."""
    bodies = viewer.bodies_with("rights.review") | viewer.bodies_with("rights.confirm")
    where = _WAITING if only_waiting else Q()
    return sum(
        model.objects.filter(where, **{f"{_BODY[kind]}__in": bodies}).count()  # type: ignore[attr-defined]
        for kind, model in _kinds().items()
    )


def waiting_for(viewer: Viewer) -> int:
    """How many changes wait that the viewer may confirm; but none of his own asking."""
    bodies = viewer.bodies_with("rights.confirm")
    mine = viewer.person_id
    if not bodies:
        return 0
    each = []
    holding = standing.holds_as(mine)
    for kind, model in _kinds().items():
        here = Q(**{f"{_BODY[kind]}__in": bodies})
        found = model.objects.filter(_WAITING, here).exclude(_own(mine, kind, holding))  # type: ignore[attr-defined]
        each.append(found.order_by().values("pk"))
    return int(each[0].union(*each[1:], all=True).count())


def _own(mine: uuid.UUID, kind: str, holding: frozenset[uuid.UUID]) -> Q:
    """Changes of a kind that a person asked for, or that give rights to him."""
    given = Q(holder__in=holding) if kind == "grant" else Q(person_id=mine)
    return given | Q(ended_at=None, asked_by=mine) | Q(ended_by=mine)


def to_confirm(viewer: Viewer, limit: int) -> list[Change]:
    """What waits that the viewer may confirm, oldest first."""
    found, holding = [], standing.holds_as(viewer.person_id)
    for kind in _kinds():
        here = Q(**{f"{_BODY[kind]}__in": viewer.bodies_with("rights.confirm")})
        others = _WAITING & here & ~_own(viewer.person_id, kind, holding)
        found += _rows(viewer, others, limit, kinds=[kind], order=("moment", "pk"))
    found.sort(key=lambda one: (one[1].ended_at or one[1].asked_at, str(one[1].pk)))
    return _told(viewer, found[:limit])


def change(viewer: Viewer, kind: str, change_id: uuid.UUID) -> Change:
    """One change at a body where the viewer reviews rights. Raises NotFoundForViewer."""
    rows = _rows(viewer, Q(pk=change_id), 1, kinds=[kind] if kind in KINDS else [])
    if not rows:
        raise NotFoundForViewer()
    return _told(viewer, rows)[0]


def of_scope(viewer: Viewer, scope: uuid.UUID) -> list[Change]:
    """The grants for one thing, the newest first, for who reviews rights at its body."""
    rows = _rows(viewer, Q(scope=scope), 200, kinds=["grant"])
    return _told(viewer, rows)


def grants(viewer: Viewer) -> QuerySet[Grant]:
    """All grants at bodies where the viewer reviews rights. Raises NotFoundForViewer if none."""
    bodies = viewer.bodies_with("rights.review") | viewer.bodies_with("rights.confirm")
    if not bodies:
        raise NotFoundForViewer()
    return Grant.objects.filter(body_id__in=bodies)


def told_grants(viewer: Viewer, rows: Sequence[Grant]) -> list[Change]:
    """Some of them in words, in the same order."""
    return _told(viewer, [("grant", row) for row in rows])


def _rows(
    viewer: Viewer,
    where: Q,
    limit: int,
    kinds: Iterable[str] | None = None,
    order: tuple[str, ...] = ("-asked_at", "pk"),
) -> list[tuple[str, Any]]:
    bodies = viewer.bodies_with("rights.review") | viewer.bodies_with("rights.confirm")
    found: list[tuple[str, Any]] = []
    for kind in kinds if kinds is not None else _kinds():
        rows = KINDS[kind].objects.annotate(  # type: ignore[attr-defined]
            moment=Coalesce("ended_at", "asked_at"),
            waits_now=Case(When(_WAITING, then=1), default=0),
        )
        rows = rows.filter(where, **{f"{_BODY[kind]}__in": bodies})
        if kind in _OUTLIVED:
            rows = rows.annotate(outlived=_OUTLIVED[kind]())
        rows = rows.select_related(*_RELATED[kind]).order_by(*order)
        found += [(kind, row) for row in rows[:limit]]
    return found


def _told(viewer: Viewer, rows: Sequence[tuple[str, Any]]) -> list[Change]:
    """Some changes in words; the things and people that they name are read together."""
    grants = [row for kind, row in rows if kind == "grant"]
    askers = Person.objects.in_bulk(
        [row.ended_by or row.asked_by for _kind, row in rows if row.ended_by or row.asked_by]
    )
    bodies = Body.objects.in_bulk({body_of(row) for _kind, row in rows})
    named = scopes.all_named(viewer, [(one.scope_kind, one.scope) for one in grants])
    holders = _holders(grants)
    return [
        _grant(row, named, holders, askers, bodies)
        if kind == "grant"
        else _joined(kind, row, askers, bodies)
        for kind, row in rows
    ]


def _grant(
    row: Grant,
    named: Mapping[tuple[str, uuid.UUID], scopes.Named],
    holders: Mapping[uuid.UUID, object],
    askers: Mapping[uuid.UUID, Person],
    bodies: Mapping[uuid.UUID, Body],
) -> Change:
    kind, thing = row.get_scope_kind_display(), named.get((row.scope_kind, row.scope))
    return Change(
        "grant",
        row,
        bodies[row.body_id],
        what=str(RIGHTS[row.right]),
        scope=f"{kind}: {thing.label}"
        if thing
        else _("%(kind)s bạn không được xem") % {"kind": kind},
        scope_url=thing.url if thing else "",
        holder=f"{row.get_holder_kind_display()}: {holders[row.holder]}",
        asked_by=_asker(row, askers),
        scope_known=thing is not None,
    )


def _joined(
    kind: str,
    row: GroupMember | Appointment | Clearance,
    askers: Mapping[uuid.UUID, Person],
    bodies: Mapping[uuid.UUID, Body],
) -> Change:
    """A membership of a group, an appointment or a clearance, of one person."""
    body = bodies[body_of(row)]
    scope = body.name
    if isinstance(row, GroupMember):
        what = _("Vào nhóm %(name)s") % {"name": row.group.name}
    elif isinstance(row, Clearance):
        what = _("Được tiếp cận bí mật nhà nước đến độ %(degree)s") % {
            "degree": _DEGREES[row.degree]
        }
    else:
        what = _("Giữ chức vụ %(title)s (%(role)s)") % {
            "title": row.position.title,
            "role": Role(row.position.role).label,
        }
        if row.position.unit:
            scope = f"{row.position.unit}, {body.name}"
    return Change(kind, row, body, what, scope, "", row.person.full_name, _asker(row, askers))


def _asker(row: Asked, askers: Mapping[uuid.UUID, Person]) -> str:
    """Who asked for a change, or for its end."""
    by = row.ended_by or row.asked_by
    return askers[by].full_name if by in askers else _("Hệ thống")


_HOLDERS: Mapping[str, Any] = {
    Grant.Holder.PERSON: Person,
    Grant.Holder.POSITION: Position,
    Grant.Holder.UNIT: Unit,
    Grant.Holder.GROUP: Group,
}


def _holders(grants: Sequence[Grant]) -> dict[uuid.UUID, object]:
    """To whom grants give their rights, by id: at most one statement for each kind of holder."""
    found: dict[uuid.UUID, object] = {}
    for kind, model in _HOLDERS.items():
        ids = {one.holder for one in grants if one.holder_kind == kind}
        if ids:
            found |= model.objects.in_bulk(ids)
    return found
