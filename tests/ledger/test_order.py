"""Order, time and visibility of events between concurrent transactions (IN-32 … IN-37)."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

from tangthu.identity.models import Person
from tangthu.ledger import integrator
from tangthu.ledger.backlog import PENDING_WARNING, backlog
from tangthu.ledger.history import history
from tangthu.ledger.integrator import is_stopped, publish, resume, run_once, step
from tangthu.ledger.record import Event, record_many
from tangthu.ledger.verification import verify
from tangthu.standards.ril.events import build_system_leaf, parse_leaf
from tests.ledger import steps
from tests.support.house import TestHouse


@contextmanager
def _meanwhile(work: Callable[[], None]) -> Iterator[threading.Thread]:
    """Another session of the application: `work` runs in a thread with its own connection."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(30)
        assert not thread.is_alive()
    assert not failures, failures


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_somebody_waiting_for_a_lock(house: TestHouse) -> bool:
    with psycopg.connect(house.url) as other:
        row = other.execute(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND datname = current_database()"
        ).fetchone()
    return row is not None


def _pending(obj: uuid.UUID) -> list[tuple[int, int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, n, leaf FROM ledger_pending WHERE obj = %s ORDER BY n", [obj])
        return [(row[0], row[1], bytes(row[2])) for row in cursor.fetchall()]


@pytest.mark.req("IN-32")
def test_an_event_that_waited_for_its_object_gets_its_outbox_id_and_time_after_the_wait(
    cast: TestHouse,
) -> None:
    obj = uuid.uuid4()
    steps.record_on(cast, [obj])
    body = cast.body("H30.81").id

    locked = threading.Event()

    def second() -> None:
        locked.wait(20)
        with transaction.atomic():
            record_many([steps.event(body, obj)])

    with _meanwhile(second), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM ledger_object WHERE obj = %s FOR UPDATE", [obj])
        locked.set()
        _wait_until(lambda: _is_somebody_waiting_for_a_lock(cast))
        time.sleep(0.05)
        record_many([steps.event(body, obj)])
    found = _pending(obj)
    assert [n for _, n, _ in found] == [1, 2, 3]
    assert [id_ for id_, _, _ in found] == sorted(id_ for id_, _, _ in found)
    times = [parse_leaf(leaf).t for _, _, leaf in found]
    assert times == sorted(times)
    steps.integrate(steps.log(cast))
    assert is_stopped(steps.log(cast)) is None


@pytest.mark.req("IN-34")
def test_an_event_that_commits_late_is_integrated_late_but_not_lost(cast: TestHouse) -> None:
    early, late = uuid.uuid4(), uuid.uuid4()
    log = steps.log(cast)
    recorded, released = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record_many([steps.event(cast.body("H30.81").id, late)])
            recorded.set()
            released.wait(20)

    with _meanwhile(slow):
        recorded.wait(20)
        steps.record_on(cast, [early])
        steps.integrate(log)
        assert [row[2] for row in steps.entries(log)].count(late) == 0
        assert [row[2] for row in steps.entries(log)].count(early) == 1
        released.set()
    steps.integrate(log)
    publish(log)
    assert [row[2] for row in steps.entries(log)].count(late) == 1
    assert history(late)[0].stage == "signed"
    assert verify(log).ok


@pytest.mark.req("IN-38")
def test_the_integrator_does_not_wait_for_a_business_transaction(cast: TestHouse) -> None:
    obj = uuid.uuid4()
    steps.record_on(cast, [obj])
    log = steps.log(cast)
    recorded, released = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record_many([steps.event(cast.body("H30.81").id, obj)])
            recorded.set()
            released.wait(20)

    with _meanwhile(slow):
        recorded.wait(20)
        with connections["integrator"].cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        assert step(log) > 0
        released.set()
    connections["integrator"].close()
    assert step(log) == 1


@pytest.mark.req("IN-33")
def test_every_step_on_a_connection_of_its_own_works_as_through_a_pooler(cast: TestHouse) -> None:
    log = steps.log(cast)
    objs = [uuid.uuid4() for _ in range(3)]
    for _ in range(4):
        steps.record_on(cast, objs)
        cast.close_connections()
        step(log, limit=5)
        cast.close_connections()
        publish(log)
        cast.close_connections()
    run_once()
    assert verify(log).problems == []
    assert [event.n for event in history(objs[0])] == [1, 2, 3, 4]


def test_two_jobs_that_meet_on_old_and_new_objects_do_not_deadlock(cast: TestHouse) -> None:
    body = cast.body("H30.81").id
    old = [uuid.uuid4() for _ in range(5)]
    steps.record_on(cast, old)

    def job(objs: list[uuid.UUID]) -> Callable[[], None]:
        def work() -> None:
            for place in range(0, len(objs), 10):
                with transaction.atomic():
                    mixed = [*old, *objs[place : place + 10]]
                    record_many([steps.event(body, obj) for obj in mixed[:: -1 if place else 1]])

        return work

    new = [uuid.uuid4() for _ in range(200)]
    with _meanwhile(job(new)), _meanwhile(job(new[::-1])), _meanwhile(job(new)):
        pass
    run_once()
    assert len(history(new[0])) == 3


@pytest.mark.req("IN-30", "IN-39")
def test_an_event_rolled_back_to_a_savepoint_does_not_cover_a_change_that_stays(
    cast: TestHouse,
) -> None:
    person = Person.objects.filter(home_body__code="H30.81").earliest("sort_key")
    event = Event("identity.person.added", person.pk, cast.body("H30.81").id, steps.ACTOR)
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(full_name="Đổi Lén")
        inside = transaction.savepoint()
        record_many([event])
        transaction.savepoint_rollback(inside)
    with transaction.atomic():
        inside = transaction.savepoint()
        Person.objects.filter(pk=person.pk).update(full_name="Đổi Lén")
        transaction.savepoint_rollback(inside)
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(full_name="Trần Thị Hoa Hồng")
        inside = transaction.savepoint()
        record_many([event])
        transaction.savepoint_commit(inside)
    run_once()
    assert [event.n for event in history(person.pk)] == list(range(1, len(history(person.pk)) + 1))
    assert verify(steps.log(cast)).ok


@pytest.mark.req("IN-39")
def test_a_temporary_table_named_like_the_outbox_does_not_cover_a_change(cast: TestHouse) -> None:
    person = Person.objects.filter(home_body__code="H30.81").earliest("sort_key")
    with connections["owner"].cursor() as cursor:  # some administrator lets everybody have them
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {cast.name} TO PUBLIC")
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE ledger_pending (obj uuid, xid xid8)")
            cursor.execute(
                "INSERT INTO pg_temp.ledger_pending VALUES (%s, pg_current_xact_id())", [person.pk]
            )
        Person.objects.filter(pk=person.pk).update(full_name="Đổi Lén")


@pytest.mark.req("IN-39")
def test_a_row_that_moves_to_another_object_needs_an_event_of_both(cast: TestHouse) -> None:
    one, other = Person.objects.filter(home_body__code="H30.81").order_by("sort_key")[:2]
    body = cast.body("H30.81").id
    events = [Event("identity.person.appointed", p.pk, body, steps.ACTOR) for p in (one, other)]
    move = "UPDATE identity_appointment SET person_id = %s WHERE person_id = %s"
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(move, [other.pk, one.pk])
        record_many(events[1:])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(move, [other.pk, one.pk])
        record_many(events)


def _put(log_id: int, leaf: bytes) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO ledger_pending (log_id, leaf) VALUES (%s, %s)", [log_id, leaf])


@pytest.mark.req("IN-36")
def test_an_event_older_than_ten_minutes_is_counted_and_said_but_not_refused(
    cast: TestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    log = steps.log(cast)
    steps.integrate(log)  # the cast's own events are as old as the session of tests
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET stale_times = 0")
    caplog.clear()
    _put(log.log_id, build_system_leaf("sys.policy", {}, int(time.time() * 1000) - 11 * 60_000))
    before = len(steps.entries(log))
    with caplog.at_level(logging.WARNING, "tangthu.ledger"):
        steps.integrate(log)
    assert "far from the time" in caplog.text
    assert len(steps.entries(log)) > before
    with connections["integrator"].cursor() as cursor:
        cursor.execute("SELECT stale_times FROM ledger_tree WHERE log_id = %s", [log.log_id])
        assert cursor.fetchone()[0] == 1


@pytest.mark.req("IN-37")
def test_ten_thousand_waiting_events_are_said_and_do_not_hold_business_up(
    cast: TestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    log = steps.log(cast)
    obj = uuid.uuid4()
    run_once()
    assert not backlog(log).worrying
    steps.record_on(cast, [uuid.uuid4() for _ in range(PENDING_WARNING + 1)])
    assert backlog(log).worrying
    steps.record_on(cast, [obj])
    assert history(obj)[0].stage == "recorded"
    with caplog.at_level(logging.WARNING, "tangthu.ledger"):
        rounds = integrator._Rounds()
        while rounds.turn():
            pass
    assert "10001 events pending" in caplog.text
    assert caplog.text.count("events pending") == 1
    assert not backlog(log).worrying
    assert history(obj)[0].stage != "recorded"


@pytest.mark.req("IN-37")
def test_an_event_that_waits_longer_than_a_minute_is_said(cast: TestHouse) -> None:
    log = steps.log(cast)
    run_once()
    _put(log.log_id, build_system_leaf("sys.policy", {}, int(time.time() * 1000) - 61_000))
    assert backlog(log).worrying
    run_once()
    assert backlog(log).lag_seconds == 0


@pytest.mark.req("IN-37")
def test_a_checkpoint_is_made_only_for_growth_and_not_more_often_than_every_so_long(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checkpoints() -> int:
        with connections["integrator"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_checkpoint")
            return int(cursor.fetchone()[0])

    run_once()
    before = checkpoints()
    monkeypatch.setattr(integrator, "CHECKPOINT_SECONDS", 0.0)
    rounds = integrator._Rounds()
    for _ in range(3):
        rounds.turn()
    assert checkpoints() == before, "nothing grew"
    steps.record_on(cast, [uuid.uuid4()])
    rounds.turn()
    assert checkpoints() == before + 1
    monkeypatch.setattr(integrator, "CHECKPOINT_SECONDS", 3600.0)
    steps.record_on(cast, [uuid.uuid4()])
    rounds.turn()
    assert checkpoints() == before + 1, "the last one is too young"
    monkeypatch.setattr(integrator, "CHECKPOINT_SECONDS", 0.0)
    rounds.turn()
    assert checkpoints() == before + 2


def test_a_stopped_log_lets_business_and_other_logs_go_on_and_resumes_when_it_is_whole(
    cast: TestHouse,
) -> None:
    log, other = steps.log(cast), steps.log(cast, "H31.07")
    obj, foreign = uuid.uuid4(), uuid.uuid4()
    steps.record_on(cast, [obj])
    run_once()
    integrator.stop(log, "thử")
    steps.record_on(cast, [obj])
    steps.record_on(cast, [foreign], "H31.07")
    run_once()
    assert [event.stage for event in history(obj)] == ["signed", "recorded"]
    assert history(foreign)[0].stage == "signed"
    assert verify(log).problems == ["thử"]
    assert verify(other).ok
    assert resume(log) == []
    run_once()
    assert {event.stage for event in history(obj)} == {"signed"}


def test_a_log_that_is_damaged_does_not_resume(cast: TestHouse) -> None:
    log = steps.log(cast)
    steps.record_on(cast, [uuid.uuid4()])
    run_once()
    integrator.stop(log, "thử")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET n = n + 1")
    assert resume(log)
    assert is_stopped(log) == "thử"
