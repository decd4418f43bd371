"""Storing objects and versions, and reading back exactly what was stored."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.standards.ocfl.ocfl_cases import RawObject
from tests.standards.ocfl.ocfl_oracle import opinion, root_is_valid

from tangthu.standards import durable
from tangthu.standards.ocfl import (
    DamagedSourceError,
    DigestMismatchError,
    LogicalPathError,
    Note,
    ObjectExistsError,
    ObjectMissingError,
    Source,
    StorageRoot,
    UnreadableObjectError,
    VersionConflictError,
    VersionMissingError,
    add_version,
    create_object,
    open_object,
    open_root,
    validate_object,
    validate_root,
)

ID = "urn:uuid:0b7e7f5c-8b1b-4a6f-9a53-7d2b7d0f7c11"


def contents(root: Path, version: str | None = None) -> dict[str, bytes]:
    """Everything in a version of an object, read with verification."""
    opened = open_object(root)
    return {path: b"".join(opened.read(path, version)) for path in opened.state(version)}


def assert_sound(store: StorageRoot) -> None:
    """Valid by both validators, nothing but the sha256 remark, and no leftovers."""
    assert {item.code for item in validate_root(store.root)} <= {"W004"}
    assert root_is_valid(store.root)
    assert [name for name in os.listdir(store.staging) if name != "locks"] == []


def test_versions_keep_their_own_files(store: StorageRoot, note: Note, later: Note) -> None:
    first = {"Tờ trình.pdf": b"one", "phụ lục/bảng.xlsx": b"two", "bản sao.pdf": b"one"}
    made = create_object(store, ID, first, note)
    assert (made.version, made.new_files, made.recognised) == ("v1", 2, False)
    second = add_version(
        store, ID, {"Tờ trình.pdf": b"three", "cũ.pdf": b"one"}, later, delete=["bản sao.pdf"]
    )
    assert (second.version, second.new_files) == ("v2", 1)
    assert contents(made.object_root, "v1") == first
    assert contents(made.object_root) == {
        "Tờ trình.pdf": b"three",
        "phụ lục/bảng.xlsx": b"two",
        "cũ.pdf": b"one",
    }
    version = open_object(made.object_root).version()
    assert version.created == "2026-02-01T07:00:00+07:00"
    assert (version.message, version.user_address) == ("Sửa mô tả", "mailto:a@example.org")
    assert opinion(made.object_root) == (True, {"W004"})
    assert_sound(store)


def test_a_version_can_replace_the_whole_state(store: StorageRoot, note: Note, later: Note) -> None:
    made = create_object(store, ID, {"a": b"1", "b": b"2"}, note)
    add_version(store, ID, {"c": b"1"}, later, keep=False)
    assert contents(made.object_root) == {"c": b"1"}
    assert_sound(store)


def test_an_object_and_a_version_may_be_empty(store: StorageRoot, note: Note, later: Note) -> None:
    made = create_object(store, ID, {}, note)
    add_version(store, ID, {}, later)
    assert contents(made.object_root) == {}
    assert_sound(store)


def test_sources_may_be_paths_bytes_and_streams(
    store: StorageRoot, note: Note, tmp_path: Path
) -> None:
    big = os.urandom(3 * 1024 * 1024 + 17)
    (tmp_path / "big").write_bytes(big)

    def pieces() -> Iterator[bytes]:
        yield from (big[:1], b"", big[1:])

    digest = hashlib.sha256(big).hexdigest()
    made = create_object(
        store,
        ID,
        {
            "path": Source(tmp_path / "big", digest.upper()),
            "again": Source(tmp_path / "big", digest),
            "stream": Source(pieces()),
            "bytes": b"",
        },
        note,
        fixity=("md5", "sha512"),
    )
    assert made.new_files == 2
    assert contents(made.object_root) == {"path": big, "again": big, "stream": big, "bytes": b""}
    block = open_object(made.object_root).inventory.fixity
    assert set(block) == {"md5", "sha512"}
    assert hashlib.sha512(big).hexdigest() in block["sha512"]
    assert_sound(store)


def test_bytes_that_are_not_the_announced_ones_store_nothing(
    store: StorageRoot, note: Note, later: Note, tmp_path: Path
) -> None:
    (tmp_path / "f").write_bytes(b"x" * 2_000_000)
    wrong = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(DigestMismatchError, match="thư") as caught:
        create_object(store, ID, {"thư.pdf": Source(tmp_path / "f", wrong)}, note)
    assert caught.value.facts["file"] == "thư.pdf"
    assert list(store.objects()) == []
    create_object(store, ID, {"a": b"other"}, note)
    with pytest.raises(DigestMismatchError):
        add_version(store, ID, {"thư.pdf": Source(tmp_path / "f", wrong)}, later)
    assert contents(store.path_of(ID)) == {"a": b"other"}
    assert_sound(store)


@pytest.mark.parametrize(
    ("step", "pattern"),
    [("ocfl.content.fsynced", "v2/content/*"), ("ocfl.inventory.fsynced", "v2/inventory.json")],
)
def test_bytes_that_the_disk_does_not_give_back_are_not_committed(
    store: StorageRoot, note: Note, later: Note, step: str, pattern: str
) -> None:
    create_object(store, ID, {"a": b"1"}, note)

    def rot(name: str) -> None:
        for path in store.staging.glob(f"*/object/{pattern}") if name == step else ():
            path.write_bytes(b"rotten")

    durable.observe(rot)
    try:
        with pytest.raises(DigestMismatchError, match="read back"):
            add_version(store, ID, {"b": b"2"}, later)
    finally:
        durable.observe(None)
    assert contents(store.path_of(ID)) == {"a": b"1"}
    assert_sound(store)


def test_a_source_that_is_missing_a_link_or_a_pipe_is_refused(
    store: StorageRoot, note: Note, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "store" / "0=ocfl_1.1")
    os.mkfifo(tmp_path / "pipe")
    for name in ("missing", "link", "pipe", "store"):
        with pytest.raises(DamagedSourceError):
            create_object(store, ID, {"ok": b"1", "a": tmp_path / name}, note)
    assert_sound(store)


@pytest.mark.parametrize(
    "paths",
    [[""], ["/a"], ["a/"], ["a//b"], ["."], ["a/../b"], ["\ud800"], ["a", "a/b"], ["x" * 40_000]],
)
def test_unsafe_or_conflicting_logical_paths_are_refused(
    store: StorageRoot, note: Note, paths: list[str]
) -> None:
    with pytest.raises(LogicalPathError):
        create_object(
            store, ID, {path: path[:9].encode("utf-8", "replace") for path in paths}, note
        )
    with pytest.raises(LogicalPathError):
        create_object(store, ID, [("twice", b"1"), ("twice", b"2")], note)
    assert list(store.objects()) == []
    assert_sound(store)


def test_names_that_some_file_system_would_confuse_stand_side_by_side(
    store: StorageRoot, note: Note
) -> None:
    nfc = unicodedata.normalize("NFC", "Quyết định/Đồng Tháp.pdf")
    names = [
        nfc,
        unicodedata.normalize("NFD", nfc),
        "README",
        "readme",
        "Readme/x",
        "con",
        "aux.txt",
        "a.",
        " a",
        "a b\tc\n",
        "%2e%2e",
        "..a",
        "~",
        "é" * 5_000,
        "/".join(["sâu"] * 300),
        'tên có \\ và :*?"<>|',
        "\u202egnp.exe",
        ".hidden",
    ]
    files = {name: f"{number}".encode() for number, name in enumerate(names)}
    made = create_object(store, ID, files, note)
    assert contents(made.object_root) == files
    stored = [path for path, _ in open_object(made.object_root).inventory.content_files()]
    assert len({path.casefold() for path in stored}) == len(names)
    assert all(path.isascii() and len(path) < 240 for path in stored)
    assert_sound(store)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1)
            .filter(lambda part: part not in (".", ".."))
            .map(lambda part: part[:300]),
            min_size=1,
            max_size=3,
        ).map("/".join),
        st.binary(max_size=20),
        max_size=6,
    )
)
def test_any_set_of_logical_paths_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    from tangthu.standards.ocfl import create_root

    folders = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
    store = create_root(tmp_path_factory.mktemp("paths") / "root")
    note = Note("m", "n", "mailto:a@example.org", datetime.fromisoformat("2026-01-01T00:00:00Z"))
    if folders & files.keys():
        with pytest.raises(LogicalPathError):
            create_object(store, ID, files, note)
        return
    made = create_object(store, ID, files, note)
    assert contents(made.object_root) == files
    assert {item.code for item in validate_object(made.object_root)} == {"W004"}


def test_an_identifier_is_used_once(store: StorageRoot, note: Note, later: Note) -> None:
    create_object(store, ID, {"a": b"1"}, note)
    for files, said in (({"a": b"2"}, note), ({"a": b"1"}, later), ({"a": b"1", "b": b"1"}, note)):
        with pytest.raises(ObjectExistsError):
            create_object(store, ID, files, said)
    assert contents(store.path_of(ID)) == {"a": b"1"}
    with pytest.raises(ObjectMissingError):
        add_version(store, "urn:other", {"a": b"1"}, later)
    assert_sound(store)


def test_the_same_call_again_is_recognised_and_stores_nothing(
    store: StorageRoot, note: Note, later: Note
) -> None:
    first = create_object(store, ID, {"a": b"1"}, note)
    again = create_object(store, ID, {"a": b"1"}, note)
    assert again == replace(first, recognised=True, new_files=0)
    second = add_version(store, ID, {"b": b"2"}, later, delete=["a"], expected_head=1)
    for head in (1, None):
        once_more = add_version(store, ID, {"b": b"2"}, later, delete=["a"], expected_head=head)
        assert once_more == replace(second, recognised=True, new_files=0)
    with pytest.raises(VersionConflictError):
        add_version(store, ID, {"b": b"other"}, later, expected_head=1)
    assert len(open_object(first.object_root).inventory.versions) == 2
    assert_sound(store)


def test_a_version_built_upon_an_older_one_is_refused(
    store: StorageRoot, note: Note, later: Note
) -> None:
    create_object(store, ID, {"a": b"1"}, note)
    add_version(store, ID, {"b": b"2"}, later, expected_head=1)
    latest = replace(later, message="sau")
    with pytest.raises(VersionConflictError):
        add_version(store, ID, {"c": b"3"}, latest, expected_head=1)
    with pytest.raises(VersionMissingError):
        add_version(store, ID, {}, latest, delete=["không có"])
    assert add_version(store, ID, {"c": b"3"}, latest, expected_head=2).version == "v3"
    assert_sound(store)


def test_a_foreign_object_is_carried_on_in_its_own_manner(
    store: StorageRoot, later: Note, tmp_path: Path
) -> None:
    thing = RawObject(store.path_of(ID), "1.0", ID)
    for inventory in thing.both():
        inventory["contentDirectory"] = "content"
    thing.rename_versions({"v1": "v001", "v2": "v002"})
    thing.seal_renamed("v001", "v002")
    (thing.root / "logs").mkdir()
    (thing.root / "logs" / "audit.txt").write_text("kept")
    made = add_version(store, ID, {"new.txt": b"new", "same.txt": b"one\n"}, later)
    assert (made.version, made.new_files) == ("v003", 1)
    assert (made.object_root / "0=ocfl_object_1.1").is_file()
    assert not (made.object_root / "0=ocfl_object_1.0").exists()
    assert (made.object_root / "inventory.json.sha512").is_file()
    assert (made.object_root / "logs" / "audit.txt").read_text() == "kept"
    assert contents(made.object_root)["same.txt"] == b"one\n"
    assert {item.code for item in validate_object(made.object_root)} == {"W001"}
    assert opinion(made.object_root)[0]


def test_padded_names_that_are_used_up_end_the_object(store: StorageRoot, later: Note) -> None:
    thing = RawObject(store.path_of(ID), object_id=ID)
    names = {"v1": "v01", "v2": "v02"}
    thing.rename_versions(names)
    for number in range(3, 10):
        thing.v2["versions"][f"v{number:02}"] = thing.v2["versions"]["v02"]
        (thing.root / f"v{number:02}").mkdir()
    thing.v2["head"] = "v09"
    thing.seal_renamed("v01", "v09")
    for name in ("inventory.json", "inventory.json.sha512"):
        (thing.root / "v02" / name).unlink(missing_ok=True)
    assert {item.code for item in validate_object(thing.root)} == {"W001", "W010"}
    with pytest.raises(VersionConflictError):
        add_version(store, ID, {"x": b"1"}, later)


def test_no_version_is_added_to_a_damaged_inventory(
    store: StorageRoot, note: Note, later: Note
) -> None:
    made = create_object(store, ID, {"a": b"1"}, note)
    inventory = made.object_root / "inventory.json"
    inventory.write_bytes(inventory.read_bytes().replace(b'"a"', b'"b"'))
    with pytest.raises(UnreadableObjectError):
        add_version(store, ID, {"c": b"3"}, later)


def test_no_version_is_added_over_an_unknown_folder(
    store: StorageRoot, note: Note, later: Note
) -> None:
    made = create_object(store, ID, {"a": b"1"}, note)
    (made.object_root / "v2").mkdir()
    with pytest.raises(UnreadableObjectError):
        add_version(store, ID, {"c": b"3"}, later)


def test_a_file_system_without_exchange_gets_the_same_result(
    store: StorageRoot, note: Note, later: Note
) -> None:
    plain = open_root(store.root, exchange=False)
    made = create_object(plain, ID, {"a": b"1"}, note)
    add_version(plain, ID, {"b": b"2"}, later)
    assert contents(made.object_root) == {"a": b"1", "b": b"2"}
    assert_sound(plain)


def test_earlier_files_are_not_copied_for_a_new_version(
    store: StorageRoot, note: Note, later: Note
) -> None:
    made = create_object(store, ID, {"a": b"1"}, note)
    before = (made.object_root / "v1" / "content" / "a").stat().st_ino
    add_version(store, ID, {"b": b"2"}, later)
    status = (made.object_root / "v1" / "content" / "a").stat()
    assert (status.st_ino, status.st_nlink) == (before, 1)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Note("m", "n", "mailto:a@example.org", datetime(2026, 1, 1))


def test_objects_are_found_by_walking_the_root(store: StorageRoot, note: Note) -> None:
    ids = [f"urn:example:{number}" for number in range(12)]
    for object_id in ids:
        create_object(store, object_id, {"a": object_id.encode()}, note)
    found = sorted(open_object(path).id for path in store.objects())
    assert found == sorted(ids)
    assert_sound(store)
