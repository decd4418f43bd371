"""What waits in a log's outbox, and when that is worrying (IN-37); business goes on meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from tangthu.ledger import publishing
from tangthu.ledger.logs import Log
from tangthu.standards.ril import events as ril
from tangthu.standards.ril.errors import RilError

PENDING_WARNING = 10_000
LAG_WARNING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox of a log: how many events, and the age of the oldest (s)."""

    pending: int
    lag_seconds: float

    @property
    def worrying(self) -> bool:
        """Whether staff must be warned."""
        return self.pending > PENDING_WARNING or self.lag_seconds > LAG_WARNING_SECONDS


def backlog(log: Log) -> Backlog:
    """What waits in the outbox of `log` now, as the integrator sees it; counted to 10 001."""
    with connections[publishing.ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), (SELECT leaf FROM ledger_pending WHERE log_id = %(log)s "
            "ORDER BY id LIMIT 1), (extract(epoch FROM clock_timestamp()) * 1000)::bigint "
            "FROM (SELECT 1 FROM ledger_pending WHERE log_id = %(log)s LIMIT %(limit)s) p",
            {"log": log.log_id, "limit": PENDING_WARNING + 1},
        )
        pending, oldest, moment = cursor.fetchone()
    return Backlog(pending, lag_seconds(oldest, moment))


def lag_seconds(oldest: bytes | None, moment: int) -> float:
    """Age in seconds at `moment` (ms) of the event in leaf `oldest`; 0 without a readable one."""
    try:
        since = ril.parse_leaf(bytes(oldest)).t if oldest is not None else moment
    except RilError:
        since = moment
    return max(0, moment - since) / 1000
