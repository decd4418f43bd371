"""The table of OWASP ASVS 5.0.0 is whole, and what it says of tests and places is so."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "docs" / "security"
ROWS = tomllib.loads((PLACE / "asvs.toml").read_text(encoding="utf-8"))
IDS = [
    line.split()
    for line in (PLACE / "asvs-5.0.0.ids").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@cache
def _tests(file: str) -> frozenset[str]:
    """The names of the test functions in a file, read and not run."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    """The release has 345 requirements: 70 of level 1, 183 of level 2, 92 of level 3."""
    names = [name for name, _level in IDS]
    levels = [level for _name, level in IDS]
    assert len(set(names)) == len(names) == 345
    assert [levels.count(one) for one in "123"] == [70, 183, 92]
    assert list(ROWS) == [name for name, level in IDS if level != "3"]


def test_every_state_says_what_goes_with_it() -> None:
    for name, row in ROWS.items():
        has = set(row)
        wanted = {
            "done": {"words", "state", "where", "test"},
            "part": {"words", "state", "where", "test", "lacks"},
            "open": {"words", "state", "reason"},
            "not_applicable": {"words", "state", "reason"},
        }[row["state"]]
        assert has == wanted, name
        assert all(isinstance(one, str) and one.strip() for one in row.values()), name
        assert len(row["words"]) <= 90, name


def test_every_test_that_the_table_names_is_there() -> None:
    for name, row in ROWS.items():
        if "test" in row:
            file, _colons, function = row["test"].partition("::")
            assert (ROOT / file).is_file(), (name, file)
            assert function in _tests(file), (name, function)


def test_every_place_that_the_table_names_is_there() -> None:
    """A module of the house, a file of the tree, or a heading of a page with words below."""
    for name, row in ROWS.items():
        if "where" not in row:
            continue
        file, _hash, heading = row["where"].partition("#")
        if file.startswith("tangthu."):
            path = ROOT / "src" / file.replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").is_file(), (name, file)
        else:
            assert (ROOT / file).exists(), (name, file)
        if heading:
            text = (ROOT / file).read_text(encoding="utf-8")
            found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.M | re.S)
            assert found, (name, heading)
            assert len(found[1].strip()) > 150, (name, heading)


def test_the_table_is_printed_with_its_counts() -> None:
    def said(*given: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "tools/asvs.py", *given]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    whole = said("--all").stdout
    assert all(f"\n{name} " in f"\n{whole}" for name in ROWS)
    assert "Level 2: 183 requirements" in whole
    open_ones = {name for name, row in ROWS.items() if row["state"] in {"open", "part"}}
    printed = {line.split()[0] for line in said().stdout.splitlines() if line[:1].isdigit()}
    assert printed == open_ones
    assert "test: tests/" in said("6.2").stdout
    assert said("99").returncode == 2
