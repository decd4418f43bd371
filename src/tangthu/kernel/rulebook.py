"""The dated rules of this installation: the packaged ones, overlaid by the home's own files."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from tangthu.kernel.terms import spoken
from tangthu.standards.rules import RuleSet, Stated, stated
from tangthu.standards.vietnamese import fold


def rulebook() -> RuleSet:
    """Rules in force here: packaged data, then every TOML file in the home's `rules` folder."""
    return _load(tuple(sorted((settings.HOME.root / "rules").glob("*.toml"))))


def matching(day: dt.date, words: str) -> list[Stated]:
    """The rules in force on a day whose key, name, value or citation holds the words ("" all)."""
    asked = fold(words).strip()
    found = (replace(one, name=spoken(one.name)) for one in stated(rulebook(), day))
    return [
        one
        for one in found
        if asked in fold(f"{one.key} {one.name} {one.value} {one.source.citation}")
    ]


@functools.lru_cache(maxsize=4)
def _load(overrides: tuple[Path, ...]) -> RuleSet:
    return RuleSet.load(*overrides)
