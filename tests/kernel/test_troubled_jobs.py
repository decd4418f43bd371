"""Jobs whose database is full or goes away: they end in words, or are tried again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from tests.support.house import TestHouse

from tangthu.kernel import job_registry, jobs
from tangthu.kernel.models import Job

FULL = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
GONE = "SELECT 'after the connection was cut'"


def _run_sql(running: jobs.Running) -> dict[str, Any]:
    with connection.cursor() as cursor:
        if running.args["sql"] == GONE:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
            with connections["owner"].cursor() as chief:
                chief.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        cursor.execute(running.args["sql"])
    return {}


@pytest.fixture
def kind() -> Iterator[str]:
    """A kind of job that runs the SQL in its arguments."""
    name = f"test.sql.{uuid.uuid4().hex}"
    jobs.register(name, _run_sql)
    yield name
    job_registry._handlers.pop(name)


def order(kind: str, sql: str) -> uuid.UUID:
    return jobs.enqueue(
        kind, args={"sql": sql}, body_id=None, person_id=None, queued=False
    ).id  # fmt: skip


def test_a_database_without_room_fails_the_job_in_words(db: TestHouse, kind: str) -> None:
    done = jobs.execute(order(kind, FULL))
    assert done.state == Job.State.FAILED
    assert done.message == "Ổ đĩa đã đầy."
    assert "chạy tiếp" in done.hint


def test_a_database_that_goes_away_leaves_the_job_to_the_queue(db: TestHouse, kind: str) -> None:
    job = order(kind, GONE)
    with pytest.raises(OperationalError):
        jobs.execute(job)
    connection.close()
    assert Job.objects.get(pk=job).state == Job.State.RUNNING
    assert not jobs.is_running(job), "its lock went with its connection"


def test_the_last_try_ends_the_job_in_words(db: TestHouse, kind: str) -> None:
    done = jobs.execute(order(kind, GONE), last=True)
    assert done.state == Job.State.FAILED
    assert "nhiều lần không trả lời" in done.message
    assert Job.objects.get(pk=done.pk).finished_at is not None
