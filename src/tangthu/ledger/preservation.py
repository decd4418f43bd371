"""Custody events as preservation metadata: what of an object's history goes into its package.

IN-79: body verbatim, and where the event stands in the log. Only events that the declared kinds put
into packages, and only of the custody chain.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from tangthu.ledger import kinds
from tangthu.ledger.history import Told, history
from tangthu.ledger.openings import COLUMNS, open_event
from tangthu.standards.ril import events as ril
from tangthu.standards.tlog.merkle import leaf_hash


@dataclass(frozen=True, slots=True)
class PreservedEvent:
    """One custody event for a package: its telling, its body, its place, its PREMIS type."""

    told: Told
    body: bytes
    origin: str
    leaf_index: int
    leaf_hash: bytes
    chain_value: bytes
    premis_type: str


_SELECT = f"""
SELECT e.obj, e.eid, e.leaf_index, e.leaf, l.origin, {COLUMNS}
FROM ledger_entry e JOIN ledger_log l USING (log_id)
WHERE e.obj = ANY(%s) AND e.ch = 'c' ORDER BY e.obj, e.n
"""


def has_waiting_events(objs: Sequence[uuid.UUID]) -> bool:
    """Whether custody events of the objects wait in the outbox for their place in the log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_pending WHERE obj = ANY(%s) AND ch = 'c')",
            [list(objs)],
        )
        return bool(cursor.fetchone()[0])


def preserved_events(objs: Sequence[uuid.UUID]) -> Iterator[PreservedEvent]:
    """The integrated custody events of the objects that belong into a package, in time order.

    Events still in the outbox are not here: the caller integrates first. An event whose body was
    erased is left out; its leaf stays in the log.
    """
    told = {event.eid: event for event in history(*objs, limit=1_000_000)}
    found: list[PreservedEvent] = []
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [list(objs)])
        chain: dict[uuid.UUID, bytes] = {}
        for obj, eid, index, data, origin, key, names, sealed in cursor.fetchall():
            leaf = bytes(data)
            hashed = leaf_hash(leaf)
            chain[obj] = ril.chain_next(chain.get(obj) or ril.chain_start(obj, "c"), hashed)
            parsed = ril.parse_leaf(leaf)
            assert isinstance(parsed, ril.RecordLeaf)
            opened = open_event(parsed, eid, key, names, sealed)
            event = told.get(eid)
            if opened.body is None or event is None or not event.kind_name:
                continue
            premis_type = kinds.kind(event.kind_name).premis
            if premis_type:
                found.append(
                    PreservedEvent(
                        event, opened.body_bytes, origin, index, hashed, chain[obj], premis_type
                    )
                )
    order = {eid: place for place, eid in enumerate(told)}
    yield from sorted(found, key=lambda event: order[event.told.eid])
