"""A database that comes back older than what was signed: the log goes on without a fork."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from tangthu.ledger import integrator, recovering
from tangthu.ledger.logs import Log, log_of
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.record import Actor, Event, record
from tangthu.ledger.signer import Signer
from tangthu.ledger.verification import verify
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.reader import TileReader
from tests.support import killing
from tests.support.commands import answer, call
from tests.support.house import TestHouse
from tests.support.states import Baseline

ACTOR = Actor(None, "Hệ thống", "", "system")


def tell(house: TestHouse, times: int) -> Log:
    body = house.body("H30.81").pk
    for _ in range(times):
        with transaction.atomic():
            record(Event("identity.log.resumed", body, body, ACTOR, detail={"reason": "thử"}))
    return log_of(body)


def restored_older(house: TestHouse, folder: Path, *, begun: bool = True) -> tuple[Log, Path, int]:
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
    if begun:
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
    assert "tangthu ledger recover" in integrator.resume(log)[0]
    assert size_of(tree_folder(cast.home, log)) == before


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
        recovering.record_restore(log, done.before, done.after)
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


def state(house: TestHouse, log: Log) -> Any:
    own = tree_folder(house.home, log)
    files = {str(path): path.read_bytes() for path in own.rglob("*") if path.is_file()}
    signer = Signer(house.home, log.log_id, log.origin)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT size, range, (SELECT count(*) FROM ledger_pending) FROM ledger_tree "
            "WHERE log_id = %s",
            [log.log_id],
        )
        row = cursor.fetchone()
    return files, signer.state(), signer.recovering(), (row[0], bytes(row[1]), row[2])


def restores(log: Log) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT leaf FROM ledger_pending WHERE log_id = %s UNION ALL "
            "SELECT leaf FROM ledger_entry WHERE log_id = %s) AS leaves "
            "WHERE position('sys.restore' in convert_from(leaf, 'UTF8')) > 0",
            [log.log_id, log.log_id],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.req("IN-89")
@pytest.mark.req("IN-90")
def test_the_command_takes_back_what_was_signed_and_the_log_goes_on(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, tree, newest = restored_older(cast, tmp_path, begun=False)
    words = ("ledger", "recover", log.origin, "--json")
    before = state(cast, log)
    assert call(cast, "--as", "dung", *words).returncode == 2
    assert call(cast, "--as", "cuc", *words, "--tree", str(tree)).returncode == 2
    assert state(cast, log) == before
    found = answer(call(cast, "--as", "dung", *words, "--tree", str(tree)))
    assert (found["to"], len(found["orphans"]), found["running"]) == (newest, 4, True)
    integrator.run_once()
    assert (restores(log), verify(log).problems) == (1, [])


def run_recover(body: str, tree: str) -> None:
    """A target of killing."""
    from tangthu.identity.acting import Acting
    from tangthu.identity.actions.recover_log import recover_log
    from tangthu.identity.models import Person
    from tangthu.identity.queries import viewer_of

    acting = Acting(viewer_of(Person.objects.get(account__username="dung")), "cli")
    assert recover_log(acting, uuid.UUID(body), tree=Path(tree)).problems == []


def test_a_recovery_killed_before_and_after_its_event_ends_the_same(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, tree, newest = restored_older(cast, tmp_path, begun=False)
    target, words = "tests.ledger.test_recovering:run_recover", (str(log.body), str(tree))
    with killing.Runner(cast.environment) as runner:
        for point in ("ledger.recovered.rows", "ledger.recovered.event"):
            runner.kill(target, *words, at=(point, 1))
            assert Signer(cast.home, log.log_id, log.origin).recovering()
    found = answer(
        call(cast, "--as", "dung", "ledger", "recover", log.origin, "--tree", str(tree), "--json")
    )
    assert (found["to"], len(found["orphans"]), found["running"]) == (newest, 4, True)
    assert found["from"] < newest
    integrator.run_once()
    assert (restores(log), verify(log).problems) == (1, [])


@pytest.mark.parametrize("harm", ["missing", "huge", "link", "garbage", "foreign", "empty"])
def test_a_damaged_or_foreign_tree_is_refused_in_one_sentence_and_changes_nothing(
    cast: TestHouse, tmp_path: Path, harm: str
) -> None:
    log, tree, newest = restored_older(cast, tmp_path, begun=False)
    bundle = tree / f"tile/entries/000.p/{newest}"
    if harm == "missing":
        bundle.unlink()
    elif harm == "huge":
        os.truncate(bundle, 1 << 40)
    elif harm == "link":
        bundle.unlink()
        bundle.symlink_to("/dev/zero")
    elif harm == "garbage":
        bundle.write_bytes(os.urandom(500))
    elif harm == "foreign":
        text = (tree / "checkpoint").read_text()
        (tree / "checkpoint").write_text(text.replace("H30.81", "H30.82"))
    else:
        shutil.rmtree(tree)
        tree.mkdir()
    before = state(cast, log)
    done = call(cast, "--as", "dung", "ledger", "recover", log.origin, "--tree", str(tree))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Bản sao cây không phải" in done.stderr
    assert state(cast, log) == before


def test_without_evidence_a_person_must_say_why_nothing_newer_was_signed(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, _tree, _newest = restored_older(cast, tmp_path, begun=False)
    words = ("--as", "dung", "ledger", "recover", log.origin, "--json")
    assert call(cast, *words).returncode == 2
    found = answer(call(cast, *words, "--nothing-newer", "Máy tắt ngay sau khi sao lưu"))
    assert (found["from"], found["orphans"], found["running"]) == (found["to"], [], True)


def test_a_signature_remembered_beyond_every_tree_keeps_the_log_shut(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, tree, newest = restored_older(cast, tmp_path, begun=False)
    Signer(cast.home, log.log_id, log.origin).remember(newest, TileReader(tree).root_of(newest))
    with pytest.raises(integrator.LogStopped):
        integrator.run_once()
    words = ("--as", "dung", "ledger", "recover", log.origin, "--json")
    assert call(cast, *words, "--nothing-newer", "chắc").returncode == 2
    assert "tangthu ledger recover" in integrator.resume(log)[0]
    assert answer(call(cast, *words, "--tree", str(tree)))["running"] is True


def test_rows_that_are_another_history_are_refused_in_words_and_nothing_is_changed(
    cast: TestHouse, tmp_path: Path
) -> None:
    log, tree, _newest = restored_older(cast, tmp_path, begun=False)
    tell(cast, 2)
    integrator.run_once()
    before = state(cast, log)
    words = ("--as", "dung", "ledger", "recover", log.origin, "--tree", str(tree))
    done = call(cast, *words)
    assert done.returncode == 2
    assert "hai lịch sử khác nhau" in done.stderr
    assert "Traceback" not in done.stderr
    assert state(cast, log) == before


def test_a_database_of_a_size_that_was_never_published_takes_its_leaves_back(
    cast: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, tree, newest = restored_older(cast, tmp_path, begun=False)
    assert integrator.step(log, 1) == 1
    monkeypatch.setattr(recovering, "_CHUNK", 2)
    assert recovering.recover(log, tree=tree).after == newest
    with transaction.atomic():
        assert recovering.record_restore(log, 0, newest)
        assert not recovering.record_restore(log, 0, newest)
    Signer(cast.home, log.log_id, log.origin).end_recovery()
    integrator.run_once()
    assert (restores(log), verify(log).problems) == (1, [])
