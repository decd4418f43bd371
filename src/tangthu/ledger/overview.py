"""How a body's log stands: what its archivists and inspectors ask first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tangthu.ledger.backlog import Backlog, lag_seconds


@dataclass(frozen=True, slots=True)
class Overview:
    """One log in figures; `root` is the hex root of the newest signed tree, "" before it.

    `pending` events wait in the outbox, the oldest for `lag_seconds`.
    """

    body: uuid.UUID
    origin: str
    opened_at: dt.datetime
    size: int
    pending: int
    lag_seconds: float
    signed_size: int
    root: str
    signed_at: dt.datetime | None
    stopped: str
    stale_times: int

    @property
    def worrying(self) -> bool:
        """Whether so much waits, or for so long, that staff must be warned (IN-37)."""
        return Backlog(self.pending, self.lag_seconds).worrying


def overview(bodies: Sequence[uuid.UUID]) -> list[Overview]:
    """The logs of `bodies`, by origin; bodies without a log are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.body, l.origin, l.opened_at, t.size, "
            "(SELECT count(*) FROM ledger_pending p WHERE p.log_id = l.log_id), "
            "(SELECT leaf FROM ledger_pending p WHERE p.log_id = l.log_id ORDER BY id LIMIT 1), "
            "(extract(epoch FROM clock_timestamp()) * 1000)::bigint, "
            "t.signed_size, coalesce(t.signed_root, ''), "
            "(SELECT max(c.signed_at) FROM ledger_checkpoint c WHERE c.log_id = l.log_id), "
            "coalesce(t.stopped, ''), t.stale_times "
            "FROM ledger_log l JOIN ledger_tree t USING (log_id) "
            "WHERE l.body = ANY(%s) ORDER BY l.origin",
            [list(bodies)],
        )
        return [
            Overview(
                body, origin, opened_at, size, pending, lag_seconds(oldest, moment), signed_size,
                bytes(root).hex(), *more,
            )
            for (
                body, origin, opened_at, size, pending, oldest, moment, signed_size, root, *more
            ) in cursor.fetchall()
        ]  # fmt: skip
