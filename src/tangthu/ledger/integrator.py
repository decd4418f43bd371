"""The integrator: takes committed events out of the outbox and gives each its place in the tree.

One step is one transaction (IN-33): lock the tree row, delete-return the oldest outbox rows, check
each against its object's head (IN-36), append them as entries, store size and compact range. The
tree row's lock is the only mutex, so several integrators do no harm and poolers do not matter.
"""

from __future__ import annotations

import logging
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, IntegrityError, OperationalError, connections, transaction

from tangthu.kernel.errors import HouseError
from tangthu.ledger import publishing
from tangthu.ledger.backlog import backlog
from tangthu.ledger.logs import Log, all_logs
from tangthu.ledger.signer import Recovering, SignerRefused
from tangthu.ledger.verification import verify
from tangthu.standards.ril import events as ril
from tangthu.standards.ril.errors import RilError
from tangthu.standards.tlog.errors import TlogError
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash

log_to = logging.getLogger("tangthu.ledger")

BATCH = 2048
TICK_SECONDS = 1.0
CHECKPOINT_SECONDS = 10.0
OLDEST_MS, NEWEST_MS = 10 * 60 * 1000, 5 * 1000
_COLLECT_SECONDS = 3600.0
_WARN_SECONDS = 60.0
# The channel on which somebody who waits for the tree wakes the integrator.
WAKE = "tangthu_integrator"


class LogStopped(HouseError):
    """The log was stopped because rows, files or signatures do not agree; staff must look."""


@dataclass(slots=True)
class _Head:
    n: int
    h: bytes
    leaf_index: int


def step(log: Log, limit: int = BATCH) -> int:
    """Integrate at most `limit` pending events of `log`; returns how many.

    Raises LogStopped (and marks the log) on any violation; nothing is dropped or reordered.
    """
    try:
        with transaction.atomic(using=publishing.ALIAS):
            return _step(log, limit)
    except (RilError, TlogError, HouseError, IntegrityError, _Violation) as error:
        stop(log, str(error))
        raise LogStopped(
            f"Sổ cái {log.origin} đã dừng.", hint=str(error), origin=log.origin
        ) from error


class _Violation(Exception):
    """A pending row that does not follow its object's head."""


def _step(log: Log, limit: int) -> int:
    log_id = log.log_id
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT size, range, stopped FROM ledger_tree WHERE log_id = %s FOR UPDATE", [log_id]
        )
        size, stored, stopped = cursor.fetchone()
        if stopped:
            return 0
        publishing.check_not_behind(settings.HOME, log, size)
        cursor.execute(
            "WITH taken AS (DELETE FROM ledger_pending WHERE log_id = %s AND id IN ("
            "SELECT id FROM ledger_pending WHERE log_id = %s ORDER BY id LIMIT %s) RETURNING *) "
            "SELECT eid, obj, ch, n, h, leaf FROM taken ORDER BY id",
            [log_id, log_id, limit],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        moment = cursor.fetchone()[0]
        heads = _heads(cursor, rows)
        entries, stale = _check(rows, heads, size, moment)
        tree = CompactRange.from_bytes(size, bytes(stored))
        tree.extend(entry[-1] for entry in entries)
        if stale:
            log_to.warning("log %s: %d events far from the time of integration", log_id, stale)
        cursor.execute(
            "INSERT INTO ledger_entry (log_id, leaf_index, eid, obj, ch, n, leaf, leaf_hash) "
            'SELECT %s, i, eid, obj, ch::"char", n, leaf, hash FROM unnest(%s::bigint[], '
            "%s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::bytea[], %s::bytea[]) "
            "AS t(i, eid, obj, ch, n, leaf, hash)",
            [log_id, *(list(column) for column in zip(*entries, strict=True))],
        )
        if heads:
            cursor.execute(
                "INSERT INTO ledger_head (obj, ch, n, h, leaf_index) "
                'SELECT obj, ch::"char", n, h, i FROM unnest(%s::uuid[], %s::text[], %s::bigint[], '
                "%s::bytea[], %s::bigint[]) AS t(obj, ch, n, h, i) ON CONFLICT (obj, ch) "
                "DO UPDATE SET n = EXCLUDED.n, h = EXCLUDED.h, leaf_index = EXCLUDED.leaf_index",
                [
                    [obj for obj, _ in heads],
                    [ch for _, ch in heads],
                    [head.n for head in heads.values()],
                    [head.h for head in heads.values()],
                    [head.leaf_index for head in heads.values()],
                ],
            )
        cursor.execute(
            "UPDATE ledger_tree SET size = %s, range = %s, stale_times = stale_times + %s "
            "WHERE log_id = %s",
            [tree.size, tree.to_bytes(), stale, log_id],
        )
    return len(rows)


def _heads(cursor: Any, rows: list[Any]) -> dict[tuple[uuid.UUID, str], _Head]:
    """Heads of the objects of `rows` as integrated so far; a new object starts at h(0)."""
    keys = sorted({(obj, ch) for _, obj, ch, *_ in rows if obj is not None})
    heads = {(obj, ch): _Head(0, ril.chain_start(obj, ch), -1) for obj, ch in keys}
    cursor.execute(
        "SELECT h.obj, h.ch, h.n, h.h, h.leaf_index FROM unnest(%s::uuid[], %s::text[]) "
        'AS wanted(obj, ch) JOIN ledger_head h ON h.obj = wanted.obj AND h.ch = wanted.ch::"char"',
        [[obj for obj, _ in keys], [ch for _, ch in keys]],
    )
    for obj, ch, n, h, leaf_index in cursor.fetchall():
        heads[(obj, ch)] = _Head(n, bytes(h), leaf_index)
    return heads


def _check(
    rows: list[Any], heads: dict[tuple[uuid.UUID, str], _Head], size: int, moment: int
) -> tuple[list[tuple[Any, ...]], int]:
    """Entries for the rows in order, advancing the heads, and how many have a stale time."""
    entries: list[tuple[Any, ...]] = []
    stale = 0
    for index, (eid, obj, ch, n, h, given) in enumerate(rows, start=size):
        leaf = bytes(given)
        parsed = ril.parse_leaf(leaf)
        hashed = leaf_hash(leaf)
        if not moment - OLDEST_MS <= parsed.t <= moment + NEWEST_MS:
            stale += 1
        if (obj is None) != isinstance(parsed, ril.SystemLeaf):
            raise _Violation(f"leaf {index}: record and system leaves are mixed up")
        if obj is not None:
            head = heads[(obj, ch)]
            if n != head.n + 1:
                raise _Violation(f"leaf {index}: event {n} of {obj} follows {head.n}")
            head.n, head.h = n, ril.chain_next(head.h, hashed)
            head.leaf_index = index
            if head.h != bytes(h):
                raise _Violation(f"leaf {index}: chain value of {obj} does not follow")
        entries.append((index, eid, obj, ch, n, leaf, hashed))
    return entries, stale


def stop(log: Log, reason: str) -> None:
    """Mark the log as stopped: nothing more is integrated or signed until staff looked."""
    log_to.critical("log %s stopped: %s", log.origin, reason)
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_tree SET stopped = %s WHERE log_id = %s", [reason[:500], log.log_id]
        )


def resume(log: Log, report: Callable[[int], None] | None = None) -> list[str]:
    """Let a stopped log go on, if nothing is wrong with it any more; returns what still is.

    `report(entries done)` is called along the way. A log whose database came back
    older stays stopped: that is for recovering. From the site go through ledger.resuming.
    """
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute("SELECT size FROM ledger_tree WHERE log_id = %s", [log.log_id])
        size = cursor.fetchone()[0]
    try:
        publishing.check_not_behind(settings.HOME, log, size)
    except (publishing.LogBehind, Recovering) as error:
        return [f"{error} {error.hint}"]
    except SignerRefused as error:
        log_to.warning("log %s: %s", log.origin, error)
    found = verify(log, report).problems
    problems = [problem for problem in found if problem != is_stopped(log)]
    if not problems:
        with connections[publishing.ALIAS].cursor() as cursor:
            cursor.execute("UPDATE ledger_tree SET stopped = NULL WHERE log_id = %s", [log.log_id])
        log_to.warning("log %s resumed", log.origin)
    return problems


def publish(log: Log) -> int:
    """Publish a checkpoint of what is integrated; stops the log when anything does not agree."""
    try:
        return publishing.publish(settings.HOME, log)
    except (TlogError, HouseError) as error:
        stop(log, str(error))
        raise LogStopped(
            f"Sổ cái {log.origin} đã dừng.", hint=str(error), origin=log.origin
        ) from error


def is_stopped(log: Log) -> str | None:
    """Why the log was stopped, None if it runs."""
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute("SELECT stopped FROM ledger_tree WHERE log_id = %s", [log.log_id])
        row = cursor.fetchone()
    return str(row[0]) if row is not None and row[0] is not None else None


def run_once() -> int:
    """Integrate and publish everything that is pending in every log; returns how many events.

    A log that stops does not keep the others waiting; the first LogStopped is raised at the end.
    """
    total = 0
    refused: LogStopped | None = None
    for log in all_logs(publishing.ALIAS):
        try:
            if is_stopped(log) is None:
                while count := step(log):
                    total += count
                publish(log)
        except LogStopped as error:
            refused = refused or error
    if refused is not None:
        raise refused
    return total


def run_forever() -> None:
    """Integrate every second, publish every ten, until SIGTERM or SIGINT.

    Outlives its database, a full disk and stopped logs: it says so and tries again.
    """
    wanted = True

    def end(*_: object) -> None:
        nonlocal wanted
        wanted = False

    from tangthu.ledger.resuming import Answering

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    rounds, answering = _Rounds(), Answering()
    while wanted:
        try:
            busy = rounds.turn()
            answering.look()
            if not busy:
                _pause()
        except (Error, OSError) as error:
            log_to.warning("cannot integrate now: %s: %s", type(error).__name__, error)
            connections.close_all()
            time.sleep(TICK_SECONDS)


def _pause() -> None:
    """Wait for a second, or until somebody wakes us; through a pooler only the second counts."""
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute(f"LISTEN {WAKE}")
        try:
            for _ in cursor.connection.notifies(timeout=TICK_SECONDS, stop_after=1):
                pass
        except psycopg.Error as error:
            raise OperationalError(str(error)) from error


class _Rounds:
    """What the integrator remembers between two looks at the logs."""

    def __init__(self) -> None:
        self._published: dict[int, float] = {}
        self._warned: dict[int, float] = {}
        self._collected: dict[int, int] = {}
        self._last_collection = time.monotonic()

    def turn(self) -> bool:
        """One look at every log; returns whether one had a full batch, so that more may wait."""
        logs = all_logs(publishing.ALIAS)
        busy = False
        for log in logs:
            busy |= self._look(log)
        if time.monotonic() - self._last_collection > _COLLECT_SECONDS:
            self._last_collection = time.monotonic()
            for log in logs:
                since = self._collected.get(log.log_id, 0)
                self._collected[log.log_id] = publishing.collect(settings.HOME, log, since)
        return busy

    def _look(self, log: Log) -> bool:
        self._warn_if_behind(log)
        try:
            if is_stopped(log) is not None:
                return False
            count = step(log)
            if self._is_due(log):
                publish(log)
                self._published[log.log_id] = time.monotonic()
        except LogStopped:
            return False
        return count == BATCH

    def _is_due(self, log: Log) -> bool:
        """Whether the log grew and its last checkpoint is old enough for a new one (IN-37)."""
        last = self._published.get(log.log_id)
        if last is not None and time.monotonic() - last < CHECKPOINT_SECONDS:
            return False
        with connections[publishing.ALIAS].cursor() as cursor:
            cursor.execute(
                "SELECT size > signed_size FROM ledger_tree WHERE log_id = %s", [log.log_id]
            )
            row = cursor.fetchone()
        return bool(row and row[0])

    def _warn_if_behind(self, log: Log) -> None:
        last = self._warned.get(log.log_id)
        if last is not None and time.monotonic() - last < _WARN_SECONDS:
            return
        found = backlog(log)
        if found.worrying:
            self._warned[log.log_id] = time.monotonic()
            log_to.warning(
                "log %s: %d events pending, the oldest for %d s",
                log.origin,
                found.pending,
                found.lag_seconds,
            )
