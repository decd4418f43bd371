"""A demonstration that was cut off anywhere is gone on with by the next start, and made once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.house import TestHouse
from tests.support.killing import Runner
from tests.support.running import Up

TARGET = "tests.processes.steps:demonstrate"
FINISH = "tests.processes.steps:finish"
LOOK = "tests.processes.steps:look"


def made(runner: Runner) -> dict[str, object]:
    """What stands in the catalogue and in the stores after a start."""
    found: dict[str, object] = json.loads(runner.run(LOOK).output.splitlines()[-1])
    return found


def forget_signins(house: TestHouse) -> None:
    """Make the home one that no demonstration was ever made in."""
    for name in ("demo-signins.json", "demo-finished"):
        (house.home.secrets / name).unlink(missing_ok=True)


@pytest.mark.soak
def test_a_demonstration_is_made_once(db: TestHouse) -> None:
    forget_signins(db)
    with Runner(db.environment) as runner:
        first = runner.run(TARGET).output
        assert runner.run(TARGET).output == first
        found = made(runner)
    # Who administers the first body keeps the house as well (decision 016).
    assert (found["people"], found["positions"]) == (8, 9)
    assert (found["bodies"], found["fonds"], found["packages"]) == (2, 1, 1)
    assert len(first.splitlines()) == 8


@pytest.mark.soak
def test_a_demonstration_that_was_killed_anywhere_is_finished(db: TestHouse) -> None:
    forget_signins(db)
    with db.clone("empty"), Runner(db.environment) as runner:
        reached = runner.run(TARGET).points
        whole = made(runner)
    names = list(dict.fromkeys(reached))
    assert len(names) > 10
    for place in [(name, 1) for name in names]:
        with db.clone("empty"), Runner(db.environment) as runner:
            forget_signins(db)
            runner.kill(TARGET, at=place)
            signins = runner.run(TARGET).output
            assert len(signins.splitlines()) == 8, place
            runner.run(FINISH)
            assert made(runner) == whole, place


@pytest.mark.soak
@pytest.mark.req("AR-128")
def test_the_demonstration_is_made_on_an_isolated_lan_too(tmp_path: Path) -> None:
    with Up(tmp_path / "var", tmp_path / "notes", TANGTHU_MODE="isolated_lan") as up:
        up.ready()
        assert len(up.signins()) == 8
        assert "Tập văn bản đi quý I năm 2024" in up.visitor("cuc").get("/ho-so/")
        assert "Đợt số hóa 2/2024" in up.visitor("cuc").get("/dot-so-hoa/")
