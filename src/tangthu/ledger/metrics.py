"""Figures of the logs together: none says whose a log is."""

from __future__ import annotations

from collections.abc import Iterator

from tangthu.kernel import clock
from tangthu.kernel.metrics import Metric, Sample, gauge
from tangthu.ledger.logs import all_logs
from tangthu.ledger.overview import overview


def collect() -> Iterator[Metric]:
    """Events, what waits, what is not signed, and the age of the log signed longest ago."""
    logs = overview([log.body for log in all_logs()])
    yield gauge("tangthu_ledger_events", "Events in all logs.", sum(one.size for one in logs))
    yield gauge(
        "tangthu_ledger_pending_events", "Events that wait in the outbox.",
        sum(one.pending for one in logs),
    )  # fmt: skip
    yield gauge(
        "tangthu_ledger_unsigned_events", "Events in a log beyond its newest checkpoint.",
        sum(one.size - one.signed_size for one in logs),
    )  # fmt: skip
    yield gauge(
        "tangthu_ledger_oldest_pending_seconds", "Age of the event that waits longest.",
        max((one.lag_seconds for one in logs), default=0),
    )  # fmt: skip
    now = clock.now()
    ages = [(now - one.signed_at).total_seconds() for one in logs if one.signed_at is not None]
    yield gauge(
        "tangthu_ledger_checkpoint_age_seconds", "Age of the newest checkpoint of any log.",
        min(ages, default=0),
    )  # fmt: skip
    stopped = sum(1 for one in logs if one.stopped)
    yield Metric(
        "tangthu_ledger_logs",
        "Logs by whether they go on.",
        (
            Sample(len(logs) - stopped, {"state": "running"}),
            Sample(stopped, {"state": "stopped"}),
        ),
    )
