"""Let a person keep the house, or keep it no more; hand it over in one from before the role."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house, standing
from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.models import Account, Appointment, Body, Person, Position, Role
from tangthu.kernel import advisory
from tangthu.kernel.errors import InvalidInput
from tangthu.standards.vietnamese import nfc

TITLE = "Quản trị hệ thống"
# On what the administrators of the first body keep a house from before there was the role.
_HANDED_OVER = "Tách vai trò Quản trị hệ thống khi nâng cấp"


def give_house(
    acting: Acting,
    username: str,
    *,
    decision: str,
    position: str = TITLE,
    until: dt.date | None = None,
) -> Appointment:
    """Ask that a person, of whichever body, keep the house from today on (to `until`).

    The position lies at the body that answers for him, where a second person confirms it as every
    position. Raises Refused for who does not keep the house, InvalidInput on "username" or
    "decision".
    """
    house.require_keeper(acting)
    account = Account.objects.filter(username=username, person__active=True).first()
    problems: dict[str, list[object]] = {}
    if account is None or account.person.home_body.practice_of_id is not None:
        problems["username"] = [_("Không có người đang làm việc nào có tên đăng nhập này.")]
    elif house.posts().filter(person=account.person_id).exists():
        problems["username"] = [_("Người này đã quản trị hệ thống, hoặc đang chờ xác nhận.")]
    if not nfc(decision).strip():
        problems["decision"] = [_("Ghi số, ngày và cơ quan ra quyết định.")]
    if problems or account is None:
        raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
    return _appoint(acting, account.person, position, decision, until)


def begin_house(person: Person) -> Appointment:
    """Let the first administrator of an installation keep it; in a transaction."""
    return _appoint(SYSTEM, person, TITLE, "", None)


def hand_over() -> int:
    """Where nobody ever kept the house by this role, let those keep it who administer the first
    body, as they did before; returns how many. May be repeated at any time."""
    # Also where a rule file of the installation took the right from the role: it was had.
    roles = house.keeping_roles() | {Role.KEEPER}
    with transaction.atomic():
        advisory.until_commit("holders house")
        first = Body.objects.filter(practice_of=None).order_by("created_at", "id").first()
        if first is None or Position.objects.filter(role__in=roles).exists():
            return 0
        held = standing.appointments().filter(
            position__body=first, position__role=Role.ADMINISTRATOR
        )
        until = {one.person: one.effective_to for one in held.select_related("person__home_body")}
        for person, last in until.items():
            _appoint(SYSTEM, person, TITLE, _HANDED_OVER, last, body=first)
    return len(until)


def _appoint(
    acting: Acting,
    person: Person,
    position: str,
    decision: str,
    until: dt.date | None,
    body: Body | None = None,
) -> Appointment:
    return appoint(
        acting,
        person=person,
        body=body or Body.objects.get(pk=standing.answering_body(person)),
        position=position,
        role=Role.KEEPER,
        since=timezone.localdate(),
        until=until,
        kind=Appointment.Kind.CONCURRENT,
        decision=decision,
    )
