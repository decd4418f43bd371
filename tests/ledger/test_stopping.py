"""What must stop a log, and what goes on meanwhile: lost secrets, other bytes, an old database."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connections

from tangthu.ledger.history import history
from tangthu.ledger.integrator import LogStopped, is_stopped, run_once, step
from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.signer import Signer, SignerRefused, key_file_path
from tangthu.ledger.verification import verify
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash
from tangthu.standards.tlog.reader import TileReader
from tests.ledger import steps
from tests.support.house import TestHouse

OBJ = uuid.uuid4()


def test_a_pending_row_that_vanished_is_found(cast: TestHouse) -> None:
    log = steps.log(cast)
    run_once()
    steps.record_on(cast, [OBJ])
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_pending")
    assert any(f"recorded of {OBJ}" in problem for problem in verify(log).problems)


def test_an_opening_that_was_exchanged_in_the_database_is_not_told_as_history(
    cast: TestHouse,
) -> None:
    steps.record_on(cast, [OBJ, OBJ])
    first, second = history(OBJ)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_opening SET sealed = (SELECT sealed FROM ledger_opening "
            "WHERE eid = %s AND name = 'agent') WHERE eid = %s AND name = 'agent'",
            [first.eid, second.eid],
        )
    told = history(OBJ)
    assert [event.damaged for event in told] == [False, True]
    assert "agent" not in told[1].fields
    assert told[1].who == ""
    assert "không khớp" in told[1].sentence


@pytest.mark.req("IN-22")
@pytest.mark.parametrize("name", ["tile/0/000.p/{0}", "tile/entries/000.p/{0}"])
def test_other_bytes_where_a_file_must_go_stop_the_log_before_it_signs(
    cast: TestHouse, name: str
) -> None:
    log = steps.log(cast)
    steps.record_on(cast, [OBJ])
    steps.integrate(log)
    path = tree_folder(cast.home, log) / name.format(len(steps.entries(log)))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"khac")
    with pytest.raises(LogStopped):
        run_once()
    assert path.read_bytes() == b"khac"
    assert Signer(cast.home, log.log_id, log.origin).state().size == 0
    assert not (tree_folder(cast.home, log) / "checkpoint").exists()
    stopped_at = len(steps.entries(log))
    steps.record_on(cast, [OBJ])
    assert step(log) == 0
    assert len(steps.entries(log)) == stopped_at


@pytest.mark.parametrize("lost", ["key", "state", "key and state"])
def test_a_lost_key_or_memory_of_the_signer_stops_the_log_instead_of_starting_anew(
    cast: TestHouse, lost: str
) -> None:
    log = steps.log(cast)
    run_once()
    for suffix in lost.split(" and "):
        key_file_path(cast.home, log.log_id).with_suffix(f".{suffix}").unlink()
    steps.record_on(cast, [OBJ])
    with pytest.raises(LogStopped):
        run_once()
    assert is_stopped(log)
    assert not verify(log).ok


@pytest.mark.req("IN-90")
def test_a_database_restored_from_an_old_copy_cannot_fork_the_log(cast: TestHouse) -> None:
    log = steps.log(cast)
    run_once()
    old = len(steps.entries(log))
    steps.record_on(cast, [OBJ, OBJ])
    run_once()
    note = TileReader(tree_folder(cast.home, log)).checkpoint()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_entry WHERE leaf_index >= %s AND log_id = 1", [old])
        cursor.execute("DELETE FROM ledger_head WHERE obj = %s", [OBJ])
        cursor.execute("DELETE FROM ledger_object WHERE obj = %s", [OBJ])
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size > %s AND log_id = 1", [old])
        edge = CompactRange()
        edge.extend(leaf_hash(entry[-1]) for entry in steps.entries(log))
        cursor.execute(
            "UPDATE ledger_tree SET size = %s, range = %s, signed_size = %s WHERE log_id = 1",
            [old, edge.to_bytes(), old],
        )
    steps.record_on(cast, [uuid.uuid4()])
    with pytest.raises(LogStopped, match="đi sau"):
        run_once()
    steps.record_on(cast, [uuid.uuid4() for _ in range(5)])
    _go_on_regardless(log)
    with pytest.raises(LogStopped):
        run_once()
    assert len(steps.entries(log)) == old
    assert TileReader(tree_folder(cast.home, log)).checkpoint() == note


def _go_on_regardless(log: Log) -> None:
    """What an impatient administrator does: clear the mark without looking."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET stopped = NULL WHERE log_id = %s", [log.log_id])


def test_the_signer_signs_nothing_that_does_not_extend_its_last_tree(cast: TestHouse) -> None:
    signer = Signer(cast.home, 99, "test.example/signer")
    signer.create()
    leaves = [leaf_hash(bytes([n])) for n in range(8)]

    def tree(*hashes: bytes) -> bytes:
        edge = CompactRange()
        edge.extend(hashes)
        return edge.root()

    signer.sign(4, tree(*leaves[:4]), [])
    assert signer.sign(4, tree(*leaves[:4]), []) == signer.sign(4, tree(*leaves[:4]), [])
    for size, root, proof in [
        (4, tree(*leaves[1:5]), []),
        (3, tree(*leaves[:3]), []),
        (8, tree(*leaves), []),
        (8, tree(*leaves), [tree(*leaves[3:7])]),
        (8, tree(*leaves[::-1]), [tree(*leaves[4:])]),
    ]:
        with pytest.raises(SignerRefused):
            signer.sign(size, root, proof)
    assert signer.state().size == 4
    signer.sign(8, tree(*leaves), [tree(*leaves[4:])])
    assert signer.state().size == 8


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"size":-1,"root":""}', b"\xff"])
def test_a_broken_memory_of_the_signer_is_refused_in_words(cast: TestHouse, content: bytes) -> None:
    run_once()
    log = steps.log(cast)
    key_file_path(cast.home, log.log_id).with_suffix(".state").write_bytes(content)
    with pytest.raises(SignerRefused, match=re.escape("Lấy lại tệp")):
        Signer(cast.home, log.log_id, log.origin).state()
