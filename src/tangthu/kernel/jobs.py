"""Long work: queued with the row it is about, watched live, stopped, resumed after a crash.

An app registers a handler per kind at start-up; a handler must be able to run again from where it
stood (it is called anew after a crash). Procrastinate holds the queue; `kernel_job` the progress.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue
from procrastinate.manager import JobManager

from tangthu.kernel.errors import HouseError, NotFinished
from tangthu.kernel.models import Job

log = logging.getLogger("tangthu.jobs")

STALLED_SECONDS = 20
_REPORT_SECONDS = 0.5

Handler = Callable[["Running"], dict[str, Any]]
_handlers: dict[str, Handler] = {}
_labels: dict[str, Any] = {}


def register(kind: str, handler: Handler, *, label: Any = "") -> None:
    """Make `handler` the one that runs jobs of `kind`; called from an app's ready().

    `label` is a (lazily translated) noun phrase that tells people what such a job does.
    """
    _handlers[kind] = handler
    if label:
        _labels[kind] = label


def label_of(kind: str) -> str:
    """What jobs of `kind` do, in words; the kind's own name if nobody said."""
    return str(_labels.get(kind) or kind)


class Running:
    """A job while it runs: its arguments, and the means to report and to notice a stop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.args: dict[str, Any] = job.args
        self._reported = 0.0

    def progress(
        self, done: int, total: int | None, unit: str = "", *, force: bool = False
    ) -> None:
        """Report `done` of `total`; raises NotFinished if somebody asked to stop.

        Writes at most twice a second. Must be called outside a business transaction, so that the
        figures are seen while the work goes on.
        """
        moment = time.monotonic()
        if not force and moment - self._reported < _REPORT_SECONDS:
            return
        self._reported = moment
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_job SET done=%s, total=%s, unit=%s, updated_at=clock_timestamp() "
                "WHERE id=%s RETURNING stop_requested",
                [done, total, unit, self.job.id],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise NotFinished("Công việc đã dừng theo yêu cầu.", hint="Có thể chạy tiếp sau.")


def enqueue(
    kind: str,
    *,
    args: dict[str, Any],
    body_id: uuid.UUID | None,
    person_id: uuid.UUID | None,
    subject_id: uuid.UUID | None = None,
) -> Job:
    """Queue a job of `kind`; inside a transaction it exists only if that commits."""
    job = Job(kind=kind, args=args, body_id=body_id, person_id=person_id, subject_id=subject_id)
    with transaction.atomic():
        job.save(force_insert=True)
        run.defer(job_id=str(job.id))
    return job


def request_stop(job_id: uuid.UUID) -> None:
    """Ask a waiting or running job to stop at its next report."""
    Job.objects.filter(id=job_id, state__in=[Job.State.WAITING, Job.State.RUNNING]).update(
        stop_requested=True
    )


@queue.task(
    name="tangthu.run",
    queue="house",
    retry=RetryStrategy(max_attempts=5, exponential_wait=2, retry_exceptions={OSError}),
)
def run(job_id: str) -> None:
    """Run one queued job to its end in this process."""
    execute(uuid.UUID(job_id))


def execute(job_id: uuid.UUID) -> Job:
    """Run job `job_id` now, here; returns it with its final state. Used by worker and CLI."""
    job = Job.objects.get(id=job_id)
    if job.state in {Job.State.DONE, Job.State.FAILED, Job.State.STOPPED}:
        return job
    Job.objects.filter(id=job.id).update(
        state=Job.State.RUNNING, started_at=Now(), updated_at=Now()
    )
    job.refresh_from_db()
    try:
        job.result = _handlers[job.kind](Running(job))
        job.state, job.message, job.hint = Job.State.DONE, "", ""
    except NotFinished as stopped:
        job.state, job.message, job.hint = Job.State.STOPPED, stopped.message, stopped.hint
    except HouseError as error:
        log.warning("job %s %s failed: %s %s", job.id, job.kind, type(error).__name__, error.facts)
        job.state, job.message, job.hint = Job.State.FAILED, error.message, error.hint
    Job.objects.filter(id=job.id).update(
        state=job.state,
        message=str(job.message),
        hint=str(job.hint),
        result=job.result,
        finished_at=Now(),
        updated_at=Now(),
    )
    job.refresh_from_db()
    return job


async def revive_stalled(manager: JobManager) -> int:
    """Put back jobs whose worker died without a word; returns how many."""
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS)
    count = 0
    for item in stalled:
        await manager.retry_job(item)
        count += 1
    return count
