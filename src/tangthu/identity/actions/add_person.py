"""Add a person with an account, and appoint a person to a position."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house
from tangthu.identity.acting import Acting
from tangthu.identity.actions.change_rights import asking
from tangthu.identity.models import (
    Account,
    Appointment,
    Body,
    Person,
    Position,
    Role,
    Unit,
)
from tangthu.identity.practice import people_for
from tangthu.kernel import advisory, clock
from tangthu.kernel.errors import InvalidInput
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import name_sort_key, nfc

_MOST = 120
# As typed at every sign-in and after `--as`: nothing that two keyboards write in two ways.
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def add_person(
    acting: Acting, *, body: Body, full_name: str, username: str, password: str
) -> Person:
    """Create a person of `body` with an account (password stored as Argon2 hash only).

    Raises Refused, and InvalidInput for a user name that is none or is taken, and for no name.
    """
    acting.require("people.manage", body.id)
    full_name = words_of(full_name, _("Chưa có họ tên."))
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            _("Tên đăng nhập này không dùng được."),
            hint=_("Chỉ gồm chữ cái không dấu, chữ số và . _ -, nhiều nhất 60 ký tự."),
        )
    with transaction.atomic():
        advisory.until_commit("usernames")
        if Account.objects.filter(username__iexact=username).exists():
            raise InvalidInput(_("Tên đăng nhập này đã có."), hint=_("Chọn tên khác."))
        person = Person(
            full_name=full_name,
            sort_key=name_sort_key(full_name),
            home_body=body,
            created_at=clock.now(),
        )
        person.save(force_insert=True)
        account = Account(username=username, person=person)
        account.set_password(password)
        account.save(force_insert=True)
        record(
            Event(
                kind="identity.person.added",
                obj=person.id,
                body=body.id,
                actor=acting.actor(body.id),
                state=("identity.person/1", {"full_name": full_name, "active": True}),
                detail={"username": username},
            )
        )
    return person


def employ(
    acting: Acting,
    *,
    body: Body,
    full_name: str,
    username: str,
    password: str,
    **appointment: Any,
) -> Person:
    """Add a person and appoint him, both or neither; `appointment` as `appoint` takes it.

    Raises Refused, InvalidInput.
    """
    with transaction.atomic():
        person = add_person(
            acting, body=body, full_name=full_name, username=username, password=password
        )
        appoint(acting, person=person, body=body, **appointment)
    return person


def words_of(given: str, missing: object) -> str:
    """A name as it is kept. Raises InvalidInput, saying what is `missing`, if nothing is left, and
    for characters that nobody sees: two names would look the same and not be."""
    found = nfc(given).strip()
    if not found:
        raise InvalidInput(missing)
    if any(unicodedata.category(one) in ("Cc", "Cf") for one in found):
        raise InvalidInput(
            _("Tên có ký tự không hiện ra được."), hint=_("Gõ lại tên, đừng dán từ nơi khác.")
        )
    if len(found) > _MOST:
        raise InvalidInput(_("Tên dài quá 120 ký tự."), hint=_("Viết ngắn lại."))
    return found


def appoint(
    acting: Acting,
    *,
    person: Person,
    body: Body,
    position: str,
    role: str,
    since: dt.date,
    until: dt.date | None = None,
    unit: Unit | None = None,
    kind: str = Appointment.Kind.MAIN,
    decision: str = "",
) -> Appointment:
    """Give `person` the position and its role at `body`, or in a unit of it, from `since` on.

    A position that is not there yet is opened. Asked for by a person, it gives rights once a second
    has confirmed it. A position that keeps the house is given by who keeps it. Raises Refused, and
    InvalidInput for a role that is none, for no position, for a unit of another body, and for an
    end before the beginning. NotHisAlone as `confirm`, where nobody else is there to confirm.
    """
    keeps_house = role in house.keeping_roles()
    if keeps_house:
        house.require_keeper(acting)
        if body.practice_of_id is not None:
            raise InvalidInput(_("Người tập không quản trị hệ thống của nhà."))
    else:
        acting.require("people.manage", body.id)
    position = words_of(position, _("Chưa có chức vụ."))
    if role not in Role.values:
        raise InvalidInput(_("Không có vai trò này."), hint=", ".join(Role.values))
    if kind not in Appointment.Kind.values:
        raise InvalidInput(
            _("Không có loại bổ nhiệm này."), hint=", ".join(Appointment.Kind.values)
        )
    if unit is not None and (unit.body_id != body.id or unit.effective_to is not None):
        raise InvalidInput(_("Đơn vị này không thuộc cơ quan, hoặc đã giải thể."))
    if not people_for(body.pk).filter(pk=person.pk).exists():
        raise InvalidInput(
            _("Người tập không giữ chức vụ ở cơ quan thật, người thật không giữ ở chỗ tập.")
        )
    if until is not None and until < since:
        words = _("Ngày hết hạn trước ngày bắt đầu.")
        raise InvalidInput(words, problems={"until": [words]})
    asked = asking(acting, body.id, house_wide=keeps_house)
    if keeps_house and asked["alone"]:
        house.require_his_alone(person.pk)
    with transaction.atomic():
        held = _position(acting, body, unit, position, role, since)
        appointment = Appointment(
            person=person,
            position=held,
            kind=kind,
            effective_from=since,
            effective_to=until,
            decision=nfc(decision).strip()[:200],
            **asked,
        )
        appointment.save(force_insert=True)
        record(
            Event(
                kind="identity.person.appointed",
                obj=person.id,
                body=person.home_body_id,
                actor=acting.actor(body.id),
                detail={
                    "position": position,
                    "role": role,
                    "at": str(body.id),
                    "since": since.isoformat(),
                    "until": until.isoformat() if until else "",
                    "unit": str(unit.pk) if unit else "",
                    "kind": str(kind),
                    "decision": appointment.decision,
                    "change": str(appointment.pk),
                },
            )
        )
    return appointment


def _position(
    acting: Acting, body: Body, unit: Unit | None, title: str, role: str, since: dt.date
) -> Position:
    """The position of that title and role, opened now if there is none."""
    advisory.until_commit(f"positions {body.id}")
    standing = Position.objects.filter(
        body=body, unit=unit, title=title, role=role, effective_to=None, effective_from__lte=since
    )
    found = standing.first()
    if found is not None:
        return found
    made = Position(body=body, unit=unit, title=title, role=role, effective_from=since)
    made.save(force_insert=True)
    record(
        Event(
            kind="identity.position.opened",
            obj=made.pk,
            body=body.id,
            actor=acting.actor(body.id),
            detail={"title": title, "role": role, "unit": str(unit.pk) if unit else ""},
        )
    )
    return made
