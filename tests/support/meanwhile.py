"""Two sessions at once: one stands still at a place of our choosing while the other goes on."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connections

from tests.support.house import TestHouse

_LONGEST = 30.0


class Other:
    """Another session of the application: a thread with connections of its own."""

    def __init__(self, house: TestHouse, work: Callable[[], object]) -> None:
        self._house, self._work = house, work
        self._thread = threading.Thread(target=self._run)
        self._failures: list[BaseException] = []

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._failures.append(error)
        finally:
            connections.close_all()

    def go(self) -> None:
        """Let it work until it is done, or waits for a lock that somebody else holds."""
        self._thread.start()
        deadline = time.monotonic() + _LONGEST
        with psycopg.connect(self._house.url, autocommit=True) as looking:
            while self._thread.is_alive() and not _waits(looking):
                assert time.monotonic() < deadline
                time.sleep(0.01)

    def end(self) -> None:
        """See to it that it came to its end; raises what it raised."""
        self._thread.join(_LONGEST)
        assert not self._thread.is_alive()
        if self._failures:
            raise self._failures[0]


def _waits(looking: psycopg.Connection[Any]) -> bool:
    found = looking.execute(
        "SELECT 1 FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return found.fetchone() is not None


@contextmanager
def overtaken(house: TestHouse, place: str, work: Callable[[], object]) -> Iterator[None]:
    """In the block, whoever first calls `place` ("module:name", "module:Class.name") stands still.

    Before the call, `work` is done by another session, to its end or until it has to wait. What is
    handed to `place` has been made by then, also where it is handed over as an iterator.
    """
    module_name, path = place.split(":")
    *classes, name = path.split(".")
    owner: Any = importlib.import_module(module_name)
    for one in classes:
        owner = getattr(owner, one)
    real = getattr(owner, name)
    other = Other(house, work)
    first = threading.Lock()

    def stopped(*given: Any, **named: Any) -> Any:
        if first.acquire(blocking=False):
            given = tuple(list(one) if isinstance(one, Iterator) else one for one in given)
            other.go()
        return real(*given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, stopped)
        yield
        assert first.locked(), f"nobody came to {place}"
        other.end()
