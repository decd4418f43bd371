"""The whole way of a batch under a worker that is killed again and again: nothing is lost, nothing
is done twice, and every object is valid.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.actions.accept_batch import close_batch, queue_acceptance
from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel.models import Job
from tangthu.ledger.integrator import run_once
from tangthu.ledger.logs import log_of
from tangthu.ledger.verification import verify
from tangthu.records.models import Dossier
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.models import Package, Store
from tangthu.repository.stores import object_root
from tests.repository import steps
from tests.support import batches, states
from tests.support.house import TestHouse
from tests.support.records import open_a_fonds
from tests.support.workers import Worker, process, worker

WITHIN = 1500
# Ids and times of ordering are written into packages, so their digests differ between two runs.
OF_THIS_RUN = (
    "folder", "index_path", "objid", "sealed_at", "mets_sha256", "inventory_sha256",
    "state_sha256", "bytes",
)  # fmt: skip


def _way(house: TestHouse, root: Path, count: int) -> Iterator[Job]:
    """Orders what comes next on the way of each batch; goes on when that job is done."""
    for number in range(1, count + 1):
        dossiers = (f"{number:02d}", f"{number + 50:02d}")
        rows = [paper for name in dossiers for paper in batches.papers(2, name)]
        folder = root / str(number)
        index = batches.write(folder, rows)
        batch, job = batches.open_on(
            house, folder / "tep", index, upload=True, queued=True, name=f"Đợt {number}"
        )
        yield job
        yield queue_acceptance(house.acting("cuc"), batch.id, "complete")
        for name in dossiers:
            dossier = Dossier.objects.get(archive_file_code__endswith=f".{name}")
            yield queue_sealing(house.acting("cuc"), dossier.pk)
        close_batch(house.acting("cuc"), batch.id)
    pdf = next(_copy_of("01").rglob("*.pdf"))
    pdf.write_bytes(pdf.read_bytes()[:-9])
    (_copy_of("51") / "inventory.json").write_text("{}")
    yield order_check(house.acting("cuc"), repair=True)


def _copy_of(name: str) -> Path:
    """The first store's copy of the package of the dossier with this number."""
    dossier = Dossier.objects.get(archive_file_code__endswith=f".{name}")
    store = Store.objects.order_by("position")[0]
    return object_root(store, Package.objects.get(dossier_id=dossier.pk))


class AtRandom:
    """Lets the worker die at moments that nobody chose, `times` times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self._rolls = random.Random(20261123)
        self._roll()

    def _roll(self) -> None:
        self._at = time.monotonic() + self._rolls.uniform(0.3, 3.5)

    def now(self, job: Job) -> bool:
        """Whether it dies now."""
        if not self.left or time.monotonic() < self._at:
            return False
        self.left -= 1
        self._roll()
        return True


class OncePerKind:
    """Lets the worker die in the middle of the first job of each kind."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def now(self, job: Job) -> bool:
        """Whether it dies now."""
        if job.state != Job.State.RUNNING or job.kind in self.seen:
            return False
        self.seen.add(job.kind)
        return True


def _go(
    house: TestHouse, root: Path, one: Worker, count: int, dies: AtRandom | OncePerKind
) -> None:
    """Go the whole way of `count` batches under worker `one`, which dies when it is told to."""
    one.start()
    deadline = time.monotonic() + WITHIN
    for job in _way(house, root, count):
        while job.state != Job.State.DONE:
            assert job.state in (Job.State.WAITING, Job.State.RUNNING), (job.message, job.hint)
            assert time.monotonic() < deadline, (job.kind, job.state)
            if dies.now(job):
                one.kill()
                one.start()
            time.sleep(0.01)
            job.refresh_from_db()


def _outcome(house: TestHouse) -> dict[str, Any]:
    """What must be the same after every run, and what must hold after each."""
    run_once()
    verdict = verify(log_of(house.body("H30.81").pk))
    assert verdict.problems == [] and verdict.pending == 0
    roots = steps.objects(house)
    assert [root for root in roots if steps.complaints(root)] == []
    stored = states.stored(house)
    assert stored["kho-a"] == stored["kho-b"]
    assert stored["working"] == stored["uploads"] == stored["quarantine"] == {}
    content = sorted(
        digest for path, digest in stored["kho-a"].items() if "/data/" in path and ".pdf" in path
    )
    waiting = Job.objects.exclude(state=Job.State.DONE)
    assert not waiting.exists()
    jobs = sorted((job.kind, str(sorted(job.result))) for job in Job.objects.all())
    told = [(obj, n, kind, out) for obj, n, kind, out, _detail in states.all_told()]
    return {
        "objects": len(roots),
        "content": content,
        "catalogue": states.catalogue(without=OF_THIS_RUN),
        "events": told,
        "jobs": jobs,
    }


def _compared(house: TestHouse, root: Path, count: int, dies: AtRandom | OncePerKind) -> None:
    open_a_fonds(house.acting("cuc"), house.body("H30.81"))
    baseline = states.Baseline(house, root / "baseline")
    with process(house, root / "log", "integrator"), worker(house, root / "log") as one:
        _go(house, root / "undisturbed", one, count, AtRandom(0))
    undisturbed = _outcome(house)
    assert undisturbed["objects"] == 2 * 2 * count
    baseline.restore()
    with process(house, root / "log", "integrator"), worker(house, root / "log") as one:
        _go(house, root / "killed", one, count, dies)
    states.assert_same(_outcome(house), undisturbed)
    baseline.drop()


def test_a_worker_killed_in_each_kind_of_job_ends_where_an_undisturbed_one_does(
    cast: TestHouse, tmp_path: Path
) -> None:
    dies = OncePerKind()
    _compared(cast, tmp_path, 1, dies)
    assert len(dies.seen) == 4


@pytest.mark.soak
def test_a_worker_killed_fifty_times_ends_where_an_undisturbed_one_does(
    cast: TestHouse, tmp_path: Path
) -> None:
    dies = AtRandom(50)
    _compared(cast, tmp_path, 12, dies)
    assert dies.left == 0
