"""The list of accounts as QCVN 12:2026/BCA 3.7 wants it (RM-954): of what type each is, how it
stands, what it opens, who answers for it, in which unit, since and until when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.identity import house
from tangthu.identity.models import Account, Appointment, Body, Person
from tangthu.identity.policies import Viewer
from tangthu.identity.standing import appointments, held_by_role
from tangthu.kernel.logins import ROLES
from tangthu.signin import queries, standing
from tangthu.ui import formats


class AccountKind(models.TextChoices):
    """Who or what signs in with an account."""

    PERSON = "person", gettext_lazy("Người")
    PRACTICE = "practice", gettext_lazy("Trình diễn, tập")
    PROGRAM = "program", gettext_lazy("Chương trình")
    SERVICE = "service", gettext_lazy("Dịch vụ")


@dataclass(frozen=True, slots=True)
class Line:
    """One account. `asset`: what it opens; `manager`: who answers for it; `until`: its last day."""

    kind: str
    username: str
    name: str
    state: str
    asset: str
    manager: str
    department: str = ""
    registered_at: dt.datetime | None = None
    used_at: dt.datetime | None = None
    until: dt.date | None = None

    def cells(self) -> list[str]:
        """The line as it is taken out, in the order of `HEADINGS`; times in UTC."""
        return [
            str(AccountKind(self.kind).label), self.username, self.name, self.state, self.asset,
            self.manager, self.department,
            self.registered_at.isoformat() if self.registered_at else "",
            self.used_at.isoformat() if self.used_at else "",
            self.until.isoformat() if self.until else "",
        ]  # fmt: skip


HEADINGS = (
    "loai", "ten_dang_nhap", "ten", "trang_thai", "tai_san", "nguoi_quan_ly", "don_vi", "dang_ky",
    "dung_lan_cuoi", "het_han",
)  # fmt: skip
# Accounts that are no person's, told by who keeps them.
_others: list[Callable[[Viewer], list[Line]]] = []


def also_listed(tell: Callable[[Viewer], list[Line]]) -> None:
    """Let `tell` say which accounts of programs there are at the bodies whose people a viewer
    manages."""
    if tell not in _others:
        _others.append(tell)


def lines(viewer: Viewer) -> Iterator[Line]:
    """Every account of the bodies whose people the viewer manages: of people, then of programs; and
    the services of the house for who keeps it."""
    found = list(queries.accounts(viewer))
    told = of_people(found, viewer.bodies_with("people.manage"))
    yield from (told[one.person_id] for one in found)
    for tell in _others:
        yield from tell(viewer)
    if viewer.may_anywhere(house.KEEP):
        yield from _services()


def of_people(found: Sequence[Account], bodies: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Line]:
    """The lines of some accounts by person, told as at some bodies; few statements for any number
    of them."""
    held: dict[uuid.UUID, list[Appointment]] = {}
    rows = appointments().filter(
        person_id__in=[one.person_id for one in found], position__body_id__in=bodies
    )
    for one in rows.select_related("position__unit", "position__body"):
        held.setdefault(one.person_id, []).append(one)
    homes = {one.person.home_body_id for one in found}
    home = Body.objects.in_bulk(homes)
    managers = {body: _managers(body) for body in set(bodies) | homes}
    return {one.person_id: _line(one, held.get(one.person_id, []), home, managers) for one in found}


def _line(
    account: Account,
    held: list[Appointment],
    homes: Mapping[uuid.UUID, Body],
    managers: Mapping[uuid.UUID, str],
) -> Line:
    at = {one.position.body_id: one.position.body for one in held}
    home = homes[account.person.home_body_id]
    answering = home.pk if home.pk in at or not at else next(iter(at))
    kept = standing.of(account)
    practises = home.practice_of_id is not None or (kept is not None and kept.demonstration)
    units = dict.fromkeys(str(one.position.unit) for one in held if one.position.unit)
    days = [one.effective_to for one in held]
    return Line(
        kind=AccountKind.PRACTICE if practises else AccountKind.PERSON,
        username=account.username,
        name=account.person.full_name,
        state=standing.state(account)[0],
        asset="; ".join(
            _("hồ sơ, tài liệu của %(body)s") % {"body": one.short_name} for one in at.values()
        ),
        manager=managers[answering],
        department=", ".join(units),
        registered_at=account.person.created_at,
        used_at=standing.used_at(account),
        until=max(day for day in days if day) if days and all(days) else None,
    )


def _managers(body_id: uuid.UUID) -> str:
    people = held_by_role("people.manage", body_id)
    named = Person.objects.filter(pk__in=people).order_by("sort_key")
    return ", ".join(named.values_list("full_name", flat=True))


def _services() -> Iterator[Line]:
    """The logins by which the parts of the house reach its database."""
    keepers = ", ".join(dict.fromkeys(one.person.full_name for one in house.posts()))
    for role in ROLES:
        yield Line(
            kind=AccountKind.SERVICE,
            username=role,
            name=role,
            state=_("Đang dùng"),
            asset=_("cơ sở dữ liệu"),
            manager=keepers,
        )


def day(moment: dt.datetime | None) -> str:
    """A day of a line on a page; a dash for none."""
    return formats.day(moment) if moment else "–"
