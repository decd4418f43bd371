"""An event and its change commit together or not at all (IN-30, IN-31, IN-39)."""

from __future__ import annotations

import datetime as dt
import uuid

import psycopg
import pytest
from django.db import (
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)

from tangthu.identity.models import Body, Person
from tangthu.ledger.history import history
from tangthu.ledger.record import Actor, Event, record, record_many
from tests.support.house import TestHouse

ACTOR = Actor(None, "", "", "system")


def _event(house: TestHouse, obj, **given) -> Event:
    body = house.body("H30.81")
    return Event(kind="identity.person.added", obj=obj, body=body.id, actor=ACTOR, **given)


def _person() -> Person:
    return Person.objects.filter(home_body__code="H30.81").earliest("sort_key")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.req("IN-30")
def test_a_rolled_back_change_leaves_no_event(shared_cast: TestHouse) -> None:
    person = _person()
    before = _count("ledger_pending"), _count("ledger_opening"), _count("ledger_object")
    with pytest.raises(RuntimeError, match="stop"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(full_name="Đổi Tên")
        record(_event(shared_cast, person.pk))
        raise RuntimeError("stop")
    assert (_count("ledger_pending"), _count("ledger_opening"), _count("ledger_object")) == before
    assert Person.objects.get(pk=person.pk).full_name == person.full_name


@pytest.mark.req("IN-30")
def test_an_event_recorded_before_anything_else_is_rolled_back_with_its_transaction(
    cast: TestHouse,
) -> None:
    known, new = _person().pk, uuid.uuid4()
    before = _count("ledger_pending"), _count("ledger_opening"), _count("ledger_object")
    for objs in ([known], [new], [known, new]):
        events = [_event(cast, obj) for obj in objs]  # asks the database for the body
        with pytest.raises(RuntimeError, match="stop"), transaction.atomic():
            record_many(events)
            raise RuntimeError("stop")
    assert (_count("ledger_pending"), _count("ledger_opening"), _count("ledger_object")) == before


@pytest.mark.req("IN-12", "IN-85")
def test_one_event_and_many_are_written_in_one_form(cast: TestHouse) -> None:
    given = {
        "state": ("test/1", {"title": "Tờ trình", "quoted": 'a "b" \\ {c}, NULL'}),
        "detail": {"fields": ["title"], "note": "dòng một\ndòng hai"},
        "ref": "123/QĐ-UBND",
    }
    alone, together = uuid.uuid4(), [uuid.uuid4(), uuid.uuid4()]
    with transaction.atomic():
        record(_event(cast, alone, **given))
        record_many([_event(cast, obj, **given) for obj in together])
    told = [history(obj) for obj in (alone, *together)]
    first = told[0][0]
    assert set(first.fields) == {"agent", "detail", "state", "ref"}
    assert first.fields["detail"]["note"] == "dòng một\ndòng hai"
    assert [[(event.n, event.fields, event.damaged) for event in events] for events in told] == [
        [(1, first.fields, False)]
    ] * 3


def test_a_refusal_of_the_server_is_djangos_error_with_its_cause(cast: TestHouse) -> None:
    person = _person()
    with psycopg.connect(cast.url) as other:
        other.execute("SELECT 1 FROM ledger_object WHERE obj = %s FOR UPDATE", [person.pk])
        with pytest.raises(OperationalError) as refused, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            record(_event(cast, person.pk))
    assert isinstance(refused.value.__cause__, psycopg.errors.LockNotAvailable)
    with transaction.atomic():
        record(_event(cast, person.pk))


@pytest.mark.req("IN-39")
def test_a_record_change_without_its_event_is_refused_at_commit(shared_cast: TestHouse) -> None:
    person = _person()
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(full_name="Đổi Lén")
    assert Person.objects.get(pk=person.pk).full_name == person.full_name


def test_an_event_of_another_object_does_not_excuse_a_change(shared_cast: TestHouse) -> None:
    one, other = Person.objects.filter(home_body__code="H30.81").order_by("sort_key")[:2]
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        Person.objects.filter(pk=one.pk).update(full_name="Đổi Lén")
        record(_event(shared_cast, other.pk))


def test_an_event_of_an_earlier_transaction_does_not_excuse_a_change(cast: TestHouse) -> None:
    person = _person()
    with transaction.atomic():
        record(_event(cast, person.pk))
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(full_name="Đổi Lén")


@pytest.mark.req("IN-14", "IN-31")
def test_events_of_one_object_are_numbered_and_chained(cast: TestHouse) -> None:
    person = _person()
    with transaction.atomic():
        recorded = record_many([_event(cast, person.pk) for _ in range(3)])
    told = history(person.pk)
    assert [event.n for event in told] == list(range(1, len(told) + 1))
    assert [event.eid for event in told][-3:] == [event.eid for event in recorded]


@pytest.mark.req("RM-960")
def test_events_of_one_millisecond_keep_distinct_utc_times(cast: TestHouse) -> None:
    person = _person()
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=5)
    with transaction.atomic():
        recorded = record_many([_event(cast, person.pk) for _ in range(5)])
    assert len({one.t for one in recorded}) == 1, "they are of one millisecond"
    times = [event.when for event in history(person.pk)][-5:]
    assert len(set(times)) == 5 and times == sorted(times)
    assert all(before < one < before + dt.timedelta(minutes=2) for one in times)
    assert all(one.utcoffset() is not None for one in times)


@pytest.mark.req("IN-12")
def test_the_same_value_recorded_twice_commits_differently(cast: TestHouse) -> None:
    person = _person()
    with transaction.atomic():
        record_many([_event(cast, person.pk, ref="123/QĐ-UBND")] * 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM ledger_pending WHERE obj=%s ORDER BY id", [person.pk])
        leaves = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(set(leaves)) == len(leaves)
    # "QD" alone would be found in one commitment of a hundred; b64u has no slash.
    assert not any(b"123/" in leaf or "QĐ".encode() in leaf for leaf in leaves)


def test_an_event_outside_a_transaction_is_refused(shared_cast: TestHouse) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(_event(shared_cast, _person().pk))


@pytest.mark.req("IN-20")
def test_an_object_cannot_be_logged_in_the_log_of_another_body(shared_cast: TestHouse) -> None:
    person = Person.objects.filter(home_body__code="H31.07").first()
    with pytest.raises(LookupError, match="another body"), transaction.atomic():
        record(_event(shared_cast, person.pk))


@pytest.mark.req("IN-38")
@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("default", "UPDATE ledger_entry SET n = 1"),
        ("default", "DELETE FROM ledger_entry"),
        ("default", "TRUNCATE ledger_entry"),
        ("default", "INSERT INTO ledger_entry SELECT * FROM ledger_entry"),
        ("default", "UPDATE ledger_tree SET size = 0"),
        ("default", "UPDATE ledger_head SET n = 0"),
        ("default", "DELETE FROM ledger_pending"),
        ("default", "UPDATE ledger_pending SET leaf = ''"),
        ("default", "UPDATE ledger_opening SET sealed = ''"),
        ("default", "TRUNCATE records_document"),
        ("default", "ALTER TABLE records_document DISABLE TRIGGER ALL"),
        ("integrator", "UPDATE ledger_entry SET n = 1"),
        ("integrator", "DELETE FROM ledger_entry"),
        ("integrator", "SELECT * FROM ledger_opening"),
        ("integrator", "SELECT * FROM ledger_key"),
        ("integrator", "UPDATE ledger_object SET n = 0"),
        ("integrator", "SELECT * FROM records_document"),
        ("owner", "UPDATE ledger_entry SET n = 1"),
        ("owner", "DELETE FROM ledger_entry"),
        ("owner", "TRUNCATE ledger_entry"),
    ],
)
def test_each_role_is_refused_what_is_not_its_own(
    shared_cast: TestHouse, role: str, statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused, connections[role].cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.req("IN-38")
def test_the_application_cannot_return_to_the_owner_role(shared_cast: TestHouse) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "tangthu_app"


def test_every_table_of_record_state_is_watched(shared_cast: TestHouse) -> None:
    watched = {
        "identity_body", "identity_person", "identity_appointment",
        "records_dossier", "records_document", "records_membership", "records_contentfile",
        "records_codealias", "repository_package", "repository_packageversion",
        "archive_fonds", "archive_inventory", "archive_place", "kernel_quarantineditem",
        "records_withheld", "records_freeze", "records_frozenthing", "records_use",
        "records_pendingedit",
        "archive_dissemination", "identity_clearance",
        "programs_apikey", "programs_hook", "identity_unit", "identity_position", "identity_group",
        "identity_groupmember", "identity_delegation", "identity_bodyname", "identity_grant",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s",
            ["%needs_event"],
        )
        assert {row[0] for row in cursor.fetchall()} == watched


@pytest.mark.req("IN-39")
def test_every_watch_asks_at_commit_about_insert_delete_change_and_move(
    shared_cast: TestHouse,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, t.tgtype::int, t.tgargs, a.atttypid::regtype::text "
            "FROM pg_trigger t LEFT JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attname = "
            "split_part(encode(t.tgargs, 'escape'), '\\000', 1) "
            "WHERE t.tgfoid = 'ledger_require_event'::regproc AND t.tgenabled = 'O' "
            "AND t.tginitdeferred"
        )
        watches: dict[str, set[tuple[int, int, str]]] = {}
        for table, kind, arguments, type_of_column in cursor.fetchall():
            found = (kind & 28, bytes(arguments).count(b"\0"), type_of_column)
            watches.setdefault(table, set()).add(found)
    assert watches
    insert, delete, update = 4, 8, 16
    every = {(insert | delete, 1, "uuid"), (update, 1, "uuid"), (update, 2, "uuid")}
    assert {table: found for table, found in watches.items() if found != every} == {}


def test_a_body_cannot_be_deleted_quietly(shared_cast: TestHouse) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Body.objects.filter(code="H31.07").delete()
