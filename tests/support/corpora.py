"""Where the real test data lies, and a loud skip that names what is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(
    os.environ.get("TANGTHU_CORPORA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "corpora"
)


def need(name: str) -> Path:
    """The corpus folder `name`; skips the test, naming the folder, when it is not there."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"SKIPPED FOR LACK OF REAL DATA: corpus {name} not found under {ROOT}")
    return path
