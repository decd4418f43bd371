"""`make setup` with a Python that is too old: one sentence, nothing touched.

The real old interpreters that this machine happens to have are all tried (python3.6 … python3.10 on
the path, or under pyenv); one that is not there cannot be. Whether any was found, the file is
compiled by the grammar of Python 3.6, and the check itself is asked about versions.
"""

from __future__ import annotations

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running import one_sentence

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "tools" / "setup.py"
OLD = ("3.6", "3.7", "3.8", "3.9", "3.10")


def interpreter(version: str) -> str | None:
    """A Python of that version that really runs, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [str(path / "bin" / "python3") for path in pyenv.glob(f"{version}.*")]
    named = shutil.which(f"python{version}")
    for python in [*found, *([named] if named else [])]:
        done = subprocess.run([python, "-c", "1"], capture_output=True, check=False)
        if done.returncode == 0:
            return python
    return None


@pytest.mark.parametrize("version", OLD)
def test_an_old_python_is_told_which_one_is_needed(version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"NOT RUN: no Python {version} on this machine")
    copy = tmp_path / "tools" / "setup.py"
    copy.parent.mkdir()
    shutil.copy(SETUP, copy)
    done = subprocess.run(
        [python, str(copy), "run"],
        capture_output=True, text=True, check=False, encoding="utf-8", env={"LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 2
    told = one_sentence(done.stderr)
    assert told.startswith(f"Cần Python 3.11 trở lên; đây là {version}.")
    assert "make PYTHON=python3.11 run" in told
    assert [path.name for path in tmp_path.iterdir()] == ["tools"]


def test_python_3_6_can_read_the_file_that_judges_it() -> None:
    tree = ast.parse(SETUP.read_text(encoding="utf-8"), feature_version=(3, 6))
    first = next(node for node in tree.body if isinstance(node, ast.If))
    assert "SystemExit" in ast.unparse(first), "the version is judged before anything else"
    before = tree.body[: tree.body.index(first)]
    modules = {
        name.name if isinstance(node, ast.Import) else str(node.module)
        for node in before
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert modules <= {"hashlib", "os", "shutil", "subprocess", "sys", "pathlib"}
    functions = [node for node in before if isinstance(node, ast.FunctionDef)]
    assert all(node.returns is None for node in functions), "annotations are evaluated"


def test_the_check_knows_where_the_line_is() -> None:
    complaint_about = runpy.run_path(str(SETUP), run_name="setup")["complaint_about"]
    assert complaint_about((3, 10, 13, "final", 0)).startswith("Cần Python 3.11")
    assert complaint_about((2, 7, 18)) is not None
    assert complaint_about((3, 11, 0)) is None
    assert complaint_about((4, 0, 0)) is None
    assert complaint_about(sys.version_info) is None
