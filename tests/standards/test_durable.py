"""What a killed writer leaves is told from what a living one is writing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tangthu.standards import durable

_WRITER = """
import os, sys, time
from pathlib import Path
from tangthu.standards import durable
def slowly():
    yield b"first half"
    print("ready", flush=True)
    sys.stdin.readline()
    yield b" second half"
durable.write_file(Path(sys.argv[1]), slowly(), what="test")
"""
_HOLDER = """
import sys
from pathlib import Path
from tangthu.standards import durable
with durable.held(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.readline()
"""


def _start(code: str, path: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of writing `a` in a folder below."""
    (tmp_path / "deep").mkdir()
    started = _start(_WRITER, tmp_path / "deep" / "a")
    yield started
    started.kill()
    started.communicate()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_a_living_process_is_writing_is_left_alone(
    tmp_path: Path, writing: subprocess.Popen[str]
) -> None:
    assert durable.remove_leftovers(tmp_path) == 0
    writing.communicate("go on\n")
    assert (tmp_path / "deep" / "a").read_bytes() == b"first half second half"
    assert _names(tmp_path) == ["a"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_a_killed_process_was_writing_is_removed(
    tmp_path: Path, writing: subprocess.Popen[str], overwrite: bool
) -> None:
    (left,) = (tmp_path / "deep").iterdir()
    other_name = tmp_path / "other name"
    os.link(left, other_name)
    writing.kill()
    writing.wait()
    assert durable.remove_leftovers(tmp_path, overwrite=overwrite) == 1
    assert _names(tmp_path) == ["other name"]
    data = other_name.read_bytes()
    assert data.strip(b"\0") == b"" if overwrite else b"first half".startswith(data)


def test_files_that_only_look_temporary_are_not_touched(tmp_path: Path) -> None:
    for name in ("a.tmp", ".a.tmp", ".a.0123456789ab.tmp.pdf", ".a.0123456789AB.tmp"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".b.0123456789ab.tmp").symlink_to(tmp_path / "a.tmp")
    assert durable.remove_leftovers(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 5


def test_a_folder_goes_with_all_in_it_once_nobody_holds_it(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"kept")
    folder = tmp_path / "held"
    holder = _start(_HOLDER, folder)
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "a").write_bytes(b"x")
    (folder / "deep" / "link").symlink_to(outside)
    (folder / "to the folder").symlink_to(tmp_path)
    assert not durable.remove_deserted(folder, unless=lambda: False)
    with durable.held(folder):
        holder.kill()
        holder.communicate()
        assert not durable.remove_deserted(folder, unless=lambda: False)
    assert not durable.remove_deserted(folder, unless=lambda: True)
    assert (folder / "deep" / "a").exists()
    assert durable.remove_deserted(folder, unless=lambda: False)
    assert not folder.exists()
    assert outside.read_bytes() == b"kept"


def test_a_folder_that_is_removed_while_it_is_taken_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    with durable._deserted(folder):
        started = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(1)  # by now it waits for the lock; should it not, the folder is simply made
        folder.rmdir()
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    assert folder.is_dir()
    started.communicate("end\n")
