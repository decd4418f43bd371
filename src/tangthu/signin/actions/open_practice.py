"""Open a place in which the people of a body practise, or hand out its password anew.

What is done there is done as at any body: same pages, rules, numbers, ledger of its own. It counts
nowhere, because no real person has a right at that body, and who signs in there has none elsewhere
(docs/decisions/012).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.actions.add_person import employ
from tangthu.identity.actions.open_body import open_body
from tangthu.identity.models import Account, Body, Role
from tangthu.kernel import advisory
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.logs import log_of
from tangthu.ledger.record import Event, record
from tangthu.signin import passwords
from tangthu.signin.actions import visit
from tangthu.signin.actions.set_password import take_as_own

# The beginning of a user name, the role, and what the person is called there.
_PARTS = (
    ("tap-vt", Role.CLERK, "Văn thư"),
    ("tap-ld", Role.LEADER, "Thủ trưởng"),
    ("tap-cv", Role.OFFICER, "Chuyên viên"),
    ("tap-lt", Role.ARCHIVIST, "Lưu trữ viên"),
)
_LONGEST_CODE, _LONGEST_NAME, _LONGEST_SHORT = 35, 200, 60


@dataclass(frozen=True, slots=True)
class Practice:
    """The place, who may be played there (user name, position), and the one password of all."""

    body: Body
    people: tuple[tuple[str, str], ...]
    password: str


def open_practice(acting: Acting, body_id: uuid.UUID) -> Practice:
    """Open the practice body of a body with one person for each part; or, where it is open, give
    them a new password, let disabled ones in again and end their sessions.

    The password is to be told once. Raises NotFoundForViewer for a body whose people the acting
    person does not manage, Refused for one that is itself for practice.
    """
    body = Body.objects.filter(pk=body_id).first()
    if body is None or not acting.may("people.manage", body_id):
        raise NotFoundForViewer()
    if body.practice_of_id is not None:
        raise Refused(_("Đây đã là chỗ tập."), hint=_("Mở chỗ tập từ cơ quan thật."))
    password = passwords.make()
    with transaction.atomic():
        advisory.until_commit("practice")
        place = Body.objects.filter(practice_of=body).first()
        if place is None:
            place = _open(acting, body, password)
        else:
            _renew(acting, place, password)
    return Practice(place, people_of(place), password)


def people_of(place: Body) -> tuple[tuple[str, str], ...]:
    """User name and position of each who may be played at a practice body, in the usual order."""
    known = Account.objects.filter(person__home_body=place, person__active=True)
    told = {
        account.username: account.person.full_name
        for account in known.select_related("person").order_by("username")
    }
    order = [begins for begins, _role, _title in _PARTS]
    return tuple(sorted(told.items(), key=lambda one: order.index(one[0][: len(order[0])])))


def _open(acting: Acting, body: Body, password: str) -> Body:
    number = Body.objects.filter(practice_of__isnull=False).count() + 1
    place = open_body(
        acting,
        code=f"{body.code[: _LONGEST_CODE - 4]}.TAP",
        # No archive has this code: packages made here can be told from real ones by their names.
        archive_code=f"000.{number // 100:02d}.{number % 100:02d}",
        name=f"Chỗ tập của {body.name}"[:_LONGEST_NAME],
        short_name=f"TẬP – {body.short_name}"[:_LONGEST_SHORT],
        origin=f"{log_of(body.pk).origin}-tap",
        practice_of=body,
    )
    for begins, role, title in _PARTS:
        person = employ(
            SYSTEM,
            body=place,
            full_name=f"{title} (tập)",
            username=begins if number == 1 else f"{begins}-{number}",
            password=password,
            position=title,
            role=role,
            since=timezone.localdate(),
        )
        take_as_own(person.account, demonstration=True)
    return place


def _renew(acting: Acting, place: Body, password: str) -> None:
    for account in Account.objects.filter(person__home_body=place).select_related("person"):
        account.set_password(password)
        account.is_active = True
        account.save(update_fields=["password", "is_active"])
        take_as_own(account, demonstration=True)
        visit.end(account)
        _record(acting, place, account, "signin.practice.renewed")


def close_practice(acting: Acting, body_id: uuid.UUID) -> Body:
    """Let nobody sign in at the practice body of a body any more; opening it again lets them in.

    Raises NotFoundForViewer where there is none, or for whose people the acting person does not
    manage.
    """
    place = Body.objects.filter(practice_of=body_id).first()
    if place is None or not acting.may("people.manage", body_id):
        raise NotFoundForViewer()
    with transaction.atomic():
        advisory.until_commit("practice")
        open_ones = Account.objects.filter(person__home_body=place, is_active=True)
        for account in open_ones.select_related("person"):
            account.is_active = False
            account.save(update_fields=["is_active"])
            visit.end(account)
            _record(acting, place, account, "signin.practice.closed")
    return place


def is_open(place: Body) -> bool:
    """Whether anybody can sign in there."""
    return Account.objects.filter(person__home_body=place, is_active=True).exists()


def _record(acting: Acting, place: Body, account: Account, kind: str) -> None:
    record(Event(kind=kind, obj=account.person_id, body=place.pk, actor=acting.actor(place.pk)))
