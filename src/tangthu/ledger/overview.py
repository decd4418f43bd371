"""How a body's log stands: what its archivists and inspectors ask first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Overview:
    """One log in figures; `root` is the hex root of the newest signed tree, "" before it."""

    body: uuid.UUID
    origin: str
    opened_at: dt.datetime
    size: int
    pending: int
    signed_size: int
    root: str
    signed_at: dt.datetime | None
    stopped: str
    stale_times: int


def overview(bodies: Sequence[uuid.UUID]) -> list[Overview]:
    """The logs of `bodies`, by origin; bodies without a log are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.body, l.origin, l.opened_at, t.size, "
            "(SELECT count(*) FROM ledger_pending p WHERE p.log_id = l.log_id), "
            "t.signed_size, coalesce(t.signed_root, ''), "
            "(SELECT max(c.signed_at) FROM ledger_checkpoint c WHERE c.log_id = l.log_id), "
            "coalesce(t.stopped, ''), t.stale_times "
            "FROM ledger_log l JOIN ledger_tree t USING (log_id) "
            "WHERE l.body = ANY(%s) ORDER BY l.origin",
            [list(bodies)],
        )
        return [
            Overview(row[0], row[1], row[2], row[3], row[4], row[5], bytes(row[6]).hex(), *row[7:])
            for row in cursor.fetchall()
        ]
