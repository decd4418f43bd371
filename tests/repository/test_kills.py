"""kill -9 anywhere in sealing, checking, mending: whole or nothing, and a restart finishes it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel.jobs import execute
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.models import PackageVersion
from tangthu.repository.places import recover_all
from tests.repository import steps
from tests.support import killing, states
from tests.support.house import TestHouse
from tests.support.records import change_dossier, make_dossier, signed_events

RUN = states.RUN
RANDOM_KILLS = 50


class Case:
    """A job that is ordered but not begun, and what an undisturbed run of it leaves behind."""

    def __init__(self, house: TestHouse, job_id: str, folder: Path) -> None:
        self.house = house
        self.job_id = job_id
        signed_events()
        self.baseline = states.Baseline(house, folder)
        # What the mending begins with is damaged: that much, and no more, may be seen before it.
        self._hurt = {root for root in steps.objects(house) if steps.complaints(root)}

    def outcome(self) -> dict[str, Any]:
        """What must be the same after every run."""
        return {
            "catalogue": states.catalogue(),
            "stores": states.stored(self.house),
            "events": states.all_told(),
            "beside": steps.beside(self.house),
            "set aside": steps.set_aside(self.house),
        }

    def check_whole_or_nothing(self) -> None:
        """What a killed run left: only valid objects, and nothing catalogued that is not stored."""
        for root in steps.objects(self.house):
            assert root in self._hurt or not steps.complaints(root), root
        for version in PackageVersion.objects.select_related("package"):
            stored = [root for root in steps.objects(self.house) if _is(root, version)]
            assert len(stored) == 2, "catalogued, but not in both stores"

    def again(self) -> None:
        """Start the killed job once more, as a new worker does."""
        recover_all()
        states.run_job(self.job_id)


def _is(root: Path, version: PackageVersion) -> bool:
    sidecar = root / f"v{version.number}" / "inventory.json.sha256"
    return sidecar.exists() and sidecar.read_text().split()[0] == version.inventory_sha256


def _sealing(house: TestHouse) -> str:
    made = make_dossier(house, documents=({}, {}))
    return str(queue_sealing(house.acting("cuc"), made.dossier.pk).id)


def _further_version(house: TestHouse) -> str:
    made = make_dossier(house, documents=({},))
    execute(queue_sealing(house.acting("cuc"), made.dossier.pk).id)
    change_dossier(house, made.dossier, note="Ghi chú thêm")
    return str(queue_sealing(house.acting("cuc"), made.dossier.pk).id)


def _mending(house: TestHouse) -> str:
    for number in ("01", "02"):
        made = make_dossier(house, number=number, documents=({},))
        execute(queue_sealing(house.acting("cuc"), made.dossier.pk).id)
    first, second = sorted((house.home.stores / "kho-a").rglob("v1/content"))
    pdf = next(first.rglob("*.pdf"))
    pdf.write_bytes(pdf.read_bytes()[:-9])
    (first / "thua.txt").write_text("x")
    for inventory in second.parents[1].rglob("inventory.json"):
        inventory.write_text("{}")
    return str(order_check(house.acting("cuc"), repair=True).id)


CASES: dict[str, Callable[[TestHouse], str]] = {
    "sealing": _sealing,
    "a further version": _further_version,
    "mending": _mending,
}


@pytest.fixture(params=CASES)
def case(cast: TestHouse, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """One of the jobs, ready to run."""
    made = Case(cast, CASES[request.param](cast), tmp_path / "baseline")
    yield made
    made.baseline.drop()


@pytest.mark.req("RM-950")
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_a_job_killed_at_any_durable_point_is_finished_by_a_restart(
    case: Case, every: bool
) -> None:
    with killing.Runner(case.house.environment) as runner:
        points = runner.run(RUN, case.job_id).points
        undisturbed = case.outcome()
        case.check_whole_or_nothing()
        named = {name.split(".")[0] for name in points}
        assert {"ocfl", "repository"} <= named
        # Half of the points here, another half for another job; in the soak all of them.
        firsts = [at for at in killing.places(points) if at[1] == 1]
        for place in firsts if every else firsts[len(points) % 2 :: 2]:
            case.baseline.restore()
            runner.kill(RUN, case.job_id, at=place)
            case.check_whole_or_nothing()
            case.again()
            states.assert_same(case.outcome(), undisturbed, place)
            assert not list((case.house.home.stores).glob(".*.staging/*-*")), place


@pytest.mark.soak
def test_a_job_killed_at_random_moments_is_finished_by_a_restart(case: Case) -> None:
    rolls = random.Random(20261123)
    with killing.Runner(case.house.environment) as runner:
        began = time.monotonic()
        points = runner.run(RUN, case.job_id).points
        lasted = time.monotonic() - began
        undisturbed = case.outcome()
        for number in range(RANDOM_KILLS):
            case.baseline.restore()
            if number % 2:
                runner.run(RUN, case.job_id, after=rolls.uniform(0, lasted))
            else:
                last = [at for at in killing.places(points) if at[1] > 1]
                name, count = rolls.choice(last)
                runner.run(RUN, case.job_id, at=(name, rolls.randint(1, count)))
            case.check_whole_or_nothing()
            case.again()
            states.assert_same(case.outcome(), undisturbed, number)
