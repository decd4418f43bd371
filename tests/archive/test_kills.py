"""kill -9 anywhere on a batch's way in: a restart ends as if nothing had happened (invariant 4).

Refused secrets leave nothing in the home, whenever the process died (AR-127, invariant 6).
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.actions.accept_batch import queue_acceptance
from tangthu.archive.models import Batch
from tangthu.kernel.models import Job, QuarantinedItem
from tests.support import batches, killing, states
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.records import open_a_fonds, signed_events

STEPS = "tests.archive.steps"
RANDOM_KILLS = 25
SECRET = "Tranbathihung"
SUSPECT = "Dieuquandem"
ENDED = ("archive.check.finished", 1)


def _rows() -> list[Paper]:
    """Two dossiers to take, in them a stamped paper and a declared secret; a secret dossier."""
    degree = {"Độ mật văn bản": "Mật"}
    closed = {"Chế độ sử dụng hồ sơ": "Mật"}
    secret, suspect = batches.marked_pdf(SECRET, "MAT"), batches.marked_pdf(SUSPECT, "MAT")
    named = f"hs01/{SECRET}.pdf"
    return [
        *batches.papers(2),
        Paper("01", 3, f"Về {SECRET}", named, pdf=secret, changes=degree),
        *batches.papers(1, "02"),
        Paper("02", 2, "Về việc trực", pdf=suspect),
        Paper("03", 1, f"Mật danh {SECRET}", pdf=secret, changes=closed),
    ]


class Way:
    """A batch before its check, come in on one of the three ways."""

    def __init__(self, house: TestHouse, root: Path, way: str) -> None:
        self.house = house
        self.way = way
        self.ending = ".xlsx" if way == "folder" else ".csv"
        self.index = batches.write(root, _rows(), ending=self.ending)
        self.folder = root / "tep"
        if way != "folder":
            (self.folder / self.index.name).write_bytes(self.index.read_bytes())

    def open(self) -> tuple[Batch, Job]:
        """Open it; nothing runs."""
        how = {"upload": {"upload": True}, "zip": {"packed": True}}.get(self.way, {})
        return batches.open_on(self.house, self.folder, self.index, **how)


def _outcome(house: TestHouse, job_id: Any = None) -> dict[str, Any]:
    """What must be the same after every run."""
    found: dict[str, Any] = {
        "catalogue": states.catalogue(),
        "bytes": states.stored(house),
        "events": states.all_told(),
    }
    if job_id is not None:
        job = Job.objects.get(pk=job_id)
        found["job"] = [job.state, states.in_meaning(job.result, states.meanings())]
    return found


def _no_secret(house: TestHouse) -> None:
    assert states.traces(house.home.root, SECRET.encode()) == []


class Case:
    """A job of a batch, ready to run, what an undisturbed run comes to, and how to come back."""

    def __init__(self, house: TestHouse, job: Job, folder: Path) -> None:
        self.house = house
        self.job_id = str(job.id)
        signed_events()
        self.baseline = states.Baseline(house, folder)

    def undisturbed(self, runner: killing.Runner) -> tuple[str, ...]:
        """Run it once; keeps the outcome and returns the points passed."""
        began = time.monotonic()
        points = runner.run(states.RUN, self.job_id).points
        self.lasted = time.monotonic() - began
        self.wanted = _outcome(self.house, self.job_id)
        _no_secret(self.house)
        return points

    def end_after(self, runner: killing.Runner, place: Any) -> None:
        """Start again after a kill, as a new worker does, and compare."""
        runner.run(f"{STEPS}:tidy")
        runner.run(states.RUN, self.job_id)
        found = _outcome(self.house, self.job_id)
        states.assert_same(found, self.wanted, place)
        _no_secret(self.house)

    def kill_at(self, runner: killing.Runner, place: tuple[str, int]) -> None:
        """Killed at a durable point."""
        self.baseline.restore()
        runner.kill(states.RUN, self.job_id, at=place)
        self.end_after(runner, place)

    def kill_at_random(self, runner: killing.Runner, seed: int, times: int) -> None:
        """Killed again and again at moments that nobody chose, once or twice before the end."""
        rolls = random.Random(seed)
        for number in range(times):
            self.baseline.restore()
            for _again in range(rolls.randint(1, 2)):
                runner.run(states.RUN, self.job_id, after=rolls.uniform(0, self.lasted))
            self.end_after(runner, number)


def _checking(house: TestHouse, root: Path, way: str) -> Case:
    _batch, job = Way(house, root, way).open()
    return Case(house, job, root / "baseline")


def _accepting(house: TestHouse, root: Path, way: str) -> Case:
    batch, job = Way(house, root, way).open()
    batches.check(batch, job)
    assert batch.refused_secret and QuarantinedItem.objects.count() == 1
    job = queue_acceptance(house.acting("cuc"), batch.id, "complete", queued=False)
    return Case(house, job, root / "baseline")


KINDS = {"checking": _checking, "accepting": _accepting}


@pytest.fixture
def case(cast: TestHouse, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Case]:
    """`(kind, way)` made ready."""
    kind, way = request.param
    made = KINDS[kind](cast, tmp_path, way)
    yield made
    made.baseline.drop()


def _all_points(case: Case, expected: set[str], *, every: bool) -> None:
    with killing.Runner(case.house.environment) as runner:
        points = case.undisturbed(runner)
        assert expected <= set(points)
        for place in killing.places(points):
            if every or place[1] == 1:
                case.kill_at(runner, place)


CHECK_POINTS = {
    "batch.index.fsynced", "batch.index.renamed", "archive.refusal.recorded",
    "quarantine.fsynced", "quarantine.renamed", "quarantine.note.fsynced",
    "quarantine.note.renamed", "archive.quarantine.recorded", "archive.check.kept",
    "archive.check.finished",
}  # fmt: skip
ACCEPT_POINTS = {
    "working.fsynced", "working.renamed", "archive.accept.stored", "archive.accept.committed",
    "archive.accept.ended",
}  # fmt: skip


@pytest.mark.req("AR-127")
@pytest.mark.parametrize("case", [("checking", "zip")], indirect=True)
def test_a_check_killed_at_any_durable_point_is_finished_by_a_restart(case: Case) -> None:
    _all_points(case, CHECK_POINTS | {"batch.unpacked.renamed"}, every=False)


@pytest.mark.parametrize("case", [("accepting", "folder")], indirect=True)
def test_an_acceptance_killed_at_any_durable_point_is_finished_by_a_restart(case: Case) -> None:
    _all_points(case, ACCEPT_POINTS, every=False)


@pytest.mark.soak
@pytest.mark.parametrize("case", [("checking", w) for w in ("folder", "upload", "zip")],
                         indirect=True)  # fmt: skip
def test_a_check_killed_at_every_passing_of_a_point_is_finished_by_a_restart(case: Case) -> None:
    _all_points(case, CHECK_POINTS, every=True)


@pytest.mark.soak
@pytest.mark.parametrize("case", [("accepting", w) for w in ("upload", "zip")], indirect=True)
def test_an_acceptance_killed_at_every_passing_is_finished_by_a_restart(case: Case) -> None:
    _all_points(case, ACCEPT_POINTS, every=True)


@pytest.mark.soak
@pytest.mark.parametrize(
    "case",
    [(kind, way) for kind in KINDS for way in ("folder", "zip")],
    indirect=True,
)
def test_batch_work_killed_at_random_moments_is_finished_by_a_restart(case: Case) -> None:
    with killing.Runner(case.house.environment) as runner:
        case.undisturbed(runner)
        case.kill_at_random(runner, seed=20261123, times=RANDOM_KILLS)


@pytest.mark.req("AR-127")
@pytest.mark.parametrize("way", ["folder", "upload"])
def test_an_opening_killed_at_any_point_leaves_a_batch_or_nothing(
    cast: TestHouse, tmp_path: Path, way: str
) -> None:
    given = Way(cast, tmp_path, "upload" if way == "upload" else "folder")
    given.index = batches.write(tmp_path, _rows(), ending=".csv")
    open_a_fonds(cast.acting("cuc"), cast.body("H30.81"))
    baseline = states.Baseline(cast, tmp_path / "baseline")
    order = (f"{STEPS}:receive_and_open", str(given.folder), str(given.index), way == "upload")
    with killing.Runner(cast.environment) as runner:
        points = runner.run(*order).points
        assert points[-1] == "archive.batch.opened" and "batch.index.renamed" in points
        for place in killing.places(points):
            baseline.restore()
            runner.kill(*order, at=place)
            runner.run(f"{STEPS}:tidy")
            opened = list(Batch.objects.values_list("id", flat=True))
            assert {path.name for path in cast.home.uploads.iterdir()} == set(map(str, opened))
            if place == (points[-1], 1):
                job = Job.objects.get(subject_id=opened[0])
                runner.run(states.RUN, str(job.id))
            else:
                assert not opened
            _no_secret(cast)
    baseline.drop()


@pytest.mark.req("AR-127")
def test_a_secret_declared_in_the_review_is_gone_after_a_kill_at_any_point(
    cast: TestHouse, tmp_path: Path
) -> None:
    rows = [*batches.papers(1), Paper("01", 2, f"Về {SECRET}", lines=[SECRET])]
    index = batches.write(tmp_path, rows, ending=".csv")
    (tmp_path / "tep" / "hs01" / "vb002.pdf").write_bytes(batches.marked_pdf(SECRET))
    batch, job = batches.open_on(cast, tmp_path / "tep", index, upload=True)
    batches.check(batch, job)
    signed_events()
    baseline = states.Baseline(cast, tmp_path / "baseline")
    order = (f"{STEPS}:declare_secret", str(batch.id), "row:3")
    with killing.Runner(cast.environment) as runner:
        points = runner.run(*order).points
        wanted = _outcome(cast)
        assert "archive.refusal.recorded" in points
        for place in killing.places(points):
            baseline.restore()
            runner.kill(*order, at=place)
            runner.run(f"{STEPS}:tidy")
            states.assert_same(_outcome(cast), wanted, place)
            for folder in (cast.home.uploads, cast.home.quarantine, cast.home.working):
                assert states.traces(folder, SECRET.encode()) == []
    baseline.drop()


@pytest.mark.req("AR-129")
@pytest.mark.parametrize("decision", ["not_secret", "purged"])
def test_a_decision_on_a_suspect_killed_at_any_point_holds_whole_or_not_at_all(
    cast: TestHouse, tmp_path: Path, decision: str
) -> None:
    batch, job = Way(cast, tmp_path, "upload").open()
    batches.check(batch, job)
    held = QuarantinedItem.objects.get()
    signed_events()
    baseline = states.Baseline(cast, tmp_path / "baseline")
    order = (f"{STEPS}:decide_on_suspect", str(held.id), decision)
    with killing.Runner(cast.environment) as runner:
        points = runner.run(*order).points
        wanted = _outcome(cast)
        for place in killing.places(points):
            baseline.restore()
            runner.kill(*order, at=place)
            runner.run(f"{STEPS}:tidy")
            held.refresh_from_db()
            if held.decision == QuarantinedItem.Decision.WAITING:
                runner.run(*order)
            states.assert_same(_outcome(cast), wanted, place)
    lying = {path.name for path in states.traces(cast.home.root, SUSPECT.encode())}
    assert not any(str(held.id) in name for name in lying)
    assert bool(states.traces(cast.home.uploads, SUSPECT.encode())) == (decision == "not_secret")
    baseline.drop()


def test_the_end_of_a_batch_killed_before_it_cleared_up_is_cleared_up_by_a_restart(
    cast: TestHouse, tmp_path: Path
) -> None:
    index = batches.write(tmp_path, batches.papers(1))
    batch, job = batches.open_on(cast, tmp_path / "tep", index, upload=True)
    batches.check(batch, job)
    batches.accept(cast, batch)
    with killing.Runner(cast.environment) as runner:
        runner.kill(f"{STEPS}:end", str(batch.id), at=("archive.batch.closed", 1))
        assert states.files(cast.home.uploads)
        runner.run(f"{STEPS}:tidy")
    batch.refresh_from_db()
    assert batch.state == Batch.State.CLOSED
    assert states.files(cast.home.uploads) == {}
    assert states.told(batch.id)[-1] == ("archive.batch.closed", "ok")
