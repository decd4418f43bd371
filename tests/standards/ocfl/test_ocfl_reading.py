"""Reading with verification, fixity of every file, repair from a good copy, and replication."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.standards.ocfl.ocfl_cases import RawObject
from tests.standards.ocfl.test_ocfl_writing import ID, assert_sound, contents

from tangthu.standards.ocfl import (
    DamagedSourceError,
    DigestMismatchError,
    InvalidInventoryError,
    Note,
    ObjectMissingError,
    ReplicaDivergedError,
    StorageRoot,
    UnreadableObjectError,
    VersionMissingError,
    add_version,
    check_files,
    create_object,
    load_inventory,
    open_object,
    repair_all,
    repair_file,
    replicate,
)


@pytest.fixture
def made(store: StorageRoot, note: Note, later: Note) -> Path:
    """An object of two versions in `store`."""
    create_object(store, ID, {"a.txt": b"one", "dir/b.txt": b"two"}, note)
    return add_version(store, ID, {"c.txt": b"three"}, later).object_root


@pytest.fixture
def copy(made: Path, other_store: StorageRoot) -> Path:
    """A replica of it in `other_store`."""
    return replicate(made, other_store).object_root


def statuses(root: Path) -> dict[str, str]:
    """The verdicts that are not `ok`."""
    return {item.path: item.status for item in check_files(root) if item.status != "ok"}


def test_a_good_object_is_good_in_every_file(made: Path) -> None:
    results = list(check_files(made))
    assert {item.status for item in results} == {"ok"}
    files = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
    assert {item.path for item in results} == files
    assert next(item for item in results if item.path == "v1/content/a.txt").size == 3


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _into_link(path: Path) -> None:
    path.rename(path.with_name("aside"))
    path.symlink_to("aside")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "flipped": (_flip, "changed"),
    "cut": (lambda path: os.truncate(path, 1), "changed"),
    "gone": (lambda path: path.unlink(), "missing"),
    "linked": (_into_link, "changed"),
}


@pytest.mark.req("RM-950")
@pytest.mark.parametrize("how", DAMAGES)
def test_any_damage_to_any_file_is_named_and_repaired_from_the_copy(
    store: StorageRoot, made: Path, copy: Path, how: str
) -> None:
    damage, status = DAMAGES[how]
    for path in sorted(str(p.relative_to(copy)) for p in copy.rglob("*") if p.is_file()):
        whole = (made / path).read_bytes()
        damage(made / path)
        found = statuses(made)
        (made / path).with_name("aside").unlink(missing_ok=True)
        assert found.pop(path) in ({status, "unreadable"} if "inventory" in path else {status}), (
            path
        )
        assert set(found.values()) <= {"extra", "changed"}, (path, found)
        repaired = repair_all(store, made, copy)
        assert path in {item.path for item in repaired}
        assert (made / path).read_bytes() == whole
        assert statuses(made) == {}
    assert_sound(store)


def test_a_file_too_many_is_named_and_left_alone(
    store: StorageRoot, made: Path, copy: Path
) -> None:
    (made / "v1" / "content" / "more").write_text("x")
    (made / "thừa").write_text("x")
    (made / "logs").mkdir()
    (made / "logs" / "audit").write_text("x")
    assert statuses(made) == {"v1/content/more": "extra", "thừa": "extra"}
    assert repair_all(store, made, copy) == []
    with pytest.raises(UnreadableObjectError):
        repair_file(store, made, "thừa", copy)


def test_reading_a_damaged_file_ends_in_an_error(made: Path) -> None:
    _flip(made / "v1" / "content" / "a.txt")
    with pytest.raises(DigestMismatchError) as caught:
        b"".join(open_object(made).read("a.txt"))
    assert caught.value.facts["path"] == "v1/content/a.txt"
    assert b"".join(open_object(made).read("c.txt")) == b"three"


def test_what_is_not_there_cannot_be_read(made: Path, tmp_path: Path) -> None:
    opened = open_object(made)
    with pytest.raises(VersionMissingError):
        opened.state("v3")
    with pytest.raises(VersionMissingError):
        opened.content_path("c.txt", "v1")
    with pytest.raises(ObjectMissingError):
        open_object(tmp_path / "nothing")
    assert (opened.id, opened.content_path("c.txt")) == (ID, "v2/content/c.txt")


def test_a_whole_lost_version_folder_is_repaired(
    store: StorageRoot, made: Path, copy: Path
) -> None:
    shutil.rmtree(made / "v1")
    repair_all(store, made, copy)
    assert statuses(made) == {}
    assert_sound(store)


def test_repair_refuses_a_source_that_is_not_good(
    store: StorageRoot, other_store: StorageRoot, made: Path, copy: Path, note: Note
) -> None:
    path = "v1/content/a.txt"
    _flip(made / path)
    bad = (made / path).read_bytes()
    (copy / path).write_bytes(b"else")
    with pytest.raises(DamagedSourceError):
        repair_file(store, made, path, copy)
    stranger = create_object(other_store, "urn:stranger", {"a.txt": b"one"}, note).object_root
    with pytest.raises(DamagedSourceError):
        repair_file(store, made, path, stranger)
    assert (made / path).read_bytes() == bad


def test_repair_refuses_an_earlier_inventory_that_nothing_vouches_for(
    store: StorageRoot, made: Path, copy: Path, other_store: StorageRoot, later: Note
) -> None:
    add_version(other_store, ID, {"d": b"4"}, replace(later, message="sau"))
    for name in ("inventory.json", "inventory.json.sha256"):
        (made / "v1" / name).unlink()
    with pytest.raises(DamagedSourceError):
        repair_file(store, made, "v1/inventory.json", copy)
    assert repair_file(store, made, "v1/content/a.txt", copy).replaced is False


def test_a_newer_copy_repairs_files_of_the_versions_in_common(
    store: StorageRoot, made: Path, copy: Path, other_store: StorageRoot, later: Note
) -> None:
    add_version(other_store, ID, {"d": b"4"}, replace(later, message="sau"))
    for path in ("inventory.json", "v1/inventory.json", "v1/content/dir/b.txt"):
        _flip(made / path)
        assert repair_file(store, made, path, copy).replaced is True
    assert statuses(made) == {}
    assert_sound(store)


def test_repair_does_not_write_through_a_link(
    store: StorageRoot, made: Path, copy: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(made / "v1" / "content", outside)
    shutil.rmtree(made / "v1" / "content")
    (made / "v1" / "content").symlink_to(outside)
    assert statuses(made)["v1/content/a.txt"] == "changed"
    (outside / "a.txt").unlink()
    with pytest.raises(UnreadableObjectError):
        repair_file(store, made, "v1/content/a.txt", copy)
    assert not (outside / "a.txt").exists()


def test_a_folder_in_the_place_of_a_file_is_not_removed(
    store: StorageRoot, made: Path, copy: Path
) -> None:
    _into_folder(made / "v1" / "content" / "a.txt")
    assert statuses(made)["v1/content/a.txt"] == "changed"
    with pytest.raises(UnreadableObjectError):
        repair_file(store, made, "v1/content/a.txt", copy)


def test_an_object_without_any_sound_inventory_is_replaced_as_a_whole(
    store: StorageRoot, made: Path, copy: Path
) -> None:
    for path in ("inventory.json", "v2/inventory.json"):
        (made / path).write_text("{")
    with pytest.raises((UnreadableObjectError, InvalidInventoryError)):
        list(check_files(made))
    with pytest.raises((UnreadableObjectError, InvalidInventoryError)):
        repair_file(store, made, "inventory.json", copy)
    assert replicate(copy, store, replace=True).recognised is False
    assert contents(made) == contents(copy)
    assert_sound(store)


def test_one_sound_inventory_of_the_two_is_enough(made: Path) -> None:
    (made / "inventory.json").write_text("{")
    assert load_inventory(made).inventory.head == "v2"
    assert statuses(made) == {"inventory.json": "changed"}
    (made / "inventory.json").unlink()
    (made / "inventory.json.sha256").unlink()
    assert statuses(made) == {"inventory.json": "missing", "inventory.json.sha256": "missing"}


def test_both_digest_files_may_be_lost(made: Path) -> None:
    for path in ("inventory.json.sha256", "v2/inventory.json.sha256"):
        (made / path).unlink()
    assert statuses(made) == {
        "inventory.json.sha256": "missing",
        "v2/inventory.json.sha256": "missing",
    }


def test_a_replica_is_the_same_to_the_byte_and_follows_later(
    store: StorageRoot, other_store: StorageRoot, made: Path, copy: Path, later: Note
) -> None:
    def files(root: Path) -> dict[str, bytes]:
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert files(copy) == files(made)
    assert replicate(made, other_store).recognised is True
    before = (copy / "v1" / "content" / "a.txt").stat().st_ino
    add_version(store, ID, {"d": b"4"}, replace(later, message="sau"))
    followed = replicate(made, other_store)
    assert (followed.version, followed.new_files, followed.recognised) == ("v3", 1, False)
    assert files(copy) == files(made)
    assert (copy / "v1" / "content" / "a.txt").stat().st_ino == before
    assert_sound(other_store)


def test_a_damaged_object_is_not_replicated(made: Path, other_store: StorageRoot) -> None:
    for damage, path in (
        (_flip, "v1/content/a.txt"),
        (lambda p: p.unlink(), "v1/content/dir/b.txt"),
        (_flip, "inventory.json"),
        (_flip, "v1/inventory.json"),
        (_into_link, "v2/content/c.txt"),
        (lambda p: p.write_text("x"), "v1/content/more"),
    ):
        broken = other_store.root.parent / "broken"
        shutil.copytree(made, broken)
        damage(broken / path)
        with pytest.raises(DamagedSourceError):
            replicate(broken, other_store)
        shutil.rmtree(broken)
    assert list(other_store.objects()) == []
    assert_sound(other_store)


def test_a_replica_with_another_history_is_not_overwritten(
    store: StorageRoot, other_store: StorageRoot, note: Note, later: Note
) -> None:
    made = create_object(store, ID, {"a": b"1"}, note).object_root
    create_object(other_store, ID, {"a": b"2"}, note)
    with pytest.raises(ReplicaDivergedError):
        replicate(made, other_store)
    newer = add_version(other_store, ID, {"b": b"2"}, later).object_root
    with pytest.raises(ReplicaDivergedError):
        replicate(made, other_store)
    assert contents(newer) == {"a": b"2", "b": b"2"}


def test_a_foreign_object_is_replicated_as_it_is(other_store: StorageRoot, tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "foreign", "1.0", "urn:foreign")
    (thing.root / "extensions" / "own").mkdir(parents=True)
    (thing.root / "extensions" / "own" / "x").write_text("x")
    copied = replicate(thing.root, other_store).object_root
    assert contents(copied) == {"a.txt": b"one\n", "dir/b.txt": b"two\n", "c.txt": b"three\n"}
    assert (copied / "extensions" / "own" / "x").read_text() == "x"
    assert statuses(copied) == {}
