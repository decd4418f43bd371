"""The dated rules of this installation: the packaged ones, overlaid by the home's own files."""

from __future__ import annotations

import functools
from pathlib import Path

from django.conf import settings

from tangthu.standards.rules import RuleSet


def rulebook() -> RuleSet:
    """Rules in force here: packaged data, then every TOML file in the home's `rules` folder."""
    return _load(tuple(sorted((settings.HOME.root / "rules").glob("*.toml"))))


@functools.lru_cache(maxsize=4)
def _load(overrides: tuple[Path, ...]) -> RuleSet:
    return RuleSet.load(*overrides)
