"""Add a person with an account, and appoint a person to a position."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account, Appointment, Body, Person, Role
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
    full_name = _words(full_name, _("Chưa có họ tên."))
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
    position: str,
    role: str,
    since: dt.date,
) -> Person:
    """Add a person and appoint him, both or neither. Raises Refused, InvalidInput."""
    with transaction.atomic():
        person = add_person(
            acting, body=body, full_name=full_name, username=username, password=password
        )
        appoint(acting, person=person, body=body, position=position, role=role, since=since)
    return person


def _words(given: str, missing: object) -> str:
    """A name as it is kept. Raises InvalidInput, saying what is `missing`, if nothing is left."""
    found = nfc(given).strip()
    if not found:
        raise InvalidInput(missing)
    if len(found) > _MOST:
        raise InvalidInput(_("Tên dài quá 120 ký tự."), hint=_("Viết ngắn lại."))
    return found


def appoint(
    acting: Acting, *, person: Person, body: Body, position: str, role: str, since: dt.date
) -> Appointment:
    """Give `person` the position and its role at `body` from the day `since` on.

    Raises Refused, and InvalidInput for a role that is none and for no position.
    """
    acting.require("people.manage", body.id)
    position = _words(position, _("Chưa có chức vụ."))
    if role not in Role.values:
        raise InvalidInput(_("Không có vai trò này."), hint=", ".join(Role.values))
    with transaction.atomic():
        appointment = Appointment(
            person=person, body=body, position=position, role=role, effective_from=since
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
                },
            )
        )
    return appointment
