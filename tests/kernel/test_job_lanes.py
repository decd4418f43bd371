"""Whose job is taken first, what is kept of each row, and who works."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from tests.support import batches
from tests.support.house import TestHouse
from tests.support.records import make_dossier
from tests.support.workers import process, wait_until, worker

from tangthu.kernel import job_registry, job_rows, jobs, workers
from tangthu.kernel.job_rows import Outcome, Row
from tangthu.kernel.models import Job, JobRow, Worker

WITHIN = 60
PERSON = uuid.uuid4()


@pytest.fixture
def kind() -> Iterator[str]:
    """A kind of job that reports, keeps two rows and ends."""
    name = f"test.rows.{uuid.uuid4().hex}"

    def run(running: jobs.Running) -> dict[str, Any]:
        running.progress(1, 2, "tệp", force=True)
        running.rows(Row("a", Outcome.DONE, "tốt"), Row("b", Outcome.FAILED, "hỏng"))
        running.progress(2, 2, "tệp", force=True)
        return {}

    jobs.register(name, run, priority=Job.Priority.PERSON)
    yield name
    job_registry._handlers.pop(name)
    job_registry._priorities.pop(name)


def order(kind: str, person: uuid.UUID | None = PERSON, *, queued: bool = False) -> Job:
    return jobs.enqueue(kind, args={}, body_id=None, person_id=person, queued=queued)


def queued_first() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'job_id' FROM procrastinate_jobs WHERE status = 'todo' "
            "ORDER BY priority DESC, id"
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_person_goes_before_a_batch_and_a_batch_before_the_houses_own_rounds(
    db: TestHouse, kind: str
) -> None:
    rounds = order(kind, None, queued=True)
    batch = jobs.enqueue("test.batch", args={}, body_id=None, person_id=PERSON)
    person = order(kind, queued=True)
    assert queued_first() == [str(person.id), str(batch.id), str(rounds.id)]
    assert person.priority == Job.Priority.PERSON and rounds.priority == Job.Priority.ROUNDS


def test_rounds_that_waited_an_hour_have_their_turn_among_batches(db: TestHouse, kind: str) -> None:
    rounds = order(kind, None, queued=True)
    batch = jobs.enqueue("test.batch", args={}, body_id=None, person_id=PERSON)
    jobs.raise_old()
    assert queued_first()[0] == str(batch.id)
    Job.objects.filter(pk=rounds.pk).update(created_at=rounds.created_at - dt.timedelta(hours=2))
    jobs.raise_old()
    assert queued_first() == [str(rounds.id), str(batch.id)]


def test_a_job_run_again_says_each_row_once(db: TestHouse, kind: str) -> None:
    job = order(kind)
    jobs.execute(job.id)
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    jobs.execute(job.id)
    assert job_rows.counts(job.pk) == {"done": 1, "failed": 1}
    assert [row.message for row in JobRow.objects.order_by("id")] == ["tốt", "hỏng"]


def test_a_row_of_work_that_is_undone_is_not_kept(db: TestHouse, kind: str) -> None:
    job = order(kind)
    with transaction.atomic():
        job_rows.keep(job.pk, [Row("x" * 500, Outcome.DONE, "a\0b")])
        transaction.set_rollback(True)
    assert not job_rows.counts(job.pk)
    job_rows.keep(job.pk, [Row("x" * 500, Outcome.DONE, "a\0b"), Row("x" * 500, Outcome.WARNED)])
    assert [(len(row.key), row.outcome) for row in JobRow.objects.all()] == [(200, "warned")]


def test_rows_are_forgotten_after_their_time_those_of_rounds_sooner(
    db: TestHouse, kind: str
) -> None:
    ages = {"person": (PERSON, 300), "old": (PERSON, 401), "round": (None, 100), "new": (None, 5)}
    for name, (person, days) in ages.items():
        job = order(kind, person)
        job_rows.keep(job.pk, [Row(name, Outcome.DONE)])
        then = job.created_at - dt.timedelta(days=days)
        Job.objects.filter(pk=job.pk).update(created_at=then)
    assert job_rows.forget_rows() == 2
    assert set(JobRow.objects.values_list("key", flat=True)) == {"person", "new"}


def test_a_job_that_waits_stops_at_once_and_is_not_run_when_its_turn_comes(
    db: TestHouse, kind: str
) -> None:
    job = order(kind)
    jobs.request_stop(job.id)
    job.refresh_from_db()
    assert job.state == Job.State.STOPPED
    assert jobs.execute(job.id).state == Job.State.STOPPED
    assert not JobRow.objects.exists()


def test_a_job_keeps_its_pace_by_the_databases_clock(db: TestHouse, kind: str) -> None:
    done = jobs.execute(order(kind).id)
    assert [sample[1] for sample in done.pace] == [1]
    assert abs(done.pace[0][0] - done.created_at.timestamp()) < 60


def test_a_worker_tells_where_it_lives_and_who_falls_silent_is_no_longer_living(
    db: TestHouse,
) -> None:
    one = workers.begin(2)
    assert [(w.pid, w.concurrency) for w in workers.living()] == [(os.getpid(), 2)]
    Worker.objects.update(seen_at=one.started_at or dt.datetime.now(dt.UTC))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_worker SET seen_at = seen_at - interval '5 minutes'")
    assert (workers.living().count(), workers.silent().count()) == (0, 1)
    workers.beat(one)
    assert workers.living().count() == 1
    workers.end(one)
    assert not Worker.objects.exists() and workers.me is None


def test_a_short_act_of_a_person_is_done_while_a_long_batch_keeps_the_worker_busy(
    cast: TestHouse, tmp_path: Path
) -> None:
    from tangthu.reports.actions.order_export import order_export

    make_dossier(cast)
    index = batches.write(tmp_path, batches.papers(60))
    _batch, long = batches.open_on(cast, tmp_path / "tep", index, queued=True)
    with worker(cast, tmp_path / "log") as one:
        one.start()
        wait_until(lambda: Job.objects.get(pk=long.pk).state == Job.State.RUNNING, WITHIN)
        _export, short = order_export(
            cast.acting("cuc"), source="dossiers", pairs={}, columns=(), format_="xlsx"
        )
        wait_until(lambda: Job.objects.get(pk=short.pk).state in jobs.ENDED, WITHIN)
        assert Job.objects.get(pk=short.pk).state == Job.State.DONE
        ended = Job.objects.get(pk=short.pk)
        assert ended.worker_id == Worker.objects.get().pk
        wait_until(lambda: Job.objects.get(pk=long.pk).state == Job.State.DONE, 2 * WITHIN)
        long.refresh_from_db()
        assert long.finished_at is not None and ended.finished_at is not None
        assert ended.finished_at < long.finished_at, "the batch was not waited for"
    assert not Worker.objects.exists(), "a worker that ends says so"
    assert job_rows.counts(long.pk).total() == 60


def test_a_worker_of_an_older_version_does_not_begin(cast: TestHouse, tmp_path: Path) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_x', now())"
        )
    log = tmp_path / "log"
    with process(cast, log, "worker"):
        wait_until(lambda: "phiên bản mới hơn" in log.read_text(errors="replace"), WITHIN)
    assert not Worker.objects.exists()
