"""Put events into the outbox inside the action's own transaction (IN-30, IN-31).

Per event: lock the object's head row, take its number and chain value, build body, commitments and
leaf, insert the sealed openings and the outbox row, write the head back. Two round trips in all,
whether for one event or for a thousand (two more for new objects). One call locks its heads in one
order, so two bulk jobs cannot deadlock; a transaction that records on several objects in several
calls can, and PostgreSQL then refuses one of the two. Nothing else is locked, nothing signalled.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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
    key_from: int
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


# The clock is read above the lock, so that an object's events never run backwards in time because
# one waited for another. If any head is new, nothing is locked yet: new heads come first, so that
# all transactions lock in the same order.
_LOCK_HEADS = """
WITH wanted AS (
    SELECT obj, ch::"char" AS ch FROM unnest(%s::uuid[], %s::text[]) AS t(obj, ch)
), locked AS MATERIALIZED (
    SELECT o.obj, o.ch, o.log_id, o.n, o.h, o.key_from
    FROM ledger_object o JOIN wanted USING (obj, ch)
    WHERE (SELECT count(*) FROM ledger_object JOIN wanted USING (obj, ch)) = %s
    ORDER BY o.obj, o.ch FOR UPDATE OF o
)
SELECT o.obj, o.ch, o.log_id, l.origin, l.body, o.n, o.h, o.key_from, k.key, k.key_from,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM locked o JOIN ledger_log l USING (log_id) LEFT JOIN ledger_key k USING (obj, ch)
"""

_INSERT_HEADS = """
WITH new AS (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::bytea[])
        AS t(obj, ch, body, h, key)
), heads AS (
    INSERT INTO ledger_object (obj, ch, log_id, n, h)
    SELECT new.obj, new.ch::"char", l.log_id, 0, new.h FROM new JOIN ledger_log l USING (body)
    ORDER BY new.obj, new.ch
    ON CONFLICT DO NOTHING RETURNING obj, ch
)
INSERT INTO ledger_key (obj, ch, key, key_from)
SELECT heads.obj, heads.ch, new.key, 1
FROM heads JOIN new ON new.obj = heads.obj AND new.ch = heads.ch::text
"""

_RENEW_KEYS = """
INSERT INTO ledger_key (obj, ch, key, key_from)
SELECT obj, ch::"char", key, key_from
FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::bigint[]) AS t(obj, ch, key, key_from)
ON CONFLICT DO NOTHING
"""

_SELECT_KEYS = """
SELECT k.obj, k.ch, k.key, k.key_from
FROM unnest(%s::uuid[], %s::text[]) AS t(obj, ch)
JOIN ledger_key k ON k.obj = t.obj AND k.ch = t.ch::"char"
"""

_WRITE = """
WITH openings AS (
    INSERT INTO ledger_opening (eid, name, sealed)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bytea[])
), heads AS (
    UPDATE ledger_object o SET n = t.n, h = t.h, key_from = t.key_from
    FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::bytea[], %s::bigint[])
        AS t(obj, ch, n, h, key_from)
    WHERE o.obj = t.obj AND o.ch = t.ch::"char"
)
INSERT INTO ledger_pending (log_id, eid, obj, ch, n, h, leaf)
SELECT log_id, eid, obj, ch::"char", n, h, leaf
FROM unnest(%s::int[], %s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::bytea[], %s::bytea[])
    WITH ORDINALITY AS t(log_id, eid, obj, ch, n, h, leaf, place)
ORDER BY place
"""


def _lock_heads(bodies: Mapping[Key, uuid.UUID]) -> dict[Key, _Head]:
    """Lock the head rows of all keys, making those that are new; raises LookupError."""
    wanted = sorted(bodies)
    heads = _try_lock(wanted, bodies)
    if not heads:
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERT_HEADS,
                [
                    *_columns(wanted),
                    [bodies[key] for key in wanted],
                    [ril.chain_start(obj, ch) for obj, ch in wanted],
                    [new_key() for _ in wanted],
                ],
            )
        heads = _try_lock(wanted, bodies)
    if not heads:
        raise LookupError(f"no log for one of the bodies {sorted(set(bodies.values()))}")
    return heads


def _columns(keys: Sequence[Key]) -> tuple[list[uuid.UUID], list[str]]:
    return [obj for obj, _ in keys], [ch for _, ch in keys]


def _try_lock(wanted: list[Key], bodies: Mapping[Key, uuid.UUID]) -> dict[Key, _Head]:
    """All heads, locked; nothing, and nothing locked, if one of them does not exist yet."""
    heads: dict[Key, _Head] = {}
    doubtful: list[Key] = []
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_HEADS, [*_columns(wanted), len(wanted)])
        for obj, ch, log_id, origin, body, n, h, key_from, key, of_key, t in cursor.fetchall():
            if bodies[(obj, ch)] != body:
                raise LookupError(f"object {obj} belongs to the log of another body")
            if of_key != key_from:
                doubtful.append((obj, ch))
            heads[(obj, ch)] = _Head(log_id, origin, n, bytes(h), bytes(key or b""), key_from, t)
    if doubtful:
        _renew_keys(doubtful, heads)
    return heads


def _renew_keys(keys: list[Key], heads: Mapping[Key, _Head]) -> None:
    """Give the objects whose key was erased a new one, from their next event on.

    Under the lock of the heads. What was sealed under the old key stays unreadable.
    """
    keys.sort()
    firsts = [heads[key].n + 1 for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(_RENEW_KEYS, [*_columns(keys), [new_key() for _ in keys], firsts])
        cursor.execute(_SELECT_KEYS, _columns(keys))
        for obj, ch, key, key_from in cursor.fetchall():
            head = heads[(obj, ch)]
            head.key, head.key_from = bytes(key), key_from


def _write(
    openings: list[tuple[uuid.UUID, str, bytes]],
    outbox: list[tuple[int, uuid.UUID, uuid.UUID, str, int, bytes, bytes]],
    heads: Mapping[Key, _Head],
) -> None:
    changed = sorted(heads)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                *(list(column) for column in zip(*openings, strict=True)),
                [obj for obj, _ in changed],
                [ch for _, ch in changed],
                [heads[key].n for key in changed],
                [heads[key].h for key in changed],
                [heads[key].key_from for key in changed],
                *(list(column) for column in zip(*outbox, strict=True)),
            ],
        )
