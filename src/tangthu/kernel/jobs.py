"""Long work: queued with the row it is about, watched live, stopped, resumed after a crash.

An app registers a handler per kind at start-up; a handler must be able to run again from where it
stood (it is called anew after a crash). Procrastinate holds the queue; `kernel_job` the progress.
"""

from __future__ import annotations

import errno
import logging
import time
import uuid
from collections.abc import Callable, Sequence, Set
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import ConnectorException
from psycopg.errors import DiskFull

from tangthu.kernel import advisory
from tangthu.kernel.errors import HomeUnusable, HouseError, NotFinished
from tangthu.kernel.models import Job

log = logging.getLogger("tangthu.jobs")

_ATTEMPTS = 5
_REPORT_SECONDS = 0.5
_LOOK_SECONDS = 0.2

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

Handler = Callable[["Running"], dict[str, Any]]
Namer = Callable[[Any, Sequence[uuid.UUID]], dict[uuid.UUID, str]]
Watch = Callable[[int, int | None, str], None]
_handlers: dict[str, Handler] = {}
_labels: dict[str, Any] = {}
_result_pages: dict[str, str] = {}
_subject_pages: dict[str, str] = {}
_subject_names: dict[str, Namer] = {}
_private: set[str] = set()


def register(
    kind: str,
    handler: Handler,
    *,
    label: Any = "",
    result_page: str = "",
    subject_page: str = "",
    subject_names: Namer | None = None,
    private: bool = False,
) -> None:
    """Make `handler` the one that runs jobs of `kind`; called from an app's ready().

    `label` is a (lazily translated) noun phrase that tells people what such a job does;
    `result_page` names the route, with the job's id as its one argument, that shows what it found;
    `subject_page` the route, with the id of what the job is about, that shows it afterwards;
    `subject_names` takes a viewer and such ids and names those that he may see.
    A `private` kind of job is nobody's business but the person's who ordered it.
    """
    if private:
        _private.add(kind)
    _handlers[kind] = handler
    if label:
        _labels[kind] = label
    if result_page:
        _result_pages[kind] = result_page
    if subject_page:
        _subject_pages[kind] = subject_page
    if subject_names is not None:
        _subject_names[kind] = subject_names


def result_page_of(kind: str) -> str:
    """Name of the route that shows what a job of `kind` found; "" if it has none."""
    return _result_pages.get(kind, "")


def subject_page_of(kind: str) -> str:
    """Name of the route that shows what a job of `kind` is about; "" if it has none."""
    return _subject_pages.get(kind, "")


def subjects(viewer: Any, found: Sequence[Job]) -> dict[uuid.UUID, tuple[str, str]]:
    """What jobs are about: by subject its name and its route, for what the viewer may see.

    One query for each way of naming, however many jobs.
    """
    asked: dict[Namer, dict[uuid.UUID, str]] = {}
    for job in found:
        namer = _subject_names.get(job.kind)
        if namer is not None and job.subject_id is not None:
            asked.setdefault(namer, {})[job.subject_id] = subject_page_of(job.kind)
    return {
        subject: (name, pages[subject])
        for namer, pages in asked.items()
        for subject, name in namer(viewer, list(pages)).items()
    }


def private_kinds() -> frozenset[str]:
    """The kinds of jobs that only those see who ordered them."""
    return frozenset(_private)


def label_of(kind: str) -> str:
    """What jobs of `kind` do, in words; the kind's own name if nobody said."""
    return str(_labels.get(kind) or kind)


class Running:
    """A job while it runs: its arguments, and the means to report and to notice a stop."""

    def __init__(self, job: Job, watch: Watch | None = None) -> None:
        self.job = job
        self.args: dict[str, Any] = job.args
        self._watch = watch
        self._reported = 0.0

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
                "UPDATE kernel_job SET done=%s, total=%s, unit=%s, updated_at=clock_timestamp() "
                "WHERE id=%s RETURNING stop_requested",
                [done, total, unit, self.job.id],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise NotFinished("Công việc đã dừng theo yêu cầu.", hint="Có thể chạy tiếp sau.")

    def keep(self, result: dict[str, Any]) -> None:
        """Keep what was found so far with the job: a run that is killed is gone on with from there.

        Called inside a transaction, it is kept only if that commits.
        """
        self.job.result = result
        Job.objects.filter(id=self.job.id).update(result=result)


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
    job = Job(kind=kind, args=args, body_id=body_id, person_id=person_id, subject_id=subject_id)
    with transaction.atomic():
        job.save(force_insert=True)
        if queued:
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
        if not alone or job.state in {Job.State.DONE, Job.State.FAILED, Job.State.STOPPED}:
            return job
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
        state=Job.State.RUNNING, started_at=Now(), updated_at=Now()
    )
    job.refresh_from_db()
    try:
        _leave_room()
        job.result = _handlers[job.kind](Running(job, watch))
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
