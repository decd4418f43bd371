"""Decisions are cited by their numbers: each has one of its own, and none is left out."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"


def test_each_decision_has_a_number_of_its_own_and_none_is_missing() -> None:
    numbers = sorted(int(one.name.split("-")[0]) for one in _FOLDER.glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
