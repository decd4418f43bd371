"""Have the log take in what waits, from a process that may not build the tree itself.

The web server and the workers log in as the application: they wake the integrator and wait for it.
A command that an administrator gives has the integrator's login too and does the work at once.
"""

from __future__ import annotations

import time

from django.db import connection, connections

from tangthu.ledger import publishing
from tangthu.ledger.integrator import WAKE, step
from tangthu.ledger.logs import Log

PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.05


def may_integrate() -> bool:
    """Whether this process has the integrator's login."""
    return publishing.ALIAS in connections.settings


def catch_up(log: Log) -> bool:
    """Return once every event that waits now has its place in `log`; False if that cannot be.

    It cannot while the log is stopped, or when the integrator took nothing for half a minute.
    Raises LogStopped where this process integrates itself.
    """
    if may_integrate():
        while step(log):
            pass
        return True
    newest, last, moved = _wake(log), -1, time.monotonic()
    while True:
        oldest, stopped = _oldest(log)
        if oldest is None or oldest > newest:
            return True
        if stopped or time.monotonic() - moved > PATIENCE_SECONDS:
            return False
        if oldest != last:
            last, moved = oldest, time.monotonic()
        time.sleep(_POLL_SECONDS)


def _wake(log: Log) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE}")
        cursor.execute(
            "SELECT coalesce(max(id), 0) FROM ledger_pending WHERE log_id = %s", [log.log_id]
        )
        return int(cursor.fetchone()[0])


def _oldest(log: Log) -> tuple[int | None, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT min(id) FROM ledger_pending WHERE log_id = t.log_id), "
            "t.stopped IS NOT NULL FROM ledger_tree t WHERE t.log_id = %s",
            [log.log_id],
        )
        oldest, stopped = cursor.fetchone()
    return oldest, stopped
