"""Objects and inventories made to hurt: bounded, quick, and never an exception."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.standards.ocfl.ocfl_cases import RawObject
from tests.standards.ocfl.test_ocfl_writing import ID, contents

from tangthu.standards.ocfl import (
    DamagedSourceError,
    InvalidInventoryError,
    Note,
    StorageRoot,
    add_version,
    create_object,
    load_inventory,
    parse_inventory,
    replicate,
    validate_object,
    validate_root,
)
from tangthu.standards.ocfl.check_inventory import check
from tangthu.standards.ocfl.codes import Findings


def error_codes(root: Path) -> set[str]:
    return {item.code for item in validate_object(root) if item.severity == "error"}


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b'{"id":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"id": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe{}",
        b"",
        b'{"id": "\\ud800", "manifest": {"\\ud800": ["\\ud800/\\ud800/\\ud800"]}}',
        b'{"id": "a\\u0000b", "head": "\\u0000", "contentDirectory": "\\u0000"}',
        b"null",
    ],
)
def test_json_bombs_are_findings_and_typed_errors(tmp_path: Path, data: bytes) -> None:
    thing = RawObject(tmp_path / "object")
    thing.seal(data)
    codes = error_codes(thing.root)
    assert codes
    with pytest.raises(InvalidInventoryError):
        parse_inventory(data)
    with pytest.raises(InvalidInventoryError):
        load_inventory(thing.root)
    if b"id" not in data:
        assert codes == {"E033"}


def test_an_inventory_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    size = (thing.root / "inventory.json").stat().st_size
    assert validate_object(thing.root, max_inventory=size) == []
    findings = validate_object(thing.root, max_inventory=size - 1)
    assert [item.code for item in findings] == ["E033"]
    os.truncate(thing.root / "inventory.json", 2 * 1024**3)
    assert error_codes(thing.root) == {"E033"}


def test_the_number_of_findings_is_bounded(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    for number in range(12_000):
        thing.v2[f"key {number}"] = 1
    thing.seal()
    assert len(validate_object(thing.root)) == 10_000


@pytest.mark.parametrize(
    "path",
    [
        "v1/content/../../../outside",
        "/etc/passwd",
        "v1/content/x\0y",
        "v1/content/" + "x" * 5_000,
        "v1/content/" + "x/" * 5_000 + "y",
    ],
)
def test_content_paths_lead_nowhere_outside(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").write_bytes(b"one\n")
    thing = RawObject(tmp_path / "object")
    digest = next(iter(thing.v1["manifest"]))
    for inventory in thing.both():
        inventory["manifest"][digest] = [path]
    thing.seal()
    assert error_codes(thing.root)


def test_names_that_are_not_utf8_are_told_printably(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    for folder in ("", "v1", "v1/content"):
        with open(os.path.join(os.fsencode(thing.root / folder), b"\xff\xfe\x1b[31m"), "wb"):
            pass
    findings = validate_object(thing.root)
    assert sorted(item.code for item in findings) == ["E001", "E015", "E023"]
    for item in findings:
        assert item.place.isprintable()
        item.place.encode()


def test_pipes_in_the_place_of_every_file_hang_nothing(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    files = [path for path in thing.root.rglob("*") if path.is_file()]
    for path in files:
        data = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        assert error_codes(thing.root), path
        path.unlink()
        path.write_bytes(data)
    assert validate_object(thing.root) == []


def test_links_in_the_place_of_every_file_and_folder_are_not_followed(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    for path in sorted(thing.root.rglob("*")):
        aside = tmp_path / "aside"
        path.rename(aside)
        path.symlink_to(aside)
        assert error_codes(thing.root), path
        path.unlink()
        aside.rename(path)
    assert validate_object(thing.root) == []


def test_folders_deeper_than_a_path_may_be_long_do_not_break_the_walk(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "root" / "a" / "object")
    (tmp_path / "root" / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    for start in (thing.root / "v1" / "content", tmp_path / "root"):
        here = os.open(start, os.O_RDONLY)
        for _ in range(30):
            os.mkdir("d" * 200, dir_fd=here)
            below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)
    assert error_codes(thing.root) <= {"E023", "E024"}
    assert error_codes(thing.root)
    assert {item.code for item in validate_root(tmp_path / "root")} & {"E088", "E073"}


def test_an_object_of_very_many_nested_folders_is_copied_and_removed(
    tmp_path: Path, store: StorageRoot
) -> None:
    thing = RawObject(tmp_path / "object")
    nested = "v1/content/" + "d/" * 1_200 + "a.txt"
    target = thing.root / nested
    for folder in reversed([parent for parent in target.parents if not parent.exists()]):
        folder.mkdir()
    (thing.root / "v1/content/a.txt").rename(target)
    for inventory in thing.both():
        inventory["manifest"][next(iter(inventory["manifest"]))] = [nested]
    thing.seal()
    assert validate_object(thing.root) == []
    copied = replicate(thing.root, store).object_root
    assert (copied / nested).read_bytes() == b"one\n"
    target.write_bytes(b"bad")
    (copied / "inventory.json").write_bytes(b"")
    with pytest.raises(DamagedSourceError):
        replicate(thing.root, store, replace=True)
    assert [name for name in os.listdir(store.staging) if name != "locks"] == []
    subprocess.run(["rm", "-rf", thing.root, copied], check=True)  # pytest's own removal recurses


def test_what_is_no_object_or_root_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "missing", tmp_path / "file", tmp_path / ("x" * 300)):
        assert validate_object(path)
        assert list(validate_root(path))
    (tmp_path / "empty").mkdir()
    assert error_codes(tmp_path / "empty") == {"E003", "E063"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, (dict, list)):
            found += _places(inner, (*path, key))
        else:
            found.append((*path, key))
    return found


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    thing = RawObject(tmp_path_factory.mktemp("sound") / "object")
    thing.v2["fixity"] = {"md5": {"0" * 32: ["v1/content/a.txt"]}}
    thing.v2["contentDirectory"] = "content"
    return thing.v2


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_value_anywhere_in_an_inventory_raises(
    sound: dict[str, Any], data: st.DataObject
) -> None:
    broken: Any = copy.deepcopy(sound)
    place = data.draw(st.sampled_from(_places(broken)))
    value = data.draw(JSON)
    if not place:
        broken = value
    else:
        inner = broken
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
    findings = Findings()
    check(broken, findings, "inventory.json", "1.1")
    text = json.dumps(broken).encode()
    if findings.errors:
        with pytest.raises(InvalidInventoryError):
            parse_inventory(text)
    else:
        assert parse_inventory(parse_inventory(text).to_bytes()) == parse_inventory(text)


def test_a_disk_that_is_full_leaves_nothing_behind(
    store: StorageRoot, note: Note, later: Note, tmp_path: Path
) -> None:
    def failing() -> Any:
        yield b"x" * 2_000_000
        raise OSError(28, "No space left on device")

    from tangthu.standards.ocfl import Source

    create_object(store, ID, {"a": b"1"}, note)
    with pytest.raises(OSError, match="No space"):
        add_version(store, ID, {"b": Source(failing())}, later)
    assert contents(store.path_of(ID)) == {"a": b"1"}
    assert [name for name in os.listdir(store.staging) if name != "locks"] == []


def test_two_writers_of_one_object_come_one_after_the_other(
    store: StorageRoot, note: Note, later: Note
) -> None:
    from dataclasses import replace

    from tangthu.standards.ocfl import VersionConflictError

    create_object(store, ID, {"a": b"1"}, note)
    results: list[str] = []

    def write(number: int) -> None:
        said = replace(later, message=f"writer {number}")
        try:
            add_version(store, ID, {f"{number}": b"%d" % number}, said, expected_head=1)
            results.append("stored")
        except VersionConflictError:
            results.append("refused")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused"] * 5 + ["stored"]
    assert len(load_inventory(store.path_of(ID)).inventory.versions) == 2


def test_objects_that_share_new_folders_are_made_at_the_same_time(
    store: StorageRoot, note: Note
) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(4):
                create_object(store, f"urn:example:{number}:{turn}", {"a": b"1"}, note)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list(store.objects())) == 16
    assert {item.code for item in validate_root(store.root)} == {"W004"}
