"""Long work: queued with the row it is about, watched live, stopped, resumed after a crash.

An app registers a handler per kind at start-up (`kernel.job_registry`); a handler must be able to
run again from where it stood (it is called anew after a crash). Procrastinate holds the queue,
`kernel_job` the progress.
"""

from __future__ import annotations

import errno
import json
import logging
import time
import uuid
from collections.abc import Callable, Set
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import ConnectorException
from psycopg.errors import DiskFull

from tangthu.kernel import advisory, job_rows, logs, pace, workers
from tangthu.kernel.errors import HomeUnusable, HouseError, NotFinished
from tangthu.kernel.job_registry import (
    can_resume,
    handler_of,
    label_of,
    priority_of,
    private_kinds,
    register,
    result_page_of,
    resume,
    subject_page_of,
    subjects,
)
from tangthu.kernel.models import Job

__all__ = [
    "Running", "can_resume", "enqueue", "execute", "finish", "is_queued", "is_running", "label_of",
    "private_kinds", "raise_old", "register", "request_stop", "result_page_of", "resume",
    "revive_deserted", "subject_page_of", "subjects",
]  # fmt: skip

log = logging.getLogger("tangthu.jobs")

_ATTEMPTS = 5
_REPORT_SECONDS = 0.5
_LOOK_SECONDS = 0.2
# The two queues: of all work, and of that for which a person waits.
HOUSE, PERSONS = "house", "persons"
_OLD_SECONDS = 3600

ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.STOPPED)

# Whether somebody in this database holds the advisory lock whose key follows.
_HELD = """
1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND ((l.classid::bigint << 32) | l.objid::bigint)
"""
_DESERTED = f"""
SELECT p.id FROM procrastinate_jobs p
WHERE p.status = 'doing' AND p.task_name = 'tangthu.run' AND NOT EXISTS (
    SELECT {_HELD} =
    ('x' || right(replace(p.args->>'job_id', '-', ''), 16))::bit(64)::bigint & 9223372036854775807
)
"""

Watch = Callable[[int, int | None, str], None]


class Running:
    """A job while it runs: its arguments, and the means to report and to notice a stop."""

    def __init__(self, job: Job, watch: Watch | None = None) -> None:
        self.job = job
        self.args: dict[str, Any] = job.args
        self._watch = watch
        self._reported = 0.0
        self._pace: list[list[float]] = []

    def progress(
        self, done: int, total: int | None, unit: str = "", *, force: bool = False
    ) -> None:
        """Report `done` of `total`; raises NotFinished if somebody asked to stop, and HomeUnusable
        when the disk is nearly full: the database must not be the one to find that out.

        Writes at most twice a second. Must be called outside a business transaction, so that the
        figures are seen while the work goes on.
        """
        moment = time.monotonic()
        if not force and moment - self._reported < _REPORT_SECONDS:
            return
        self._reported = moment
        _leave_room()
        if self._watch is not None:
            self._watch(done, total, unit)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_job SET done=%s, total=%s, unit=%s, updated_at=clock_timestamp(), "
                "pace=%s WHERE id=%s RETURNING stop_requested, extract(epoch FROM updated_at)",
                [done, total, unit, json.dumps(self._pace), self.job.id],
            )
            row = cursor.fetchone()
        if row is not None:
            self._pace = pace.with_sample(self._pace, float(row[1]), done)
            if row[0]:
                raise _stopped()

    def keep(self, result: dict[str, Any]) -> None:
        """Keep what was found so far with the job: a run that is killed is gone on with from there.

        Called inside a transaction, it is kept only if that commits.
        """
        self.job.result = result
        Job.objects.filter(id=self.job.id).update(result=result)

    def rows(self, *rows: job_rows.Row) -> None:
        """Keep what came of some things that the job worked on, in the transaction of that work."""
        job_rows.keep(self.job.id, rows)


def enqueue(
    kind: str,
    *,
    args: dict[str, Any],
    body_id: uuid.UUID | None,
    person_id: uuid.UUID | None,
    subject_id: uuid.UUID | None = None,
    queued: bool = True,
) -> Job:
    """Queue a job of `kind`; inside a transaction it exists only if that commits.

    With `queued=False` no worker takes it: the caller runs it with `execute`.
    """
    priority = priority_of(kind)
    if person_id is None:
        priority = Job.Priority.ROUNDS
    job = Job(
        kind=kind,
        args=args,
        body_id=body_id,
        person_id=person_id,
        subject_id=subject_id,
        priority=priority,
    )
    with transaction.atomic():
        job.save(force_insert=True)
        if queued:
            lane = PERSONS if priority == Job.Priority.PERSON else HOUSE
            run.configure(queue=lane, priority=int(priority)).defer(job_id=str(job.id))
    return job


def request_stop(job_id: uuid.UUID) -> None:
    """Ask a job to stop: one that runs at its next report, one that nobody runs yet at once."""
    Job.objects.filter(id=job_id, state__in=[Job.State.WAITING, Job.State.RUNNING]).update(
        stop_requested=True
    )
    with advisory.attempted(_lock_key(job_id)) as alone:
        if alone:
            Job.objects.filter(id=job_id, state=Job.State.WAITING).update(
                state=Job.State.STOPPED,
                message=_stopped().message,
                hint=_stopped().hint,
                finished_at=Now(),
                updated_at=Now(),
            )


def _stopped() -> NotFinished:
    return NotFinished("Công việc đã dừng theo yêu cầu.", hint="Có thể chạy tiếp sau.")


@queue.task(
    name="tangthu.run",
    queue=HOUSE,
    pass_context=True,
    retry=RetryStrategy(
        max_attempts=_ATTEMPTS,
        exponential_wait=2,
        retry_exceptions={OperationalError, InterfaceError},
    ),
)
def run(context: JobContext, job_id: str) -> None:
    """Run one queued job to its end in this process."""
    execute(uuid.UUID(job_id), last=context.job.attempts >= _ATTEMPTS)


def execute(job_id: uuid.UUID, watch: Watch | None = None, *, last: bool = False) -> Job:
    """Run job `job_id` now, here; returns it with its final state. Used by worker and CLI.

    `watch` hears every report of progress: done, total, unit. When the database goes away, its
    error is raised and the queue tries again later; the `last` try ends as failed.
    A job that another process is running right now is left to it and returned as it stands.
    """
    with advisory.attempted(_lock_key(job_id)) as alone:
        job = Job.objects.get(id=job_id)
        if not alone or job.state in ENDED:
            return job
        with logs.about(job=str(job_id), kind=job.kind):
            return _execute(job, watch, last)


def finish(job_id: uuid.UUID, watch: Watch | None = None) -> Job:
    """Run the job here, or wait for the process that runs it now; returns it ended.

    Should that process die, the job is gone on with here.
    """
    while True:
        job = execute(job_id, watch)
        if job.state not in {Job.State.WAITING, Job.State.RUNNING}:
            return job
        time.sleep(_LOOK_SECONDS)


def is_running(job_id: uuid.UUID) -> bool:
    """Whether some living process is running the job at this moment."""
    with connection.cursor() as cursor:
        # Looked at and not tried: whoever starts the job now must find its lock free.
        cursor.execute(f"SELECT EXISTS (SELECT {_HELD} = %s)", [_lock_key(job_id)])
        return bool(cursor.fetchone()[0])


def is_queued(job_id: uuid.UUID) -> bool:
    """Whether the queue will still hand the job to a worker, or hand it out again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs "
            "WHERE args->>'job_id' = %s AND status IN ('todo', 'doing'))",
            [str(job_id)],
        )
        return bool(cursor.fetchone()[0])


def _lock_key(job_id: uuid.UUID) -> int:
    return job_id.int & 0x7FFF_FFFF_FFFF_FFFF


def _leave_room() -> None:
    if not settings.HOME.has_room():
        raise HomeUnusable(
            "Ổ đĩa sắp đầy nên công việc đã dừng.",
            hint="Dọn bớt ổ đĩa rồi chạy tiếp; việc đã làm được giữ nguyên.",
        )


def _execute(job: Job, watch: Watch | None, last: bool) -> Job:
    Job.objects.filter(id=job.id).update(
        state=Job.State.RUNNING, started_at=Now(), updated_at=Now(), pace=[], worker_id=workers.me
    )
    job.refresh_from_db()
    try:
        if job.stop_requested:
            raise _stopped()
        _leave_room()
        job.result = handler_of(job.kind)(Running(job, watch))
        job.state, job.message, job.hint = Job.State.DONE, "", ""
    except NotFinished as stopped:
        job.state, job.message, job.hint = Job.State.STOPPED, stopped.message, stopped.hint
    except HouseError as error:
        log.warning("job %s %s failed: %s %s", job.id, job.kind, type(error).__name__, error.facts)
        job.state, job.message, job.hint = Job.State.FAILED, error.message, error.hint
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, DiskFull):
            job.state = Job.State.FAILED
            job.message, job.hint = _disk_words(OSError(errno.ENOSPC, "full"))
        elif last:
            log.exception("job %s %s failed", job.id, job.kind)
            job.state = Job.State.FAILED
            job.message = "Cơ sở dữ liệu nhiều lần không trả lời."
            job.hint = "Việc đã làm được giữ nguyên; chạy tiếp khi cơ sở dữ liệu ổn định."
            connection.close_if_unusable_or_obsolete()
        else:
            raise  # the database went away: the queue tries again when it is back
    except OSError as error:
        log.exception("job %s %s failed", job.id, job.kind)
        job.state = Job.State.FAILED
        job.message, job.hint = _disk_words(error)
    except Exception:
        log.exception("job %s %s failed", job.id, job.kind)
        job.state = Job.State.FAILED
        job.message = "Công việc gặp lỗi không lường trước và đã dừng."
        job.hint = "Việc đã làm được giữ nguyên; chạy tiếp, hoặc báo quản trị xem nhật ký."
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


def _disk_words(error: OSError) -> tuple[str, str]:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Ổ đĩa đã đầy.", "Dọn bớt ổ đĩa rồi chạy tiếp; việc đã làm được giữ nguyên."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            "Không ghi được vào thư mục làm việc: ổ đĩa chỉ cho đọc, hoặc thiếu quyền.",
            "Sửa ổ đĩa hoặc quyền rồi chạy tiếp; việc đã làm được giữ nguyên.",
        )
    return (
        f"Không đọc hoặc ghi được một tệp ({error.strerror or 'lỗi ổ đĩa'}).",
        "Kiểm tra ổ đĩa và quyền rồi chạy tiếp; việc đã làm được giữ nguyên.",
    )


def revive_deserted(suspected: Set[int]) -> set[int]:
    """Put back the queue's jobs whose worker died; called again and again by every worker.

    A job that a worker took is deserted if no process holds its lock. Between taking it and locking
    it, and between letting go and reporting it, a living worker does not hold it either: so a job
    is put back when it is seen so twice. `suspected` is what the call before returned; returns what
    is seen deserted now. A database that is away is asked again next time.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(_DESERTED)
            found = {row[0] for row in cursor.fetchall()}
        for job_id in found & suspected:
            log.warning("the worker of queued job %s died; it is run again", job_id)
            queue.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
        return found - suspected
    except (DatabaseError, ConnectorException):
        log.warning("the queue cannot be asked for deserted jobs now")
        return set()
    finally:
        connection.close()


def raise_old() -> None:
    """Let rounds that waited for an hour have their turn among batches: nobody waits for ever.

    Called by every worker from time to time; a database that is away is asked again next time.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs p SET priority = %s FROM kernel_job j "
                "WHERE p.status = 'todo' AND p.priority < %s AND p.task_name = 'tangthu.run' "
                "AND j.id = (p.args->>'job_id')::uuid "
                "AND j.created_at < clock_timestamp() - make_interval(secs => %s)",
                [int(Job.Priority.BATCH), int(Job.Priority.BATCH), _OLD_SECONDS],
            )
    except DatabaseError:
        log.warning("the queue cannot be asked for what waits long")
    finally:
        connection.close()
