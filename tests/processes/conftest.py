"""One house, started for the first time, that the tests of this folder share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Up


def awkward(folder: Path, length: int = 200) -> Path:
    """A path of `length` characters with what a shell, libpq and a quoting bug trip over."""
    start = folder / "Lưu trữ, “tỉnh” \"Hậu Giang\" & 'kho' $HOME %s"
    rest = length - len(str(start)) - 1
    assert rest > 0, "the folder for temporary files lies too deep for this test"
    return start / ("đ" * rest)


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shared house lives: a path of 200 characters, in a folder of mode 700."""
    return awkward(tmp_path_factory.mktemp("nhà"))


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a program might write if it did not mind its home: all empty."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("HOME", "TMPDIR", "cwd"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="module")
def running(
    first_home: Path, elsewhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Up]:
    """A house that has printed where to sign in."""
    places = {name: str(elsewhere / name) for name in ("HOME", "TMPDIR")}
    notes = tmp_path_factory.mktemp("notes")
    with Up(first_home, notes, cwd=elsewhere / "cwd", **places) as up:
        yield up.ready()


@pytest.fixture(autouse=True)
def homes_are_thrown_away(tmp_path: Path) -> Iterator[None]:
    """pytest keeps the folders of its last runs; homes are too large for that."""
    yield
    shutil.rmtree(tmp_path / "var", ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may walk into, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="tangthu-open-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
