"""Many writers, three integrators, and somebody who kills them all the time (IN-94)."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import Error, connection, connections, transaction

from tangthu.ledger import integrator
from tangthu.ledger.integrator import run_once
from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.record import record_many
from tangthu.ledger.signer import Signer
from tangthu.ledger.verification import verify
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.merkle import verify_consistency
from tangthu.standards.tlog.reader import TileReader
from tests.ledger import steps
from tests.support.house import TestHouse

WRITERS, WRITER_PROCESSES, INTEGRATORS = 32, 4, 3
_FORK = multiprocessing.get_context("fork")


def _line(file: int, *words: object) -> None:
    os.write(file, (" ".join(map(str, words)) + "\n").encode("ascii"))


class _Undone(Exception):
    """A writer changed its mind."""


def _write_until(end: float, body: uuid.UUID, objs: list[uuid.UUID], notes: Path) -> None:
    """One writer: transactions of one to three objects, some of them taken back.

    Notes what it knows for certain: events whose commit was confirmed, events rolled back.
    """
    file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while time.monotonic() < end:
        recorded = []
        try:
            with transaction.atomic():
                chosen = random.sample(objs, random.randint(1, 3))
                recorded += record_many([steps.event(body, obj) for obj in chosen])
                time.sleep(random.random() * 0.03)
                if random.random() < 0.1:
                    with contextlib.suppress(_Undone), transaction.atomic():
                        for undone in record_many([steps.event(body, chosen[0])]):
                            _line(file, "undone", undone.eid)
                        raise _Undone
                if random.random() < 0.1:
                    for undone in recorded:
                        _line(file, "undone", undone.eid)
                    raise _Undone
            for done in recorded:
                _line(file, "committed", done.eid)
        except _Undone:
            pass
        except Error as error:
            _line(file, "failed", type(error.__cause__).__name__)
            connection.close()
            time.sleep(0.1)
    connection.close()


def _writers(end: float, body: uuid.UUID, objs: list[uuid.UUID], notes: Path) -> None:
    crowd = [
        threading.Thread(target=_write_until, args=(end, body, objs, notes))
        for _ in range(WRITERS // WRITER_PROCESSES)
    ]
    for writer in crowd:
        writer.start()
    for writer in crowd:
        writer.join()


def _integrate() -> None:
    integrator.TICK_SECONDS = 0.05
    integrator.CHECKPOINT_SECONDS = 0.2
    integrator.run_forever()


class _Crowd:
    """Processes that are started again when they are killed."""

    def __init__(self, starts: list[tuple[Callable[..., None], tuple[Any, ...]]]) -> None:
        self._starts = starts
        self.processes = [self._start(place) for place in range(len(starts))]
        self.kills = 0

    def _start(self, place: int) -> Any:
        target, arguments = self._starts[place]
        process = _FORK.Process(target=target, args=arguments)
        process.start()
        return process

    def kill_one(self) -> None:
        place = random.randrange(len(self.processes))
        self.processes[place].kill()
        self.processes[place].join()
        self.kills += 1
        self.processes[place] = self._start(place)

    def end(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.join(20)
            process.kill()
            process.join()


def _crash_database(house: TestHouse) -> None:
    """kill -9 one of the server's processes: PostgreSQL then restarts all of them and recovers."""
    with contextlib.suppress(psycopg.Error, ProcessLookupError), psycopg.connect(house.url) as one:
        row = one.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        ).fetchone()
        if row is not None:
            os.kill(row[0], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(house.url).close()
            return
        time.sleep(0.2)


def _run(house: TestHouse, notes: Path, seconds: float, crash_every: float | None) -> Counter[str]:
    """Let them at it for `seconds`; returns how often what was noted."""
    log = steps.log(house)
    objs = [uuid.uuid4() for _ in range(40)]
    house.close_connections()
    with psycopg.connect(house.url, autocommit=True) as admin:
        # A crashed server may lose what it has confirmed otherwise: tests run without it.
        admin.execute(f"ALTER DATABASE {house.name} SET synchronous_commit = on")
    end = time.monotonic() + seconds
    crowd = _Crowd(
        [(_writers, (end, log.body, objs, notes))] * WRITER_PROCESSES
        + [(_integrate, ())] * INTEGRATORS
    )
    crashed = time.monotonic()
    while time.monotonic() < end - 1:
        time.sleep(random.random() * 0.5)
        crowd.kill_one()
        if crash_every is not None and time.monotonic() - crashed > crash_every:
            crashed = time.monotonic()
            _crash_database(house)
    time.sleep(max(0.0, end - time.monotonic()))
    crowd.end()
    assert crowd.kills > seconds
    return Counter(line.split()[0] for line in notes.read_text().splitlines())


def _noted(notes: Path, word: str) -> list[uuid.UUID]:
    lines = (line.split() for line in notes.read_text().splitlines())
    return [uuid.UUID(line[1]) for line in lines if line[0] == word]


def _check(house: TestHouse, log: Log, notes: Path) -> None:
    """Nothing lost, nothing doubled, nothing out of order, one history."""
    rows = steps.entries(log)
    assert [row[0] for row in rows] == list(range(len(rows)))
    eids = [row[1] for row in rows if row[1] is not None]
    assert len(eids) == len(set(eids))
    assert set(_noted(notes, "committed")) <= set(eids)
    assert not set(_noted(notes, "undone")) & set(eids)
    numbers: dict[uuid.UUID, list[int]] = {}
    for _, _, obj, n, _ in rows:
        if obj is not None and n is not None:
            numbers.setdefault(obj, []).append(n)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT obj, n FROM ledger_object WHERE log_id = %s", [log.log_id])
        assert dict(cursor.fetchall()) == {obj: len(found) for obj, found in numbers.items()}
    verdict = verify(log)
    assert verdict.problems == []
    assert (verdict.size, verdict.pending) == (len(rows), 0)
    series = list(_series(house, log))
    assert len(series) > 3
    reader = TileReader(tree_folder(house.home, log))
    for (size, root), (later, its_root) in itertools.pairwise(series):
        verify_consistency(size, later, root, its_root, reader.consistency_proof(size, later))


def _series(house: TestHouse, log: Log) -> Iterator[tuple[int, bytes]]:
    """Sizes and roots of every checkpoint that ever left the house."""
    key = Signer(house.home, log.log_id, log.origin).verifier_key
    notes = (tree_folder(house.home, log) / "checkpoints").glob("*.note")
    for path in sorted(notes, key=lambda path: int(path.stem)):
        checkpoint = open_checkpoint(path.read_bytes(), log.origin, [key]).checkpoint
        yield checkpoint.size, checkpoint.root


@pytest.mark.req("IN-31", "IN-33", "IN-34")
def test_killed_writers_and_three_killed_integrators_lose_double_and_swap_nothing(
    cast: TestHouse, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    counted = _run(cast, notes, 9, None)
    run_once()
    assert counted["failed"] == 0, counted
    assert counted["committed"] > 200
    _check(cast, steps.log(cast), notes)


@pytest.mark.soak
@pytest.mark.req("IN-31", "IN-33", "IN-34")
def test_minutes_of_kills_and_crashes_of_the_database_leave_one_whole_history(
    cast: TestHouse, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    counted = _run(cast, notes, 270, 20)
    run_once()
    assert counted["committed"] > 5000
    assert counted["failed"] > 0
    _check(cast, steps.log(cast), notes)
