"""What the ledger's tests do again and again, also in processes that are killed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import connections, transaction

from tangthu.ledger import integrator, publishing
from tangthu.ledger.logs import Log, all_logs, log_of
from tangthu.ledger.record import Actor, Event, Recorded, record_many
from tests.support.house import TestHouse

ACTOR = Actor(uuid.UUID(int=7), "Trần Thị Hoa", "Văn thư", "cli")
BODY = "H30.81"


def log(house: TestHouse, code: str = BODY) -> Log:
    """The log of a body of the cast."""
    return log_of(house.body(code).id)


def event(body: uuid.UUID, obj: uuid.UUID, kind: str = "records.document.described") -> Event:
    """An event with every usual field."""
    return Event(
        kind=kind,
        obj=obj,
        body=body,
        actor=ACTOR,
        state=("test/1", {"title": "Quyết định", "pages": 3}),
        detail={"fields": ["title"]},
        ref="123/QĐ-UBND",
    )


def record_on(house: TestHouse, objs: Sequence[uuid.UUID], code: str = BODY) -> list[Recorded]:
    """Record one event on each of `objs`, in one transaction."""
    body = house.body(code).id
    with transaction.atomic():
        return record_many([event(body, obj) for obj in objs])


def integrate(of: Log) -> None:
    """Take everything that waits into the log."""
    while integrator.step(of):
        pass


def entries(of: Log) -> list[tuple[int, uuid.UUID | None, uuid.UUID | None, int | None, bytes]]:
    """Index, event, object, number and leaf of every entry, in order."""
    with connections["integrator"].cursor() as cursor:
        cursor.execute(
            "SELECT leaf_index, eid, obj, n, leaf FROM ledger_entry WHERE log_id = %s "
            "ORDER BY leaf_index",
            [of.log_id],
        )
        return [(*row[:4], bytes(row[4])) for row in cursor.fetchall()]


def publish(origin: str) -> None:
    """Publish one log (a target for tests.support.killing)."""
    (found,) = [of for of in all_logs() if of.origin == origin]
    integrator.publish(found)


def collect(origin: str) -> None:
    """Drop old partial files of one log (a target for tests.support.killing)."""
    (found,) = [of for of in all_logs() if of.origin == origin]
    publishing.collect(settings.HOME, found, 0)
