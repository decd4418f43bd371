"""The published tree is plain files that a stranger can check (IN-20, IN-21, IN-26)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tangthu.kernel.errors import InvalidInput
from tangthu.ledger.integrator import run_once
from tangthu.ledger.logs import Log, open_log
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.verification import verify
from tangthu.standards.tlog.reader import TileReader
from tests.ledger import steps
from tests.support.house import TestHouse

STRANGER = Path(__file__).parent / "stranger.py"


@pytest.fixture(scope="module")
def published(test_house: TestHouse) -> Iterator[tuple[TestHouse, Log]]:
    """A log of a good 2000 events, published in several sizes."""
    with test_house.clone("cast"):
        log = steps.log(test_house)
        for count in (3, 254, 800, 1000):
            steps.record_on(test_house, [uuid.uuid4() for _ in range(count)])
            run_once()
        yield test_house, log


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The folder behind the plainest of web servers, on loopback; its address."""
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.communicate()


def _ask(url: str, origin: str, index: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(STRANGER), url, origin, str(index)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.req("IN-21", "IN-42")
def test_a_plain_web_server_and_a_stranger_with_a_hundred_lines_suffice_to_verify(
    published: tuple[TestHouse, Log], tmp_path: Path
) -> None:
    house, log = published
    entries = steps.entries(log)
    copy = tmp_path / "copy"
    shutil.copytree(tree_folder(house.home, log), copy)
    with _served(copy) as url:
        for index in (0, 255, 256, 1500, len(entries) - 1):
            answer = _ask(url, log.origin, index)
            assert answer.returncode == 0, answer.stderr
            size, leaf = answer.stdout.strip().split(" ", 1)
            assert (int(size), leaf.encode()) == (len(entries), entries[index][-1])
        tile = copy / "tile" / "entries" / "001"
        data = tile.read_bytes()
        tile.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
        assert "AssertionError" in _ask(url, log.origin, 511).stderr
        tile = copy / "tile" / "0" / "000"
        data = tile.read_bytes()
        tile.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        assert "AssertionError" in _ask(url, log.origin, 1500).stderr


@pytest.mark.req("IN-21")
def test_the_tree_holds_exactly_the_kinds_of_files_that_it_should(
    published: tuple[TestHouse, Log],
) -> None:
    house, log = published
    folder = tree_folder(house.home, log)
    kinds = {
        path.relative_to(folder).parts[0] + ("/" + path.suffix if path.suffix else "")
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != "tile"
    }
    assert kinds == {"checkpoint", "checkpoints/.note", "keys.txt/.txt"}
    assert {path.name for path in (folder / "tile").iterdir()} == {"0", "1", "entries"}
    assert max(p.stat().st_size for p in (folder / "tile" / "0").glob("*") if p.is_file()) == 8192


@pytest.mark.req("IN-26")
def test_a_million_events_would_take_little_more_than_a_hundred_megabytes(
    published: tuple[TestHouse, Log],
) -> None:
    house, log = published
    folder = tree_folder(house.home, log)
    size = TileReader(folder).checkpoint().decode().splitlines()[1]
    full = int(size) // 256 * 256

    def taken(kind: str) -> float:
        files = (p for p in (folder / "tile" / kind).glob("*") if p.is_file())
        return sum(p.stat().st_size for p in files) / full

    # Bytes per event are megabytes per million; short kinds make entries a little smaller.
    assert 80 <= taken("entries") <= 96
    assert 32 <= taken("0") * 256 / 255 <= 32.2


@pytest.mark.req("IN-20")
@pytest.mark.parametrize(
    "origin",
    [
        "test.example/H30.81",
        "TEST.example/h30.81",
        "test.example/H30.81/tile",
        "test.example",
        "test.example/../x",
        "test.example/a b",
        "/test.example/a",
        "test.example/",
        "test.example/" + "a" * 120,
    ],
)
def test_an_origin_that_is_taken_nested_or_no_folder_is_refused(
    published: tuple[TestHouse, Log], origin: str
) -> None:
    from django.db import transaction

    with pytest.raises(InvalidInput), transaction.atomic():
        open_log(uuid.uuid4(), origin)


def test_verification_reads_a_log_that_grows_under_it(published: tuple[TestHouse, Log]) -> None:
    house, log = published
    grown: list[int] = []

    def grow(done: int) -> None:
        if len(grown) < 3:
            grown.append(done)
            steps.record_on(house, [uuid.uuid4() for _ in range(50)])
            run_once()

    assert verify(log, report=grow).problems == []
    assert len(grown) == 3
