"""Put events into the outbox inside the action's own transaction (IN-30, IN-31).

Per event: lock the object's head row, take its number and chain value, build body, commitments and
leaf, insert the sealed openings and the outbox row, write the head back. Two round trips in all,
whether for one event or for a thousand. One call locks its heads in one order, so two bulk jobs
cannot deadlock; a transaction that records on several objects in several calls can, and PostgreSQL
then refuses one of the two. Nothing else is locked, nothing signalled.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from django.conf import settings
from django.db import connection, transaction

from tangthu.ledger import kinds
from tangthu.ledger.sealing import new_key, new_salt, seal
from tangthu.standards.ril import events as ril
from tangthu.standards.ril import jcs
from tangthu.standards.ril.ids import uuid7
from tangthu.standards.ril.kinds import CLASSIFIED_KIND
from tangthu.standards.tlog.merkle import leaf_hash

Key = tuple[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: person, name and position as they were, and the way in (web, cli, job, system)."""

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


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an event now stands: its id, its number in the object's chain, its time (ms)."""

    eid: uuid.UUID
    obj: uuid.UUID
    ch: str
    n: int
    t: int


@dataclass(slots=True)
class _Head:
    log_id: int
    origin: str
    n: int
    h: bytes
    key: bytes
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
    keys: list[Key] = [(event.obj, k.chain) for event, k in zip(events, declared, strict=True)]
    bodies: dict[Key, uuid.UUID] = {}
    for key, event in zip(keys, events, strict=True):
        if bodies.setdefault(key, event.body) != event.body:
            raise LookupError(f"object {event.obj} belongs to the log of another body")
    heads = _lock_heads(bodies)
    recorded: list[Recorded] = []
    openings: list[tuple[uuid.UUID, str, bytes]] = []
    outbox: list[tuple[int, uuid.UUID, uuid.UUID, str, int, bytes, bytes]] = []
    for event, kind, key in zip(events, declared, keys, strict=True):
        head = heads[key]
        eid = uuid7(head.t)
        commitments: dict[str, str] = {}
        for name, value in event.fields().items():
            salt, canonical = new_salt(), jcs.dumps(value)
            commitments[name] = ril.field_commitment(salt, canonical)
            openings.append((eid, name, seal(head.key, eid, name, salt, canonical)))
        body = ril.build_body(
            log=head.origin,
            eid=eid,
            obj=event.obj,
            ch=kind.chain,
            n=head.n + 1,
            prev=head.h,
            k=kind.k,
            t=head.t,
            out=event.out,
            x=commitments,
        )
        salt = new_salt()
        openings.append((eid, "", seal(head.key, eid, "", salt, body)))
        shown = CLASSIFIED_KIND if settings.LEDGER_CLASSIFIED else kind.k
        leaf = ril.build_leaf(ril.body_commitment(salt, body), shown, head.t)
        head.h = ril.chain_next(head.h, leaf_hash(leaf))
        head.n += 1
        outbox.append((head.log_id, eid, event.obj, kind.chain, head.n, head.h, leaf))
        recorded.append(Recorded(eid, event.obj, kind.chain, head.n, head.t))
    _write(openings, outbox, heads)
    return recorded


_LOCK_HEADS = "SELECT * FROM ledger_lock_heads(%s, %s, %s, %s, %s)"
_RENEW_KEYS = "SELECT ledger_renew_keys(%s, %s, %s)"
_WRITE = f"SELECT ledger_write({', '.join(['%s'] * 14)})"


def _lock_heads(bodies: Mapping[Key, uuid.UUID]) -> dict[Key, _Head]:
    """Lock the head rows of all keys, making those that are new; raises LookupError."""
    keys = list(bodies)
    objs, chs = _uuids(obj for obj, _ in keys), _texts(ch for _, ch in keys)
    secrets = _bytes(new_key() for _ in keys)
    starts = _bytes(ril.chain_start(obj, ch) for obj, ch in keys)
    wanted = [objs, chs, _uuids(bodies.values()), starts, secrets]
    rows = _execute(_LOCK_HEADS, wanted)
    if any(row[6] is None for row in rows):
        _execute(_RENEW_KEYS, [objs, chs, secrets])
        rows = _execute(_LOCK_HEADS, wanted)
    heads: dict[Key, _Head] = {}
    for place, log_id, origin, is_own, n, h, secret, t in rows:
        if not is_own:
            raise LookupError(f"object {keys[place - 1][0]} belongs to the log of another body")
        heads[keys[place - 1]] = _Head(log_id, origin, n, h, secret, t)
    if len(heads) != len(keys):
        raise LookupError(f"no log for one of the bodies {sorted(set(bodies.values()))}")
    return heads


def _write(
    openings: Sequence[tuple[uuid.UUID, str, bytes]],
    outbox: Sequence[tuple[int, uuid.UUID, uuid.UUID, str, int, bytes, bytes]],
    heads: Mapping[Key, _Head],
) -> None:
    opening_eids, names, sealed = zip(*openings, strict=True)
    logs, eids, objs, chs, ns, hs, leaves = zip(*outbox, strict=True)
    _execute(
        _WRITE,
        [
            _uuids(opening_eids),
            _texts(names),
            _bytes(sealed),
            _uuids(obj for obj, _ in heads),
            _texts(ch for _, ch in heads),
            _texts(head.n for head in heads.values()),
            _bytes(head.h for head in heads.values()),
            _texts(logs),
            _uuids(eids),
            _uuids(objs),
            _texts(chs),
            _texts(ns),
            _bytes(hs),
            _bytes(leaves),
        ],
    )


def _execute(statement: str, arguments: Sequence[str]) -> list[tuple[Any, ...]]:
    """Run one call of a ledger function with its arguments beside it, not written into its text.

    Django's own cursor would quote them into the statement, which costs more than the call. Nothing
    is prepared, so that a pooler may give every transaction another session.
    """
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, arguments, prepare=False, binary=True)
        return cursor.fetchall()


# Array literals, written here because they are most of what recording costs on the client's side.
# None of the texts (numbers, chains, field names as jcs.KEY) needs more quoting than this.


def _texts(values: Iterable[object]) -> str:
    return '{"' + '","'.join(map(str, values)) + '"}'


def _uuids(values: Iterable[uuid.UUID]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _bytes(values: Iterable[bytes]) -> str:
    return '{"' + '","'.join(["\\\\x" + value.hex() for value in values]) + '"}'
