"""Named locks between processes, held in the database and let go if a process dies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Held shared while bytes are put into the working store and their records are made, exclusively
# while bytes that no open record needs are removed: nobody loses what he has just put there.
WORKING_STORE = "working-store"


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode("utf-8")).digest()[:8], "big", signed=True)


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock `name` alone; waits for whoever holds it."""
    yield from _held(name, "pg_advisory_lock", "pg_advisory_unlock")


@contextmanager
def shared(name: str) -> Iterator[None]:
    """Hold the lock `name` together with other sharers; waits for an exclusive holder."""
    yield from _held(name, "pg_advisory_lock_shared", "pg_advisory_unlock_shared")


@contextmanager
def attempted(what: str | int) -> Iterator[bool]:
    """Hold a lock, given by name or 63-bit key, if nobody else does; says whether it was got.

    Waits for nobody; the lock ends with the process that holds it.
    """
    key = what if isinstance(what, int) else _key(what)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def until_commit(*names: str) -> None:
    """Hold locks alone until the transaction ends; waits for whoever holds one of them.

    They are taken in one order, so that two who want several do not wait for each other.
    """
    keys = sorted({_key(name) for name in names})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS wanted (key)", [keys]
        )


def shared_until_commit(name: str) -> None:
    """Hold the lock `name` together with other sharers until the transaction ends; waits for who
    holds it alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_key(name)])


def _held(name: str, take: str, give: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(%s)", [_key(name)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {give}(%s)", [_key(name)])
