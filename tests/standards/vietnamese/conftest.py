"""Texts that try to break whatever reads them: long, endless in marks, or not text at all."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

HOSTILE = [
    "a" + "\u0301\u0323" * 50_000,
    "\u0323\u0301" * 50_000,
    "a" * 100_000,
    "\ud800" * 100_000,
    "\udfff́a\ud800",
    "(" * 100_000,
    "ừ" * 100_000,
    "u\u031b\u0300" * 33_000,
    "/-" * 50_000,
    "\u0344" * 100_000,
    "喃" * 100_000,
    "1" * 100_000,
    "\x00\u202e\ufeff" * 30_000,
]


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """One text that an attacker or a broken scanner would send, up to 100 000 characters."""
    return str(request.param)
