"""The outbox as the server keeps it: lock the heads of objects, write the events built on them.

Two round trips in all, for one event or for a thousand. Both go past the cursors, with arguments
beside the statement in the server's own binary form: a cursor's conversions, and quoting them into
the text as Django does, cost more than the calls. Nothing is prepared, so that a pooler may give
every transaction another session.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from django.db import connection
from psycopg import generators
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus

from tangthu.ledger.sealing import new_key
from tangthu.standards.ril import events as ril

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.pq.abc import PGresult

Key = tuple[uuid.UUID, str]


@dataclass(slots=True)
class Head:
    """Where an object's chain stands under our lock: its log, newest event (`n`, `h`), the key that
    seals its openings, and the server's time in microseconds."""

    log_id: int
    origin: str
    n: int
    h: bytes
    key: bytes
    us: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An event ready to be written: its place in its object's chain, public leaf, sealed openings
    by field name ('' for the body)."""

    obj: uuid.UUID
    ch: str
    log_id: int
    eid: uuid.UUID
    n: int
    h: bytes
    leaf: bytes
    openings: Mapping[str, bytes]


# A row as one value is cheaper to plan than a function in FROM.
_LOCK_HEAD = b"SELECT ledger_lock_head($1, $2, $3, $4, $5)"
_LOCK_HEADS = b"SELECT ledger_lock_heads($1, $2, $3, $4, $5)"
_RENEW_KEYS = b"SELECT ledger_renew_keys($1, $2, $3)"
_APPEND = b"SELECT ledger_append($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_WRITE = b"SELECT ledger_write($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"


def lock_heads(bodies: Mapping[Key, uuid.UUID]) -> dict[Key, Head]:
    """Lock the heads of all keys, each an object of the given body, making those that are new.

    Raises LookupError for a body without a log or an object in another body's log.
    """
    keys = list(bodies)
    heads = _locked(keys, bodies)
    if not all(head.key for head in heads.values()):
        objs, chs = _uuids([obj for obj, _ in keys]), _texts([ch for _, ch in keys])
        _call(_RENEW_KEYS, [objs, chs, _bytes([new_key() for _ in keys])])
        heads = _locked(keys, bodies)
    if len(heads) != len(keys):
        raise LookupError(f"no log for one of the bodies {sorted(set(bodies.values()))}")
    return heads


def _locked(keys: Sequence[Key], bodies: Mapping[Key, uuid.UUID]) -> dict[Key, Head]:
    if len(keys) == 1:
        ((obj, ch),) = keys
        start, secret = ril.chain_start(obj, ch), new_key()
        found = _call(_LOCK_HEAD, [obj.bytes, ch.encode(), bodies[keys[0]].bytes, start, secret])
    else:
        found = _call(
            _LOCK_HEADS,
            [
                _uuids([obj for obj, _ in keys]),
                _texts([ch for _, ch in keys]),
                _uuids(bodies.values()),
                _bytes([ril.chain_start(obj, ch) for obj, ch in keys]),
                _bytes([new_key() for _ in keys]),
            ],
        )
    heads: dict[Key, Head] = {}
    for row in range(found.ntuples):
        place, log_id, origin, is_own, n, h, key, us = _members(found.get_value(row, 0) or b"")
        if place is None or origin is None or h is None:
            continue
        of = keys[_number(place) - 1]
        if is_own != b"\1":
            raise LookupError(f"object {of[0]} belongs to the log of another body")
        heads[of] = Head(_number(log_id), origin.decode(), _number(n), h, key or b"", _number(us))
    return heads


def write(entries: Sequence[Entry], heads: Mapping[Key, Head]) -> None:
    """Write events in the given order with their openings, and the heads as they stand after."""
    if len(entries) == 1:
        (e,) = entries
        place = [e.obj.bytes, e.ch.encode(), _INT4.pack(e.log_id), e.eid.bytes, _INT8.pack(e.n)]
        boxes = [_texts(e.openings), _bytes(e.openings.values())]
        _call(_APPEND, [*place, e.h, e.leaf, *boxes])
        return
    _call(
        _WRITE,
        [
            _uuids([e.eid for e in entries for _ in e.openings]),
            _texts([name for e in entries for name in e.openings]),
            _bytes([box for e in entries for box in e.openings.values()]),
            _uuids([obj for obj, _ in heads]),
            _texts([ch for _, ch in heads]),
            _array(_OID_INT8, [_INT8.pack(head.n) for head in heads.values()]),
            _bytes([head.h for head in heads.values()]),
            _array(_OID_INT4, [_INT4.pack(e.log_id) for e in entries]),
            _uuids([e.eid for e in entries]),
            _uuids([e.obj for e in entries]),
            _texts([e.ch for e in entries]),
            _array(_OID_INT8, [_INT8.pack(e.n) for e in entries]),
            _bytes([e.h for e in entries]),
            _bytes([e.leaf for e in entries]),
        ],
    )


def _call(statement: bytes, arguments: Sequence[bytes]) -> PGresult:
    """Run one call of a ledger function, arguments and result in binary; waits as cursors do."""
    with connection.wrap_database_errors:
        session: Connection = connection.connection
        if session.pgconn.transaction_status == TransactionStatus.IDLE:
            session.execute("SELECT")  # has psycopg begin the transaction that Django wants
        formats = [Format.BINARY] * len(arguments)
        session.pgconn.send_query_params(
            statement, arguments, param_formats=formats, result_format=Format.BINARY
        )
        result: PGresult
        (result,) = session.wait(generators.execute(session.pgconn))
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result)
        return result


# The server's binary forms of numbers, of one-dimensional arrays without NULLs, of rows.
_INT4, _INT8 = Struct("!i"), Struct("!q")
_OID_BYTEA, _OID_INT8, _OID_INT4, _OID_TEXT, _OID_UUID = 17, 20, 23, 25, 2950
_ARRAY = Struct("!iiIii")
_MEMBER = Struct("!Ii")


def _array(oid: int, values: Sequence[bytes]) -> bytes:
    parts = [_ARRAY.pack(1, 0, oid, len(values), 1)]
    for value in values:
        parts += (_INT4.pack(len(value)), value)
    return b"".join(parts)


def _uuids(values: Iterable[uuid.UUID]) -> bytes:
    return _array(_OID_UUID, [value.bytes for value in values])


def _texts(values: Iterable[str]) -> bytes:
    return _array(_OID_TEXT, [value.encode() for value in values])


def _bytes(values: Iterable[bytes]) -> bytes:
    return _array(_OID_BYTEA, list(values))


def _number(value: bytes | None) -> int:
    return int.from_bytes(value or b"", "big", signed=True)


def _members(row: bytes) -> list[bytes | None]:
    """Members of a composite value (record_send): a count, then type, length, bytes of each."""
    members: list[bytes | None] = []
    at = 4
    while at < len(row):
        _oid, length = _MEMBER.unpack_from(row, at)
        at += 8
        members.append(row[at : at + length] if length >= 0 else None)
        at += max(length, 0)
    return members
