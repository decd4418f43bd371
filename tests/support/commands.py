"""Commands as a script calls them: exit status, words, one document that fits its schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import warm
from tests.support.house import TestHouse
from tests.support.json_schema import complaints

TANGTHU = str(Path(sys.executable).with_name("tangthu"))
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "cli" / "schemas"
DONE, FOUND, COULD_NOT = 0, 1, 2
# Processes of the running site, which have other logins than a command (kernel.database).
_OF_THE_SITE = {"up", "worker", "integrator"}


def call(
    house: TestHouse | None, *words: str, given: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in the house, `given` on its standard input; its environment tells `more`."""
    if house is not None and not more and words[0] not in _OF_THE_SITE:
        return warm.run_settled(words, house.environment, given=given, timeout=120)
    environment = {**(house.environment if house is not None else os.environ), **more}
    return warm.run(words, environment, given=given, timeout=120)


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """The one document on stdout."""
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def schema(name: str) -> dict[str, Any]:
    """The published schema of this name."""
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def told(done: subprocess.CompletedProcess[str], name: str, status: int) -> Any:
    """The one document on stdout, which must fit its schema; words must be on stderr."""
    assert done.returncode == status, f"{done.returncode}\n{done.stdout[:800]}\n{done.stderr[:800]}"
    assert "Traceback" not in done.stderr
    assert done.stderr.strip() or name == "stores"
    document = json.loads(done.stdout)
    assert complaints(document, schema(name)) == []
    return document
