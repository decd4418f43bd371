"""Published files that came back behind their rows are written up to what was signed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import connections

from tangthu.ledger import integrator
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.recovering import order_recovery, recover
from tangthu.ledger.signer import Signer
from tangthu.ledger.verification import verify
from tangthu.ledger.writing_again import write_files
from tangthu.standards.tlog.errors import TlogError
from tests.ledger.test_recovering import size_of, tell
from tests.support.house import TestHouse


@pytest.mark.parametrize("lost", ["the newer half", "everything"])
def test_files_behind_their_rows_are_written_again_as_they_were(
    cast: TestHouse, tmp_path: Path, lost: str
) -> None:
    log = tell(cast, 5)
    integrator.run_once()
    own = tree_folder(cast.home, log)
    shutil.copytree(own, tmp_path / "older")
    for _round in range(3):
        tell(cast, 100)
        integrator.run_once()
    newest = size_of(own)
    shutil.copytree(own, tmp_path / "newer")
    shutil.rmtree(own)
    if lost == "the newer half":
        shutil.copytree(tmp_path / "older", own)
    assert verify(log).problems != []
    assert write_files(log) == newest == size_of(own)
    assert write_files(log) == newest
    if lost == "everything":
        shutil.copy(tmp_path / "newer" / "keys.txt", own)
    assert verify(log).problems == []
    assert (own / "checkpoint").read_bytes() == (tmp_path / "newer" / "checkpoint").read_bytes()
    tell(cast, 1)
    integrator.run_once()
    assert size_of(own) == newest + 1


def test_the_signer_remembers_what_the_rows_know_as_signed(cast: TestHouse) -> None:
    log = tell(cast, 3)
    integrator.run_once()
    signer = Signer(cast.home, log.log_id, log.origin)
    state = cast.home.secrets / "ledger" / f"{log.log_id}.state"
    older = state.read_bytes()
    tell(cast, 3)
    integrator.run_once()
    newest = signer.state()
    state.write_bytes(older)
    write_files(log)
    assert signer.state() == newest


def test_rows_that_are_not_what_was_signed_are_not_written(cast: TestHouse) -> None:
    log = tell(cast, 3)
    integrator.run_once()
    shutil.rmtree(tree_folder(cast.home, log))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_entry SET leaf = leaf || ' '::bytea WHERE leaf_index = 2")
    with pytest.raises(TlogError):
        write_files(log)
    assert not (tree_folder(cast.home, log) / "checkpoint").exists()


def test_a_log_restored_from_before_its_first_signature_gets_its_key_when_that_is_said(
    cast: TestHouse,
) -> None:
    log = tell(cast, 1)
    signer = Signer(cast.home, log.log_id, log.origin)
    order_recovery(signer, 0, "bộ thử")
    recover(log, tree=None, nothing_newer="chưa ký lần nào")
    signer.end_recovery()
    integrator.run_once()
    assert verify(log).problems == []
