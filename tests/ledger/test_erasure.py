"""Deleting an object's key erases its openings, from old copies too (IN-85)."""

from __future__ import annotations

import json
import threading
import time
import uuid

import psycopg
import pytest
from django.db import connection, connections, transaction

from tangthu.ledger import proofs
from tangthu.ledger.history import history
from tangthu.ledger.integrator import run_once
from tangthu.ledger.record import record_many
from tangthu.ledger.sealing import Sealer, new_key, unseal
from tangthu.ledger.signer import Signer
from tangthu.ledger.verification import verify
from tests.ledger import steps
from tests.support.house import TestHouse


def _delete_key(obj: uuid.UUID) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_key WHERE obj = %s", [obj])
        assert cursor.rowcount == 1


def _sealed(objs: list[uuid.UUID]) -> list[tuple[uuid.UUID, str, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.eid, o.name, o.sealed FROM ledger_opening o JOIN ledger_entry e USING (eid) "
            "WHERE e.obj = ANY(%s)",
            [objs],
        )
        return [(eid, name, bytes(sealed)) for eid, name, sealed in cursor.fetchall()]


def _verified(house: TestHouse, obj: uuid.UUID) -> tuple[int, list[bool]]:
    """Events that a stranger accepts in the proof of `obj`; which of them show a body."""
    log = steps.log(house)
    document = json.loads(json.dumps(proofs.bundle(obj)))
    key = Signer(house.home, log.log_id, log.origin).verifier_key
    count = proofs.verify_bundle(document, log.origin, [key])
    return count, ["body" in event for event in document["events"]]


@pytest.mark.req("IN-85")
def test_an_old_copy_of_the_other_tables_with_the_present_keys_reveals_nothing_erased(
    cast: TestHouse,
) -> None:
    erased, kept = uuid.uuid4(), uuid.uuid4()
    steps.record_on(cast, [erased, kept, erased])
    run_once()
    cast._copy(cast.name, "old_copy")
    _delete_key(erased)
    steps.record_on(cast, [erased])
    run_once()
    keys = _all_keys()
    before = cast.name
    cast.point_at("old_copy")
    try:
        _replace_keys(keys)
        boxes = _sealed([erased])
        assert len(boxes) == 2 * 5
        for eid, name, box in boxes:
            for _obj, _ch, key, _from in keys:
                with pytest.raises(ValueError, match="unsealed"):
                    unseal(key, eid, name, box)
        told = history(erased)
        assert [(event.erased, event.damaged, dict(event.fields)) for event in told] == [
            (True, False, {}),
            (True, False, {}),
        ]
        assert {event.sentence for event in told} == {"nội dung sự kiện đã được xóa theo quy định"}
        assert [event.who for event in told] == ["", ""]
        assert history(kept)[0].fields["ref"] == "123/QĐ-UBND"
    finally:
        cast.point_at(before)
        with psycopg.connect(cast.url.replace(before, "postgres"), autocommit=True) as admin:
            admin.execute("DROP DATABASE old_copy WITH (FORCE)")


def _all_keys() -> list[tuple[uuid.UUID, str, bytes, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj, ch::text, key, key_from FROM ledger_key")
        return [(obj, ch, bytes(key), since) for obj, ch, key, since in cursor.fetchall()]


def _replace_keys(keys: list[tuple[uuid.UUID, str, bytes, int]]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE ledger_key")
        cursor.executemany("INSERT INTO ledger_key VALUES (%s, %s, %s, %s)", keys)


@pytest.mark.req("IN-14", "IN-85")
def test_events_before_the_erasure_stay_provable_and_the_tombstone_is_readable(
    cast: TestHouse,
) -> None:
    obj = uuid.uuid4()
    steps.record_on(cast, [obj, obj])
    run_once()
    assert _verified(cast, obj) == (2, [True, True])
    _delete_key(obj)
    assert [event.erased for event in history(obj)] == [True, True]
    steps.record_on(cast, [obj])
    steps.record_on(cast, [obj])
    run_once()
    told = history(obj)
    assert [event.erased for event in told] == [True, True, False, False]
    assert not any(event.damaged for event in told)
    assert told[2].fields["ref"] == "123/QĐ-UBND"
    assert _verified(cast, obj) == (4, [False, False, True, True])
    assert verify(steps.log(cast)).problems == []


def test_a_deleted_field_is_gone_and_the_rest_of_the_event_still_opens(cast: TestHouse) -> None:
    obj = uuid.uuid4()
    (recorded,) = steps.record_on(cast, [obj])
    run_once()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_opening WHERE eid = %s AND name = 'agent'", [recorded.eid]
        )
    (told,) = history(obj)
    assert set(told.fields) == {"detail", "ref", "state"}
    assert (told.erased, told.damaged, told.who) == (False, False, "")
    assert _verified(cast, obj) == (1, [True])


def test_an_event_that_waits_for_an_erasure_is_sealed_with_the_new_key(cast: TestHouse) -> None:
    obj = uuid.uuid4()
    body = cast.body("H30.81").id
    steps.record_on(cast, [obj])
    _delete_key(obj)
    with transaction.atomic():
        record_many([steps.event(body, obj), steps.event(body, uuid.uuid4())])
        record_many([steps.event(body, obj)])
    assert [event.erased for event in history(obj)] == [True, False, False]


@pytest.mark.req("IN-85")
def test_a_key_erased_while_an_event_waited_for_its_object_seals_nothing_more(
    cast: TestHouse,
) -> None:
    """Who erases holds the object; the event behind him must see that the key is gone."""
    obj = uuid.uuid4()
    steps.record_on(cast, [obj])
    old = _key_of(obj)
    recorded: list[uuid.UUID] = []

    def wait_and_record() -> None:
        try:
            recorded.append(steps.record_on(cast, [obj])[0].eid)
        finally:
            connections.close_all()

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM ledger_object WHERE obj = %s FOR UPDATE", [obj])
        waiting = threading.Thread(target=wait_and_record)
        waiting.start()
        _await_a_waiting_lock(cast)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_key WHERE obj = %s", [obj])
    waiting.join(30)
    assert recorded
    assert _key_of(obj) != old
    assert [event.erased for event in history(obj)] == [True, False]


def _key_of(obj: uuid.UUID) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM ledger_key WHERE obj = %s", [obj])
        return bytes(cursor.fetchone()[0])


def _await_a_waiting_lock(house: TestHouse) -> None:
    deadline = time.monotonic() + 20
    with psycopg.connect(house.url, autocommit=True) as other:
        while (
            other.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()"
            ).fetchone()
            is None
        ):
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.req("IN-13")
def test_no_two_openings_of_an_event_share_a_salt_or_a_nonce() -> None:
    key, eid = new_key(), uuid.uuid4()
    sealer = Sealer(key, eid, 50)
    made = [sealer.seal("agent", b"x") for _ in range(50)]
    assert len({salt for salt, _ in made}) == len({box[:12] for _, box in made}) == 50
    assert not {salt[:12] for salt, _ in made} & {box[:12] for _, box in made}
    assert all(unseal(key, eid, "agent", box) == (salt, b"x") for salt, box in made)
    with pytest.raises(IndexError):
        sealer.seal("agent", b"x")
