"""Put events into the outbox inside the action's own transaction (IN-30, IN-31).

Per event: lock the object's head row, take its number and chain value, build body, commitments and
leaf, insert the sealed openings and the outbox row, write the head back. Two round trips in all
(see outbox), whether for one event or for a thousand. One call locks its heads in one order, so two
bulk jobs cannot deadlock; a transaction that records on several objects in several calls can, and
PostgreSQL then refuses one of the two. Nothing else is locked, nothing signalled.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from tangthu.ledger import kinds, listening, outbox
from tangthu.ledger.sealing import Sealer
from tangthu.standards.ril import events as ril
from tangthu.standards.ril import jcs
from tangthu.standards.ril.ids import Moments, uuid7
from tangthu.standards.ril.kinds import CLASSIFIED_KIND
from tangthu.standards.tlog.merkle import leaf_hash


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: person, name and position as they were, and the way in (web, api, cli, job, …)."""

    person_id: uuid.UUID | None
    name: str
    position: str
    via: str

    def as_field(self) -> dict[str, Any]:
        """The `agent` field; an absent person is left out."""
        named = {"name": self.name, "position": self.position, "via": self.via}
        if self.person_id is not None:
            named["person"] = str(self.person_id)
        return named


@dataclass(frozen=True, slots=True)
class Event:
    """One event to be recorded about one object.

    `kind` is a declared name; `body` the body in whose log it goes; `state` schema and canonical
    metadata after the event (only its digest is logged); `content` one mapping per file {id, alg,
    h, sz, fmt}; `detail`, `basis` and `ref` as in IN-12. Everything here is disclosable only.
    """

    kind: str
    obj: uuid.UUID
    body: uuid.UUID
    actor: Actor
    state: tuple[str, Mapping[str, Any]] | None = None
    content: Sequence[Mapping[str, Any]] | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    basis: Mapping[str, Any] | None = None
    ref: str | None = None
    out: Literal["ok", "fail", "part"] = "ok"

    def fields(self) -> dict[str, Any]:
        """The disclosable fields by name, as JSON values."""
        found: dict[str, Any] = {
            "agent": self.actor.as_field(),
            "detail": {"event": self.kind, **self.detail},
        }
        if self.state is not None:
            schema, values = self.state
            found["state"] = {"schema": schema, "h": state_digest(values)}
        if self.content is not None:
            found["content"] = [dict(item) for item in self.content]
        if self.basis is not None:
            found["basis"] = dict(self.basis)
        if self.ref is not None:
            found["ref"] = self.ref
        return found


_moments = Moments()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an event now stands: its id, its number in the object's chain, its time (ms)."""

    eid: uuid.UUID
    obj: uuid.UUID
    ch: str
    n: int
    t: int


def state_digest(values: Mapping[str, Any]) -> str:
    """Lower-case hex SHA-256 of the canonical form of an object's metadata."""
    return hashlib.sha256(jcs.dumps(dict(values))).hexdigest()


def record(event: Event) -> Recorded:
    """Record one event in the current transaction; see record_many."""
    return record_many([event])[0]


def record_many(events: Sequence[Event]) -> list[Recorded]:
    """Record events in the current transaction, in the given order, and say where they stand.

    Raises UnknownKind for an undeclared kind, LookupError for a body without a log or an object of
    another body's log, RilError for a value that cannot be logged (not NFC, a float, too long), and
    RuntimeError outside a transaction: an event commits with its change or not at all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event needs the action's transaction")
    if not events:
        return []
    declared = [kinds.kind(event.kind) for event in events]
    keys: list[outbox.Key] = [
        (event.obj, k.chain) for event, k in zip(events, declared, strict=True)
    ]
    bodies: dict[outbox.Key, uuid.UUID] = {}
    for key, event in zip(keys, events, strict=True):
        if bodies.setdefault(key, event.body) != event.body:
            raise LookupError(f"object {event.obj} belongs to the log of another body")
    heads = outbox.lock_heads(bodies)
    recorded: list[Recorded] = []
    entries: list[outbox.Entry] = []
    for event, kind, key in zip(events, declared, keys, strict=True):
        head = heads[key]
        entries.append(_build(event, kind, head))
        recorded.append(Recorded(entries[-1].eid, event.obj, kind.chain, head.n, head.us // 1000))
    outbox.write(entries, heads)
    listening.tell(events)
    return recorded


def _build(event: Event, kind: kinds.Kind, head: outbox.Head) -> outbox.Entry:
    """The event that follows `head`, sealed and chained; the head then stands at it."""
    t, part = _moments.of(head.us)
    eid = uuid7(t, part)
    fields = event.fields()
    sealer = Sealer(head.key, eid, len(fields) + 1)
    commitments: dict[str, str] = {}
    openings: dict[str, bytes] = {}
    for name, value in fields.items():
        canonical = jcs.dumps(value)
        salt, openings[name] = sealer.seal(name, canonical)
        commitments[name] = ril.field_commitment(salt, canonical)
    body = ril.build_body(
        log=head.origin,
        eid=eid,
        obj=event.obj,
        ch=kind.chain,
        n=head.n + 1,
        prev=head.h,
        k=kind.k,
        t=t,
        out=event.out,
        x=commitments,
    )
    salt, openings[""] = sealer.seal("", body)
    shown = CLASSIFIED_KIND if settings.LEDGER_CLASSIFIED else kind.k
    leaf = ril.build_leaf(ril.body_commitment(salt, body), shown, t)
    head.h = ril.chain_next(head.h, leaf_hash(leaf))
    head.n += 1
    return outbox.Entry(event.obj, kind.chain, head.log_id, eid, head.n, head.h, leaf, openings)
