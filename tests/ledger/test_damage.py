"""One changed byte or row anywhere, and the check says where."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from tangthu.ledger.integrator import run_once
from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.verification import verify
from tests.ledger import steps
from tests.support.house import TestHouse

OBJ = uuid.UUID("b1e9611a-b0d4-4a6d-90da-2eb919aa3169")


@pytest.fixture(scope="module")
def grown(test_house: TestHouse) -> Iterator[tuple[TestHouse, Log]]:
    """A log of three sizes: full and partial files on two levels; then some unpublished entries."""
    with test_house.clone("cast"):
        log = steps.log(test_house)
        for count in (290, 1, 300):
            steps.record_on(test_house, [OBJ, *(uuid.uuid4() for _ in range(count))])
            run_once()
        steps.record_on(test_house, [OBJ])
        steps.integrate(log)
        steps.record_on(test_house, [OBJ])
        assert verify(log).problems == []
        yield test_house, log


def _flip(path: Path, at: int) -> bytes:
    data = path.read_bytes()
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    return data


PUBLISHED = [
    "checkpoint",
    "keys.txt",
    "tile/0/000",
    "tile/0/002.p/*",
    "tile/1/000.p/2",
    "tile/entries/001",
    "tile/entries/002.p/*",
    "tile/0/001.p/*",
    "tile/entries/001.p/*",
    "checkpoints/*.note",
]


@pytest.mark.parametrize("pattern", PUBLISHED)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_flipped_bit_in_a_published_file_is_found_and_named(
    grown: tuple[TestHouse, Log], pattern: str, share: float
) -> None:
    house, log = grown
    folder = tree_folder(house.home, log)
    path = sorted(folder.glob(pattern))[0]
    original = _flip(path, int(path.stat().st_size * share))
    try:
        problems = verify(log).problems
    finally:
        path.write_bytes(original)
    assert any(str(path.relative_to(folder)) in problem for problem in problems), problems
    assert verify(log).problems == []


def test_a_published_file_that_is_gone_is_named(grown: tuple[TestHouse, Log]) -> None:
    house, log = grown
    folder = tree_folder(house.home, log)
    for name in ("tile/0/001", "tile/entries/000", "keys.txt", "checkpoint"):
        kept = (folder / name).read_bytes()
        (folder / name).unlink()
        problems = verify(log).problems
        (folder / name).write_bytes(kept)
        assert any(name in problem for problem in problems), (name, problems)


ROWS = [
    ("ledger_entry", "leaf = set_byte(leaf, 9, 65)", "leaf_index = 7", "#7:"),
    ("ledger_entry", "leaf_hash = sha256(leaf_hash)", "leaf_index = 300", "#300:"),
    ("ledger_entry", "leaf_index = 100000", "leaf_index = 12", "#12:"),
    ("ledger_entry", "n = 77", "leaf_index = 400", "#400:"),
    ("ledger_entry", "obj = gen_random_uuid()", "leaf_index = 401", "of "),
    ("ledger_entry", "leaf = set_byte(leaf, 9, 65)", "leaf_index >= 603", "#60"),
    ("ledger_head", "h = sha256(h)", f"obj = '{OBJ}'", f"head of {OBJ}"),
    ("ledger_head", "leaf_index = 0", f"obj = '{OBJ}'", f"head of {OBJ}"),
    ("ledger_object", "n = n + 1", f"obj = '{OBJ}'", f"recorded of {OBJ}"),
    ("ledger_tree", "range = set_byte(range, 3, 1)", "log_id = 1", "ledger_tree"),
    ("ledger_checkpoint", "note = note || ' '", "size < 310", "checkpoints/"),
]


@pytest.mark.parametrize(("table", "change", "where", "expected"), ROWS)
def test_a_changed_row_is_found_and_named(
    grown: tuple[TestHouse, Log], table: str, change: str, where: str, expected: str
) -> None:
    _, log = grown
    own = "" if table in ("ledger_head", "ledger_object") else f" AND log_id = {log.log_id}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE kept AS SELECT * FROM {table}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change} WHERE {where}{own}")
        assert cursor.rowcount >= 1
    try:
        problems = verify(log).problems
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER; DROP TABLE kept")
    assert any(expected in problem for problem in problems), problems
    assert verify(log).problems == []
