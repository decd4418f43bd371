"""A database that comes back older than what was signed: the log goes on without a fork."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import transaction

from tangthu.ledger import integrator, recovering
from tangthu.ledger.logs import Log, log_of
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.record import Actor, Event, record
from tangthu.ledger.signer import Recovering, Signer
from tangthu.ledger.verification import verify
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.reader import TileReader
from tests.support.house import TestHouse
from tests.support.states import Baseline

ACTOR = Actor(None, "Hệ thống", "", "system")


def tell(house: TestHouse, times: int) -> Log:
    body = house.body("H30.81").pk
    for _ in range(times):
        with transaction.atomic():
            record(Event("identity.log.resumed", body, body, ACTOR, detail={"reason": "thử"}))
    return log_of(body)


def restored_older(house: TestHouse, folder: Path) -> tuple[Log, Path, int]:
    """Signed, backed up with three events waiting, signed on, restored; and the newer tree."""
    log = tell(house, 5)
    integrator.run_once()
    tell(house, 3)
    (folder / "kept").mkdir()
    baseline = Baseline(house, folder / "kept")
    integrator.run_once()
    tell(house, 4)
    integrator.run_once()
    tree = folder / "tree"
    shutil.copytree(tree_folder(house.home, log), tree)
    newest = len(list(TileReader(tree).entries(0, size_of(tree), size_of(tree))))
    baseline.restore()
    baseline.drop()
    Signer(house.home, log.log_id, log.origin).begin_recovery("thử")
    return log, tree, newest


def size_of(tree: Path) -> int:
    return int(TileReader(tree).checkpoint().splitlines()[1])


def test_a_restored_log_signs_nothing_until_it_was_compared(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, _tree, _newest = restored_older(cast, tmp_path)
    tell(cast, 1)
    before = size_of(tree_folder(cast.home, log))
    with pytest.raises(integrator.LogStopped):
        integrator.run_once()
    with pytest.raises(Recovering):
        integrator.resume(log)
    assert size_of(tree_folder(cast.home, log)) == before
    with pytest.raises(recovering.Refused):
        recovering.recover(log, tree=None)


def test_a_known_newer_checkpoint_without_its_tree_keeps_the_log_shut(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, tree, newest = restored_older(cast, tmp_path)
    note = TileReader(tree).checkpoint()
    with pytest.raises(recovering.NewerKnown):
        recovering.recover(log, tree=None, notes=[("thử", note)], nothing_newer="chắc")
    assert newest == size_of(tree)


def test_an_older_database_takes_its_leaves_back_and_goes_on_without_a_fork(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, tree, newest = restored_older(cast, tmp_path)
    signer = Signer(cast.home, log.log_id, log.origin)
    held = open_checkpoint(TileReader(tree).checkpoint(), log.origin, [signer.verifier_key])
    done = recovering.recover(log, tree=tree)
    assert (done.after, done.found_again, len(done.orphans)) == (newest, 3, 4)
    assert recovering.recover(log, tree=tree).orphans == done.orphans  # and again: nothing more
    with transaction.atomic():
        recovering.record_restore(log, done.before, done.after, "thử")
    signer.end_recovery()
    integrator.run_once()
    reader = TileReader(tree_folder(cast.home, log))
    size = size_of(reader.root)
    assert size > newest
    merkle.verify_consistency(
        newest, size, held.checkpoint.root, reader.root_of(size),
        reader.consistency_proof(newest, size),
    )  # fmt: skip
    assert verify(log).problems == []
