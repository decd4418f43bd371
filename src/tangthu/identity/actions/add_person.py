"""Add a person with an account, and appoint a person to a position."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account, Appointment, Body, Person
from tangthu.kernel import clock
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import name_sort_key


def add_person(
    acting: Acting, *, body: Body, full_name: str, username: str, password: str
) -> Person:
    """Create a person of `body` with an account (password stored as Argon2 hash only)."""
    acting.require("people.manage", body.id)
    with transaction.atomic():
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


def appoint(
    acting: Acting, *, person: Person, body: Body, position: str, role: str, since: dt.date
) -> Appointment:
    """Give `person` the position and its role at `body` from the day `since` on."""
    acting.require("people.manage", body.id)
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
