"""Let a stopped log go on: only the integrator may, so the application leaves it a request.

`ledger_resume` has one row per log that somebody asked about. The integrator recomputes the whole
log itself before it clears the mark: a request is trusted with nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread

from django.db import Error, connection, connections
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError, Refused
from tangthu.ledger import integrator, publishing
from tangthu.ledger.catching_up import may_integrate
from tangthu.ledger.logs import Log, all_logs

PATIENCE_SECONDS = 60.0
_HEARTBEAT_SECONDS = 5.0
_POLL_SECONDS = 0.1


def is_stopped(log: Log) -> str | None:
    """Why the log was stopped, None if it runs; read as the application."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stopped FROM ledger_tree WHERE log_id = %s", [log.log_id])
        row = cursor.fetchone()
    return str(row[0]) if row is not None and row[0] is not None else None


def resume(log: Log) -> list[str]:
    """Have the log recomputed and let it go on if nothing is wrong; returns what still is.

    Raises Refused if no integrator answers.
    """
    if may_integrate():
        return integrator.resume(log)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_resume WHERE log_id = %s", [log.log_id])
        cursor.execute("INSERT INTO ledger_resume (log_id) VALUES (%s)", [log.log_id])
        cursor.execute(f"NOTIFY {integrator.WAKE}")
        try:
            return _answer(cursor, log)
        finally:
            cursor.execute("DELETE FROM ledger_resume WHERE log_id = %s", [log.log_id])


def _answer(cursor: CursorWrapper, log: Log) -> list[str]:
    while True:
        cursor.execute(
            "SELECT problems, extract(epoch FROM clock_timestamp() - seen_at)::float8 "
            "FROM ledger_resume WHERE log_id = %s",
            [log.log_id],
        )
        row = cursor.fetchone()
        if row is not None and row[0] is not None:
            return list(row[0])
        if row is None or row[1] > PATIENCE_SECONDS:
            raise Refused(
                _("Tiến trình integrator không trả lời nên sổ cái chưa ghi tiếp được."),
                hint=_("Chạy `tangthu integrator` (hoặc `tangthu up`) rồi làm lại."),
                log=log.origin,
            )
        time.sleep(_POLL_SECONDS)


class Answering:
    """Answers requests beside the integrator's own work, so that other logs need not wait."""

    def __init__(self) -> None:
        self._thread: Thread | None = None

    def look(self) -> None:
        """Begin with what was asked, unless an answer is being worked on."""
        if self._thread is not None and self._thread.is_alive():
            return
        with connections[publishing.ALIAS].cursor() as cursor:
            cursor.execute("SELECT log_id FROM ledger_resume WHERE problems IS NULL")
            asked = {row[0] for row in cursor.fetchall()}
        if asked:
            self._thread = Thread(target=_answer_all, args=[asked], daemon=True)
            self._thread.start()


def _answer_all(asked: set[int]) -> None:
    try:
        for log in all_logs(publishing.ALIAS):
            if log.log_id in asked:
                problems = integrator.resume(log, _heart(log))
                _note(log, "problems = %s", problems)
    except (Error, OSError, HouseError) as error:
        integrator.log_to.warning("cannot answer whether a log may go on: %s", error)
    finally:
        connections.close_all()


def _heart(log: Log) -> Callable[[int], None]:
    last = time.monotonic()

    def beat(entries: int) -> None:
        nonlocal last
        if time.monotonic() - last > _HEARTBEAT_SECONDS:
            last = time.monotonic()
            _note(log, "problems = NULL")

    return beat


def _note(log: Log, what: str, *values: list[str]) -> None:
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_resume SET seen_at = clock_timestamp(), {what} WHERE log_id = %s",
            [*values, log.log_id],
        )
