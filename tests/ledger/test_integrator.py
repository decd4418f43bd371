"""From the outbox to a signed checkpoint (IN-33, IN-35, IN-36)."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction

from tangthu.identity.models import Person
from tangthu.ledger import proofs
from tangthu.ledger.history import history
from tangthu.ledger.integrator import LogStopped, is_stopped, run_once, step
from tangthu.ledger.logs import all_logs, log_of
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.record import Actor, Event, record_many
from tangthu.ledger.signer import Signer
from tangthu.ledger.verification import verify
from tangthu.standards.ril import jcs
from tangthu.standards.ril.events import parse_leaf
from tangthu.standards.tlog.reader import TileReader
from tests.support.house import TestHouse

ACTOR = Actor(None, "", "", "system")


def _many(house: TestHouse, count: int) -> Person:
    person = Person.objects.filter(home_body__code="H30.81").earliest("sort_key")
    body = house.body("H30.81").id
    with transaction.atomic():
        record_many([Event("identity.person.added", person.pk, body, ACTOR) for _ in range(count)])
    return person


def test_every_committed_event_ends_under_a_signed_checkpoint(cast: TestHouse) -> None:
    person = _many(cast, 600)
    run_once()
    assert {told.stage for told in history(person.pk)} == {"signed"}
    for log in all_logs():
        verdict = verify(log)
        assert verdict.ok, verdict.problems
        assert verdict.size > 0
        assert verdict.pending == 0


@pytest.mark.req("IN-20")
def test_leaf_zero_of_each_log_opens_it_under_its_origin(cast: TestHouse) -> None:
    run_once()
    for log in all_logs():
        state = Signer(cast.home, log.log_id, log.origin).state()
        first = next(TileReader(tree_folder(cast.home, log)).entries(0, 1, state.size))
        leaf = parse_leaf(first)
        assert leaf.k == "sys.open"
        assert leaf.b["origin"] == log.origin


@pytest.mark.req("IN-37")
def test_a_second_run_with_nothing_new_changes_no_file(cast: TestHouse) -> None:
    run_once()
    before = {p: p.stat().st_mtime_ns for p in cast.home.ledger.rglob("*") if p.is_file()}
    run_once()
    assert {p: p.stat().st_mtime_ns for p in cast.home.ledger.rglob("*") if p.is_file()} == before


@pytest.mark.req("IN-36")
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_pending SET n = n + 1 WHERE id = (SELECT max(id) FROM ledger_pending)",
        "UPDATE ledger_pending SET h = sha256(h) WHERE id = (SELECT max(id) FROM ledger_pending)",
        "UPDATE ledger_pending SET leaf = leaf || '\\x20'::bytea "
        "WHERE id = (SELECT max(id) FROM ledger_pending)",
    ],
)
def test_a_row_that_does_not_follow_its_object_stops_the_log(cast: TestHouse, damage: str) -> None:
    from django.db import connections

    _many(cast, 3)
    with connections["owner"].cursor() as cursor:
        cursor.execute(damage)
    log = log_of(cast.body("H30.81").id)
    with pytest.raises(LogStopped):
        step(log)
    assert is_stopped(log)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE log_id=%s", [log.log_id])
        assert cursor.fetchone()[0] == 0


@pytest.mark.req("IN-35")
def test_a_flipped_bit_in_a_stored_leaf_hash_stops_before_signing(cast: TestHouse) -> None:
    from django.db import connections

    _many(cast, 3)
    log = log_of(cast.body("H30.81").id)
    while step(log):
        pass
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        cursor.execute(
            "UPDATE ledger_entry SET leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1)"
            " WHERE log_id = %s AND leaf_index = 2",
            [log.log_id],
        )
    with pytest.raises(LogStopped):
        run_once()
    assert Signer(cast.home, log.log_id, log.origin).state().size == 0
    assert not (tree_folder(cast.home, log) / "checkpoint").exists()


def test_a_proof_holds_for_a_stranger_with_only_the_log_key(cast: TestHouse) -> None:
    person = _many(cast, 5)
    run_once()
    log = log_of(cast.body("H30.81").id)
    document = json.loads(json.dumps(proofs.bundle(person.pk)))
    key = Signer(cast.home, log.log_id, log.origin).verifier_key
    assert proofs.verify_bundle(document, log.origin, [key]) == len(history(person.pk))


@pytest.mark.parametrize("part", ["leaf", "path", "body", "salt", "open", "order"])
def test_a_changed_proof_is_refused(cast: TestHouse, part: str) -> None:
    person = _many(cast, 5)
    run_once()
    log = log_of(cast.body("H30.81").id)
    document = proofs.bundle(person.pk)
    assert document is not None
    event, other = document["events"][-1], document["events"][-2]
    if part == "order":
        document["events"].reverse()
    elif part == "path":
        event["path"][0] = other["leaf"][:43]
    elif part == "open":
        event["open"]["agent"]["value"] = {"name": "Người Khác"}
    else:
        event[part] = other[part]
    key = Signer(cast.home, log.log_id, log.origin).verifier_key
    with pytest.raises(Exception) as refused:
        proofs.verify_bundle(document, log.origin, [key])
    assert type(refused.value).__module__.startswith("tangthu.")


def test_a_changed_row_is_found_by_verification(cast: TestHouse) -> None:
    from django.db import connections

    _many(cast, 3)
    run_once()
    log = log_of(cast.body("H30.81").id)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        cursor.execute(
            "UPDATE ledger_entry SET leaf = %s WHERE log_id = %s AND leaf_index = 2",
            [jcs.dumps({"c": "A" * 43, "k": "create", "t": 1, "v": 1}), log.log_id],
        )
    verdict = verify(log)
    assert not verdict.ok
    assert any("#2" in problem for problem in verdict.problems)
