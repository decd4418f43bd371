"""kill -9 at every durable point of publishing leaves the tree of an undisturbed run."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

import pytest
from django.db import connections

from tangthu.ledger.integrator import publish
from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import collect, tree_folder
from tangthu.ledger.signer import key_file_path
from tangthu.ledger.verification import verify
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash
from tangthu.standards.tlog.note import Signer as NoteSigner
from tangthu.standards.tlog.writer import POINTS, TileWriter
from tests.ledger import steps
from tests.support import killing
from tests.support.house import TestHouse

# What is made once in the life of a log, in its order; then what every publication passes.
FIRST = [
    "signer.state.fsynced",
    "signer.state.renamed",
    "signer.key.fsynced",
    "signer.key.renamed",
    "ledger.keys.fsynced",
    "ledger.keys.renamed",
]
EVERY = [
    *POINTS[: POINTS.index("tlog.verified") + 1],
    "signer.state.fsynced",
    "signer.state.renamed",
    *POINTS[POINTS.index("tlog.verified") + 1 : POINTS.index("tlog.partials.removed")],
    "ledger.checkpoint.committed",
]
# More than two tiles, so that each publication touches full and partial files on two levels.
GROWTH = 530


def _grow(house: TestHouse, log: Log) -> None:
    objs = [uuid.uuid4() for _ in range(GROWTH // 2)]
    steps.record_on(house, objs + objs, next(c for c in ("H30.81", "H31.07") if c in log.origin))
    steps.integrate(log)
    house.close_connections()


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _undisturbed(house: TestHouse, log: Log, folder: Path) -> dict[str, bytes]:
    """The tree as one process writes it that publishes the same sizes and never dies."""
    folder.mkdir()
    leaves = [entry[-1] for entry in steps.entries(log)]
    with connections["integrator"].cursor() as cursor:
        cursor.execute(
            "SELECT size FROM ledger_checkpoint WHERE log_id = %s ORDER BY size", [log.log_id]
        )
        sizes = [row[0] for row in cursor.fetchall()]
    signer = NoteSigner(log.origin, key_file_path(house.home, log.log_id).read_bytes())
    edge = CompactRange()
    start = 0
    for size in sizes:
        edge.extend(map(leaf_hash, leaves[start:size]))
        writer = TileWriter(folder)
        writer.write(start, leaves[start:size], edge.root())
        checkpoint = Checkpoint(log.origin, size, edge.root())
        writer.publish_checkpoint(format_checkpoint(checkpoint, [signer.sign(checkpoint.text())]))
        start = size
    (folder / "keys.txt").write_text(f"{signer.vkey.encode()} from=0\n")
    return _files(folder)


@pytest.mark.req("IN-22")
def test_a_publisher_killed_at_any_durable_point_leaves_the_tree_of_an_undisturbed_one(
    cast: TestHouse, tmp_path: Path
) -> None:
    target, log, other = "tests.ledger.steps:publish", steps.log(cast), steps.log(cast, "H31.07")
    with killing.Runner(cast.environment) as runner:
        _grow(cast, other)
        reached = runner.run(target, other.origin).points
        assert list(dict.fromkeys(reached)) == list(dict.fromkeys(FIRST + EVERY))
        _grow(cast, log)
        for name in FIRST:
            runner.kill(target, log.origin, at=(name, 1))
        publish(log)
        again = [*killing.places(reached[len(FIRST) :])]
        assert {name for name, _ in again} == set(EVERY)
        for place in again:
            _grow(cast, log)
            runner.kill(target, log.origin, at=place)
            publish(log)
    assert _files(tree_folder(cast.home, log)) == _undisturbed(cast, log, tmp_path / "undisturbed")
    assert verify(log).problems == []


@pytest.mark.req("IN-22")
def test_files_are_written_in_the_order_in_which_they_depend_on_each_other(
    cast: TestHouse,
) -> None:
    log = steps.log(cast)
    _grow(cast, log)
    target = "tests.ledger.steps:publish"
    with killing.Runner(cast.environment) as runner:
        points = runner.run(target, log.origin).points
    last = {name: place for place, name in enumerate(points)}
    order = [
        "tlog.bundle.renamed",
        "tlog.leaves.renamed",
        "tlog.nodes.renamed",
        "tlog.verified",
        "signer.state.renamed",
        "tlog.frozen.renamed",
        "tlog.checkpoint.renamed",
        "ledger.checkpoint.committed",
    ]
    assert [last[name] for name in order] == sorted(last[name] for name in order)


@pytest.mark.req("IN-23")
def test_partial_files_go_a_day_after_their_full_ones_and_a_kill_in_between_harms_nothing(
    cast: TestHouse,
) -> None:
    log = steps.log(cast)
    folder = tree_folder(cast.home, log)
    for _ in range(3):
        _grow(cast, log)
        publish(log)
    cast.close_connections()

    def outlived() -> list[Path]:
        """Partial folders beside a full file."""
        return [p for p in folder.rglob("*.p") if p.with_suffix("").is_file()]

    before = len(outlived())
    assert before >= 4
    collect(cast.home, log, 0)
    assert len(outlived()) == before
    yesterday = time.time() - 24 * 3600 - 60
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.suffix != ".p":
            os.utime(path, (yesterday, yesterday))
    at = ("tlog.partials.removed", 2)
    with killing.Runner(cast.environment) as runner:
        runner.kill("tests.ledger.steps:collect", log.origin, at=at)
    assert 0 < len(outlived()) < before
    assert verify(log).problems == []
    collect(cast.home, log, 0)
    assert outlived() == []
    assert list(folder.rglob("*.p")), "the newest partial files stay"
    _grow(cast, log)
    publish(log)
    assert verify(log).problems == []
