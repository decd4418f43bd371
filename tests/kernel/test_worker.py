"""A worker that dies leaves its job to the next one (the queue, the job's lock)."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from tests.support import batches
from tests.support.house import TestHouse
from tests.support.workers import wait_until, worker

from tangthu.kernel import advisory, jobs
from tangthu.kernel.models import Job

WITHIN = 60


def _state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_a_job_whose_worker_was_killed_is_run_to_its_end_by_the_next_worker(
    cast: TestHouse, tmp_path: Path
) -> None:
    index = batches.write(tmp_path, batches.papers(3))
    batch, job = batches.open_on(cast, tmp_path / "tep", index, queued=True)
    with worker(cast, tmp_path / "log") as one:
        one.start()
        wait_until(lambda: _state(job) == Job.State.RUNNING, WITHIN)
        assert jobs.is_running(job.id)
        one.kill()
        wait_until(lambda: not jobs.is_running(job.id), WITHIN)
        assert _state(job) == Job.State.RUNNING, "its row cannot know"
        assert jobs.is_queued(job.id), "the queue will hand it out again"
        one.start()
        wait_until(lambda: _state(job) == Job.State.DONE, WITHIN)
        wait_until(lambda: not jobs.is_queued(job.id), WITHIN)
    batch.refresh_from_db()
    assert batch.state == "review"
    assert job.result["rows"] == 3


def test_only_a_job_that_nobody_holds_at_two_looks_is_put_back(
    cast: TestHouse, tmp_path: Path
) -> None:
    index = batches.write(tmp_path, batches.papers(1))
    _batch, job = batches.open_on(cast, tmp_path / "tep", index, queued=True)

    def status() -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT status FROM procrastinate_jobs WHERE args->>'job_id' = %s", [str(job.id)]
            )
            return str(cursor.fetchone()[0])

    assert jobs.revive_deserted(set()) == set(), "nobody took it yet"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
        (queued,) = cursor.fetchone()
    assert jobs.revive_deserted(set()) == {queued}
    assert status() == "doing", "one look is no proof"
    with advisory.attempted(jobs._lock_key(job.id)) as alone:
        assert alone and jobs.is_running(job.id)
        with connection.cursor() as cursor:
            cursor.execute(jobs._DESERTED)
            assert cursor.fetchall() == [], "its worker holds its lock"
    assert jobs.revive_deserted({queued}) == set()
    assert status() == "todo"
