"""A command that was killed is given again: it goes on, and what it leaves is no different."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.actions.tidy_up import tidy_up
from tangthu.archive.models import Batch
from tangthu.records.models import Document
from tests.repository import steps
from tests.support import batches, states
from tests.support.batches import Paper
from tests.support.commands import TANGTHU, answer, call
from tests.support.house import TestHouse
from tests.support.records import open_a_fonds, signed_events

OF_THIS_RUN = ("updates", "folder", "index_path", "shut_out")
SECRET = "Tranbathihung"


def _words(root: Path) -> list[str]:
    return [
        "--as", "cuc", "import", "--index", str(root / "bang-ke.csv"), "--files",
        str(root / "tep"), "--body", "H30.81", "--fonds", "G01", "--accept", "complete", "--json",
    ]  # fmt: skip


def _outcome(house: TestHouse) -> dict[str, Any]:
    return {
        "catalogue": states.catalogue(without=OF_THIS_RUN),
        "working": states.stored(house)["working"],
    }


def _ready(house: TestHouse, root: Path) -> None:
    rows = [
        *batches.papers(3),
        *batches.papers(3, "02"),
        Paper("03", 1, SECRET, lines=[SECRET], changes={"Chế độ sử dụng hồ sơ": "Mật"}),
    ]
    batches.write(root, rows, ending=".csv")
    open_a_fonds(house.acting("cuc"), house.body("H30.81"))
    signed_events()


def _killed(house: TestHouse, words: list[str], after: float) -> None:
    """Run the command and kill -9 it after so many seconds."""
    running = subprocess.Popen(
        [TANGTHU, *words],
        env=house.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after)
    running.kill()
    running.wait()


def _compared(house: TestHouse, root: Path, times: int) -> None:
    _ready(house, root)
    baseline = states.Baseline(house, root / "baseline")
    began = time.monotonic()
    found = answer(call(house, *_words(root)))
    lasted = time.monotonic() - began
    assert (found["accepted"], len(found["dossiers"])) == (6, 2)
    undisturbed = _outcome(house)
    rolls = random.Random(20261123)
    for number in range(times):
        baseline.restore()
        _killed(house, _words(root), lasted * (number + rolls.random()) / times)
        again = call(house, *_words(root))
        assert "Traceback" not in again.stderr
        json.loads(again.stdout)
        # What killed writers left is cleared away by whichever worker runs next.
        tidy_up()
        states.assert_same(_outcome(house), undisturbed, number)
        assert Batch.objects.count() == 1
    baseline.drop()


def test_an_import_that_was_killed_is_gone_on_with_by_the_same_command(
    cast: TestHouse, tmp_path: Path
) -> None:
    _compared(cast, tmp_path, 2)


@pytest.mark.soak
def test_an_import_killed_at_fifty_moments_is_gone_on_with_by_the_same_command(
    cast: TestHouse, tmp_path: Path
) -> None:
    _compared(cast, tmp_path, 50)


def test_another_index_or_another_answer_is_another_batch(cast: TestHouse, tmp_path: Path) -> None:
    _ready(cast, tmp_path)
    words = [word for word in _words(tmp_path) if word not in ("--accept", "complete")]
    first = answer(call(cast, *words))["batch"]
    assert answer(call(cast, *words))["batch"] == first
    second = answer(call(cast, *words, "--set", "physical_condition=02"))["batch"]
    assert second != first
    batches.write(tmp_path, batches.papers(2), ending=".csv")
    assert answer(call(cast, *words))["batch"] not in (first, second)


def test_a_sealing_that_was_killed_is_gone_on_with_by_the_same_command(
    cast: TestHouse, tmp_path: Path
) -> None:
    _ready(cast, tmp_path)
    code = answer(call(cast, *_words(tmp_path)))["dossiers"][0]["code"]
    words = ["--as", "cuc", "dossier", "seal", code, "--json"]
    for number in range(3):
        _killed(cast, words, 0.8 + 0.5 * number)
    done = call(cast, *words)
    assert done.returncode == 0 or "không có thay đổi" in done.stderr, done.stderr
    assert [steps.complaints(root) for root in steps.objects(cast)] == ["", ""]
    assert not list(cast.home.stores.glob(".*.staging/*-*"))
    assert answer(call(cast, "--as", "cuc", "fixity", "--json"))["bad"] == []
    assert Document.objects.count() == 6
