"""What came of each thing that a job worked on: kept by the job, read afterwards row by row.

A row is written in the transaction of the work it tells of, or again when the work is: its key is
the job's own name for the thing, so that a run after a crash says the same once. `label` and
`message` may name records; whoever shows rows cuts them to the viewer (identity.queries).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, models

from tangthu.kernel import clock
from tangthu.kernel.models import Job, JobRow

Outcome = JobRow.Outcome
About = JobRow.About

KEPT = dt.timedelta(days=400)  # a year of work, and the time to look at its last day
KEPT_OF_ROUNDS = dt.timedelta(days=90)
_PORTION = 1000
_KEY, _LABEL, _MESSAGE = 200, 300, 4000


@dataclass(frozen=True, slots=True)
class Row:
    """One row to keep: `key` names the thing within the job, `about_id` a record if it is one."""

    key: str
    outcome: JobRow.Outcome
    message: str = ""
    label: str = ""
    about: JobRow.About = JobRow.About.NOTHING
    about_id: uuid.UUID | None = None


def keep(job_id: uuid.UUID, rows: Iterable[Row]) -> None:
    """Keep rows of a job; a row with the key of one that is there takes its place.

    Inside a transaction they are kept only if that commits. Texts that are too long are cut.
    """
    made = [
        JobRow(
            job_id=job_id,
            key=row.key[:_KEY],
            about=row.about,
            about_id=row.about_id,
            label=row.label[:_LABEL].replace("\0", ""),
            outcome=row.outcome,
            message=row.message[:_MESSAGE].replace("\0", ""),
        )
        for row in {row.key[:_KEY]: row for row in rows}.values()
    ]
    JobRow.objects.bulk_create(
        made,
        batch_size=_PORTION,
        update_conflicts=True,
        unique_fields=["job", "key"],
        update_fields=["about", "about_id", "label", "outcome", "message"],
    )


def counts(job_id: uuid.UUID) -> Counter[str]:
    """How many rows of the job came out how; an outcome that none has is not there."""
    found = JobRow.objects.filter(job_id=job_id).values_list("outcome")
    return Counter(dict(found.annotate(n=models.Count("id")).order_by()))


def forget_rows() -> int:
    """Remove rows whose time is over, a portion at a time; returns how many.

    Rounds that the house makes of itself leave a row for every package each month: theirs go
    sooner, for the ledger holds each finding.
    """
    now = clock.now()
    gone = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "DELETE FROM kernel_jobrow WHERE id IN (SELECT r.id FROM kernel_jobrow r "
                "JOIN kernel_job j ON j.id = r.job_id WHERE j.created_at < %s "
                "OR (j.created_at < %s AND j.priority = %s) LIMIT %s)",
                [now - KEPT, now - KEPT_OF_ROUNDS, Job.Priority.ROUNDS, _PORTION],
            )
            removed: int = cursor.rowcount
            gone += removed
            if removed < _PORTION:
                return gone
