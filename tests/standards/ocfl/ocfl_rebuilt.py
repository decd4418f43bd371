"""Fixtures of OCFL/fixtures, ocfl-py, rocfl and ocfl-go that are not in the corpora, made by code.

Only what each fixture is about (its name, its codes) is taken over; the objects are ours.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.standards.ocfl.ocfl_cases import BYTES, RawObject, sha

A, B, C = (sha(BYTES[name]) for name in ("a.txt", "dir/b.txt", "c.txt"))
MD5 = sha(BYTES["a.txt"], "md5")
Change = Callable[[RawObject], object]
OBJECTS: list[tuple[str, str, set[str], Change]] = []
"""name, versions of the specification it is for, the codes it gets, how to make it"""


def fixture(name: str, specs: str, *codes: str) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        OBJECTS.extend((name, spec, set(codes), change) for spec in specs.split())
        return change

    return register


def _all(change: Callable[[dict[str, Any]], object]) -> Change:
    def make(thing: RawObject) -> None:
        for inventory in thing.both():
            change(inventory)
        thing.seal()

    return make


def _typed(thing: RawObject, *types: str) -> None:
    """Give the inventories of v1, v2 and, if named, a third version these specifications."""
    for inventory, spec in zip(thing.both(), types, strict=False):
        inventory["type"] = f"https://ocfl.io/{spec}/spec/#inventory"
    thing.seal()
    if len(types) > 2:
        third = json.loads(thing.text())
        third["type"] = f"https://ocfl.io/{types[2]}/spec/#inventory"
        third["head"] = "v3"
        third["versions"]["v3"] = third["versions"]["v2"]
        for folder in ("v3", ""):
            thing.write(folder, json.dumps(third).encode())
    declared = f"ocfl_object_{types[-1]}"
    (thing.root / f"0=ocfl_object_{thing.spec}").unlink()
    (thing.root / f"0={declared}").write_text(f"{declared}\n")


@fixture("E023_missing_file", "1.0 1.1", "E023", "E092")
def missing_file(thing: RawObject) -> None:
    (thing.root / "v1/content/a.txt").unlink()


@fixture("E050_file_in_manifest_not_used", "1.0", "E050")
@fixture("E107_file_in_manifest_not_used", "1.1", "E107")
def unused_file(thing: RawObject) -> None:
    (thing.root / "v2/content/d.txt").write_bytes(b"four\n")
    thing.v2["manifest"][sha(b"four\n")] = ["v2/content/d.txt"]
    thing.seal()


@fixture("E050_state_digest_not_in_manifest", "1.0 1.1", "E050")
def unknown_digest(thing: RawObject) -> None:
    thing.v2["versions"]["v2"]["state"][sha(b"none")] = ["none.txt"]
    thing.seal()


@fixture("E103_older_spec_v2", "1.1", "E103")
def older_in_the_middle(thing: RawObject) -> None:
    _typed(thing, "1.1", "1.0", "1.1")


@fixture("E103_older_spec_v2 (declared)", "1.1", "E103")
def older_at_the_end(thing: RawObject) -> None:
    _typed(thing, "1.1", "1.0")


@fixture("E103_older_spec_v2 (undeclared)", "1.1", "E103", "E038")
def older_but_declared_newer(thing: RawObject) -> None:
    older_at_the_end(thing)
    (thing.root / "0=ocfl_object_1.0").unlink()
    (thing.root / "0=ocfl_object_1.1").write_text("ocfl_object_1.1\n")


@fixture("E103_inconsistent_ocfl_versions", "1.0", "E103")
def newer_in_the_middle(thing: RawObject) -> None:
    _typed(thing, "1.0", "1.1", "1.0")


@fixture("E003_multiple_decl, E003_two_declarations", "1.1", "E003")
def two_declarations(thing: RawObject) -> None:
    (thing.root / "0=ocfl_object_1.0").write_text("ocfl_object_1.0\n")


@fixture("E009_version_two_only", "1.0 1.1", "E009")
def only_version_two(thing: RawObject) -> None:
    shutil.rmtree(thing.root / "v1")
    thing.v2["manifest"] = {C: ["v2/content/c.txt"]}
    thing.v2["versions"] = {"v2": {**thing.v2["versions"]["v2"], "state": {C: ["c.txt"]}}}
    current = json.dumps(thing.v2).encode()
    thing.write("v2", current)
    thing.write("", current)


@fixture("E012_inconsistent_version_format", "1.0 1.1", "E012", "E013")
def unlike_padding(thing: RawObject) -> None:
    thing.rename_versions({"v2": "v0002"})
    thing.seal_renamed("v1", "v0002")


@fixture("E019_content_dir_set_in_v2_not_v1", "1.0 1.1", "E019", "E020")
def content_directory_late(thing: RawObject) -> None:
    _empty_v1(thing)
    thing.v2["contentDirectory"] = "stuff"
    _in_stuff(thing)


@fixture("E020_inconsistent_content_directory", "1.0 1.1", "E019", "E020")
def content_directory_changing(thing: RawObject) -> None:
    _empty_v1(thing)
    thing.v1["contentDirectory"] = "things"
    thing.v2["contentDirectory"] = "stuff"
    _in_stuff(thing)


def _empty_v1(thing: RawObject) -> None:
    shutil.rmtree(thing.root / "v1/content")
    thing.v1["manifest"], thing.v2["manifest"] = {}, {C: ["v2/content/c.txt"]}
    for inventory in thing.both():
        inventory["versions"]["v1"]["state"] = {}
    thing.v2["versions"]["v2"]["state"] = {C: ["c.txt"]}


def _in_stuff(thing: RawObject) -> None:
    (thing.root / "v2/content").rename(thing.root / "v2/stuff")
    thing.v2["manifest"][C] = ["v2/stuff/c.txt"]
    thing.seal()


@fixture("E024_empty_dir_in_content", "1.0 1.1", "E024")
def empty_folder(thing: RawObject) -> None:
    (thing.root / "v1/content/empty").mkdir()


@fixture("E033_inventory_bad_json", "1.0 1.1", "E033")
def bad_json(thing: RawObject) -> None:
    thing.seal(thing.text().replace(",", " ", 1).encode())


OBJECTS += [
    (name, spec, {code}, _all(change))
    for name, specs, code, change in (
        ("E038_type_not_str", "1.0 1.1", "E038", lambda inv: inv.update(type=["x"])),
        ("E041_manifest_not_object", "1.0", "E041", lambda inv: inv.update(manifest="x")),
        ("E041_manifest_not_object", "1.1", "E106", lambda inv: inv.update(manifest="x")),
        ("E056_null_fixity", "1.0", "E056", lambda inv: inv.update(fixity=None)),
        ("E111_null_fixity", "1.1", "E111", lambda inv: inv.update(fixity=None)),
        (
            "E094_message_not_a_string",
            "1.0 1.1",
            "E094",
            lambda inv: inv["versions"]["v1"].update(message=["x"]),
        ),
        (
            "E099_bad_content_path_elements",
            "1.0 1.1",
            "E099",
            lambda inv: inv["manifest"].update({A: ["v1/content/./a.txt"]}),
        ),
    )
    for spec in specs.split()
]
OBJECTS += [
    (name, spec, set(), _all(change))
    for name, change in (
        ("empty_fixity", lambda inv: inv.update(fixity={})),
        ("empty_fixity block", lambda inv: inv.update(fixity={"md5": {}})),
    )
    for spec in ("1.0", "1.1")
]


@fixture("E042_bad_manifest_content_path", "1.0 1.1", "E042", "E092")
def bad_content_path(thing: RawObject) -> None:
    for inventory in thing.both():
        inventory["manifest"][A].append("v1/bad_content_path")
    thing.seal()


@fixture("E046_missing_version_dir", "1.0 1.1", "E046")
def no_version_folder(thing: RawObject) -> None:
    shutil.rmtree(thing.root / "v1")
    shutil.rmtree(thing.root / "v2")
    block = {**thing.v1["versions"]["v1"], "state": {}}
    thing.v1.update(manifest={}, versions={"v1": block})
    thing.write("", json.dumps(thing.v1).encode(), "sha512")


@fixture("E050_state_digest_different_case", "1.0 1.1", "E050")
def state_in_capitals(thing: RawObject) -> None:
    for inventory in thing.both():
        for version in inventory["versions"].values():
            version["state"][A.upper()] = version["state"].pop(A)
    thing.seal()


@fixture("E050_state_repeated_digest", "1.0 1.1", "E050")
def state_in_two_spellings(thing: RawObject) -> None:
    for inventory in thing.both():
        for version in inventory["versions"].values():
            version["state"][A.upper()] = ["again.txt"]
    thing.seal()


@fixture("E066_changed_v1_logical_path", "1.0 1.1", "E066")
def changed_logical_path(thing: RawObject) -> None:
    thing.v2["versions"]["v1"]["state"][A] = ["renamed.txt"]
    thing.seal()


@fixture("E066_changed_content_for_logical_path", "1.0 1.1", "E066")
def changed_content_of_logical_path(thing: RawObject) -> None:
    state = thing.v2["versions"]["v1"]["state"]
    state[A], state[B] = state[B], state[A]
    thing.seal()


@fixture("E092_bad_manifest_digest", "1.0 1.1", "E092")
def wrong_digest_throughout(thing: RawObject) -> None:
    text = json.dumps([thing.v1, thing.v2]).replace(A, "aaa" + A[3:])
    thing.v1, thing.v2 = json.loads(text)
    thing.seal()


@fixture("E093_fixity_digest_mismatch_in_v1", "1.0 1.1", "E093")
def wrong_fixity_in_the_past(thing: RawObject) -> None:
    thing.v1["fixity"] = {"md5": {"0" * 32: ["v1/content/a.txt"]}}
    thing.v2["fixity"] = {"md5": {MD5: ["v1/content/a.txt"]}}
    thing.seal()


@fixture("E096_manifest_repeated_digest", "1.0 1.1", "E096")
def manifest_in_two_spellings(thing: RawObject) -> None:
    _copy_of_a(thing)
    thing.v2["manifest"][A.upper()] = ["v2/content/again.txt"]
    thing.seal()


@fixture("E097_fixity_repeated_digest", "1.0 1.1", "E097")
def fixity_in_two_spellings(thing: RawObject) -> None:
    _copy_of_a(thing)
    thing.v2["manifest"][A].append("v2/content/again.txt")
    thing.v2["fixity"] = {"md5": {MD5: ["v1/content/a.txt"], MD5.upper(): ["v2/content/again.txt"]}}
    thing.seal()


@fixture("duplicated_content_files", "1.0 1.1")
def duplicate_content(thing: RawObject) -> None:
    _copy_of_a(thing)
    thing.v2["manifest"][A].append("v2/content/again.txt")
    thing.seal()


def _copy_of_a(thing: RawObject) -> None:
    (thing.root / "v2/content/again.txt").write_bytes(BYTES["a.txt"])


@fixture("ocfl_version_change", "1.0")
def newer_specification_later(thing: RawObject) -> None:
    _typed(thing, "1.0", "1.1")


@fixture("minimal_with_logs", "1.0 1.1")
def with_logs(thing: RawObject) -> None:
    (thing.root / "logs/2026").mkdir(parents=True)
    (thing.root / "logs/2026/log.txt").write_text("x")


@fixture("W003_empty_content_dir", "1.0 1.1", "W003")
def empty_content_folder(thing: RawObject) -> None:
    (thing.root / "v2/content/c.txt").unlink()
    thing.v2["versions"]["v2"]["state"].pop(C)
    thing.v2["manifest"].pop(C)
    thing.seal()


def bad_root(root: Path) -> None:
    """A root with one object of each wrong kind, as `simple-bad-root` of ocfl-py has them."""
    for number, name in enumerate(("two", "unknown", "special")):
        RawObject(root / name, "1.0", f"urn:example:{number}")
    (root / "two/0=ocfl_object_1.1").write_text("ocfl_object_1.1\n")
    (root / "unknown/0=ocfl_object_1.0").rename(root / "unknown/0=ocfl_object_0.9")
    (root / "special/0=ocfl_object_1.0").rename(root / "special/0=special_object_yeah")
    (root / "empty").mkdir()
    (root / "loose").mkdir()
    (root / "loose/x.txt").write_text("x")
