"""Each package's own proof stands beside it and holds without us (IN-81)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel.jobs import execute
from tangthu.ledger.logs import log_of
from tangthu.ledger.publishing import tree_folder
from tangthu.repository.actions.keep_proofs import keep_proofs
from tangthu.repository.actions.note_beside import proof_path
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stores import beside, object_root
from tests.repository import steps
from tests.support.house import TestHouse
from tests.support.records import change_dossier, make_dossier, signed_events

_REPOSITORY = Path(__file__).resolve().parents[2]


def _offline(house: TestHouse, proof: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Verify in a process that has neither database nor settings nor home."""
    log = log_of(house.body("H30.81").pk)
    key = (tree_folder(house.home, log) / "keys.txt").read_text().split()[0]
    return subprocess.run(
        [sys.executable, "-m", "tests.repository.offline", str(proof), log.origin, key, str(root)],
        cwd=_REPOSITORY,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(_REPOSITORY / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def _kept(house: TestHouse) -> list[Any]:
    """What a stranger finds at each copy."""
    package = Package.objects.get()
    found = []
    for store in Store.objects.order_by("position"):
        proof = proof_path(beside(store, package.objid), package.objid)
        done = _offline(house, proof, object_root(store, package))
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    return found


@pytest.mark.req("IN-81")
def test_a_package_s_proof_is_kept_beside_every_copy_and_holds_without_a_database(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    acting = cast.acting("cuc")
    execute(queue_sealing(acting, made.dossier.pk).id)
    assert keep_proofs() == 0, "nothing is signed yet"
    signed_events()
    assert keep_proofs() == 2
    assert _kept(cast) == [{"events": 1, "versions": [1]}] * 2
    assert keep_proofs() == 0, "nothing is due"

    change_dossier(cast, made.dossier, note="Ghi chú thêm")
    assert execute(queue_sealing(acting, made.dossier.pk).id).state == "done"
    assert Copy.objects.filter(proof_version=1).count() == 2
    signed_events()
    assert keep_proofs() == 2
    assert _kept(cast) == [{"events": 2, "versions": [1, 2]}] * 2
    assert [steps.complaints(root) for root in steps.objects(cast)] == ["", ""]


def test_a_proof_that_was_touched_or_stands_beside_another_object_is_refused(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    signed_events()
    keep_proofs()
    package, store = Package.objects.get(), Store.objects.order_by("position").first()
    assert store is not None
    proof = proof_path(beside(store, package.objid), package.objid)
    root = object_root(store, package)
    inventory = root / "v1" / "inventory.json"
    whole = inventory.read_bytes()
    inventory.write_bytes(whole + b" ")
    assert _offline(cast, proof, root).returncode != 0
    inventory.write_bytes(whole)
    assert _offline(cast, proof, root).returncode == 0
    document = json.loads(proof.read_bytes())
    document["events"][0]["open"]["detail"]["value"]["version"] = 2
    proof.write_text(json.dumps(document))
    assert _offline(cast, proof, root).returncode != 0


def test_a_store_that_is_away_gets_its_proof_when_it_is_back(cast: TestHouse) -> None:
    made = make_dossier(cast)
    execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    signed_events()
    away = cast.home.stores / "kho-b"
    away.rename(away.with_name("elsewhere"))
    assert keep_proofs() == 1
    away.with_name("elsewhere").rename(away)
    assert keep_proofs() == 1
    assert [one["events"] for one in _kept(cast)] == [1, 1]
