"""One fault at a time, put into a valid object: (codes of the errors it must give, how to make it).

The codes are those the specification attaches to the broken sentence; the set is exact.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from tests.standards.ocfl.ocfl_cases import BYTES, RawObject, sha

A, B, C = (sha(BYTES[name]) for name in ("a.txt", "dir/b.txt", "c.txt"))
Fault = Callable[[RawObject], None]
FAULTS: list[tuple[str, set[str], Fault]] = []


def fault(*codes: str) -> Callable[[Fault], Fault]:
    def register(make: Fault) -> Fault:
        FAULTS.append((make.__name__, set(codes), make))
        return make

    return register


def edit(make: Callable[[dict[str, Any]], None]) -> Fault:
    """A fault in both inventories alike."""

    def apply(thing: RawObject) -> None:
        for inventory in thing.both():
            make(inventory)
        thing.seal()

    return apply


def replace_text(old: str, new: str) -> Fault:
    def apply(thing: RawObject) -> None:
        assert old in thing.text()
        thing.seal(thing.text().replace(old, new, 1).encode())

    return apply


def add(name: str, codes: set[str], make: Fault) -> None:
    FAULTS.append((name, codes, make))


def _pop(key: str) -> Fault:
    def change(inventory: dict[str, Any]) -> None:
        del inventory[key]

    return edit(change)


def _put(key: str, value: Any) -> Fault:
    def change(inventory: dict[str, Any]) -> None:
        inventory[key] = value

    return edit(change)


def _in_v1(key: str, value: Any) -> Fault:
    def change(inventory: dict[str, Any]) -> None:
        inventory["versions"]["v1"][key] = value

    return edit(change)


def _logical(value: Any) -> Fault:
    def change(inventory: dict[str, Any]) -> None:
        for version in inventory["versions"].values():
            version["state"][A] = value

    return edit(change)


def _content(value: Any) -> Fault:
    def change(inventory: dict[str, Any]) -> None:
        inventory["manifest"][A] = value

    return edit(change)


def _rename(old: str, new: str) -> Fault:
    return lambda thing: (thing.root / old).rename(thing.root / new) and None


def _write(path: str, text: str = "x") -> Fault:
    def make(thing: RawObject) -> None:
        (thing.root / path).parent.mkdir(parents=True, exist_ok=True)
        (thing.root / path).write_text(text)

    return make


DECLARATION = "0=ocfl_object_1.1"
add("extra_file", {"E001"}, _write("extra.txt"))
add("extra_folder", {"E001"}, _write("extra/x"))
add("version_as_file", {"E001"}, _write("v3"))
add("extensions_as_file", {"E001"}, _write("extensions"))
add("declared_twice", {"E003"}, _write("0=ocfl_object_1.0", "ocfl_object_1.0\n"))
add("declaration_without_sign", {"E004"}, _rename(DECLARATION, "0ocfl_object_1.1"))
add("declaration_of_another_tag", {"E005"}, _rename(DECLARATION, "1=ocfl_object_1.1"))
add("declaration_of_a_root", {"E006"}, _rename(DECLARATION, "0=ocfl_1.1"))
add("declaration_of_an_unknown_version", {"E006"}, _rename(DECLARATION, "0=ocfl_object_7.0"))
add("declaration_text", {"E007"}, _write(DECLARATION, "ocfl_object_1.1"))
add("gone_declaration", {"E003"}, lambda thing: (thing.root / DECLARATION).unlink())
add("no_content_directory_slash", {"E017"}, _put("contentDirectory", "a/b"))
add("content_directory_dots", {"E018"}, _put("contentDirectory", ".."))
add("content_directory_number", {"E108"}, _put("contentDirectory", 1))
add("content_directory_empty", {"E108"}, _put("contentDirectory", ""))
add("loose_file_in_version", {"E015"}, _write("v1/notes.txt"))
add("unlisted_content", {"E023"}, _write("v1/content/more.txt"))
add("empty_folder_in_content", {"E024"}, lambda thing: (thing.root / "v2/content/e").mkdir())
add("algorithm_list", {"E025"}, _put("digestAlgorithm", ["sha512"]))
add("not_json", {"E033"}, lambda thing: thing.seal(b"{"))
add("json_array", {"E033"}, lambda thing: thing.seal(b"[]"))
add("byte_order_mark", {"E033"}, lambda thing: thing.seal(b"\xef\xbb\xbf" + thing.text().encode()))
add("utf16", {"E033"}, lambda thing: thing.seal(thing.text().encode("utf-16")))
add("nan", {"E033"}, lambda thing: thing.seal(thing.text().replace('"v2"', "NaN", 1).encode()))
add("head_twice", {"E033"}, replace_text('"head": "v2"', '"head": "v2", "head": "v2"'))
add("inventory_in_capitals", {"E034", "E063"}, _rename("inventory.json", "Inventory.JSON"))
add("backslashes", {"E035"}, _content(["v1\\content\\a.txt"]))
add("no_id", {"E036"}, _pop("id"))
add("no_type", {"E036"}, _pop("type"))
add("no_head", {"E036"}, _pop("head"))
add("no_algorithm", {"E036"}, _pop("digestAlgorithm"))
add("id_number", {"E037"}, _put("id", 5))
add("type_other", {"E038"}, _put("type", "https://ocfl.io/1.1/spec/"))
add("head_number", {"E040"}, _put("head", 2))
add("manifest_gone", {"E041"}, _pop("manifest"))
add("manifest_array", {"E106"}, _put("manifest", []))
add("versions_gone", {"E041", "E043", "E044"}, _pop("versions"))
add("versions_array", {"E044", "E045"}, _put("versions", []))
add("versions_empty", {"E008"}, _put("versions", {}))
add("version_text", {"E047"}, edit(lambda inv: inv["versions"].update({"v1": "x"})))
add("no_created", {"E048"}, edit(lambda inv: inv["versions"]["v1"].pop("created") and None))
for label, stamp in {
    "no_zone": "2026-01-01T08:00:00",
    "no_seconds": "2026-01-01T08:00+07:00",
    "date_only": "2026-01-01",
    "month_13": "2026-13-01T08:00:00Z",
    "hour_24": "2026-01-01T24:00:00Z",
    "zone_99": "2026-01-01T08:00:00+99:00",
    "space": "2026-01-01 08:00:00Z",
    "number": 20260101,
}.items():
    add(f"created_{label}", {"E049"}, _in_v1("created", stamp))
add("logical_not_text", {"E051"}, _logical([1]))
add("logical_empty", {"E052"}, _logical([""]))
add("logical_dots", {"E052"}, _logical(["x/../a.txt"]))
add("logical_dot", {"E052"}, _logical(["./a.txt"]))
add("logical_begins", {"E053"}, _logical(["/a.txt"]))
add("logical_ends", {"E053"}, _logical(["a.txt/"]))
add("user_text", {"E054"}, _in_v1("user", "A. Nguyen"))
add("user_without_name", {"E054"}, _in_v1("user", {"address": "mailto:a@example.org"}))
add("user_address_number", {"E054"}, _in_v1("user", {"name": "A", "address": 1}))
add("fixity_unknown", {"E056"}, _put("fixity", {"crc1000": {}}))
add("fixity_block_array", {"E057"}, _put("fixity", {"md5": []}))
add("fixity_value_text", {"E057"}, _put("fixity", {"md5": {"0" * 32: "v1/content/a.txt"}}))
add("fixity_short_md5", {"E057", "E093"}, _put("fixity", {"md5": {"abc": ["v1/content/a.txt"]}}))
add("fixity_unlisted", {"E057"}, _put("fixity", {"md5": {"0" * 32: ["v1/content/no.txt"]}}))
add("fixity_array", {"E111"}, _put("fixity", []))
for algorithm, code in {
    "sha1": "E029",
    "sha256": "E030",
    "sha512": "E031",
    "blake2b-512": "E032",
}.items():
    add(
        f"fixity_not_hex_{algorithm}",
        {code, "E093"},
        _put("fixity", {algorithm: {"zz": ["v1/content/a.txt"]}}),
    )
add("fixity_wrong", {"E093"}, _put("fixity", {"md5": {"0" * 32: ["v1/content/a.txt"]}}))
add("fixity_dots", {"E099"}, _put("fixity", {"md5": {"0" * 32: ["v1/content/../content/a.txt"]}}))
add("no_sidecar", {"E058"}, lambda thing: (thing.root / "inventory.json.sha512").unlink())
add(
    "no_version_sidecar", {"E058"}, lambda thing: (thing.root / "v1/inventory.json.sha512").unlink()
)
add("sidecar_misnamed", {"E058", "E059"}, _rename("inventory.json.sha512", "inventory.json.sha256"))
add("sidecar_wrong", {"E060"}, _write("inventory.json.sha512", "0" * 128 + " inventory.json\n"))
add("sidecar_form", {"E061"}, _write("inventory.json.sha512", "0" * 128 + "\n"))
add("sidecar_other_file", {"E061"}, _write("inventory.json.sha512", "0" * 128 + " x.json\n"))
add("sidecar_short", {"E061"}, _write("v1/inventory.json.sha512", "abc inventory.json\n"))
add("no_inventory", {"E063"}, lambda thing: (thing.root / "inventory.json").unlink())
add("file_in_extensions", {"E067"}, _write("extensions/x.txt"))
add("message_number", {"E094"}, _in_v1("message", 1))
add("logical_twice", {"E095"}, _logical(["a.txt", "a.txt"]))
add("logical_of_another", {"E095"}, _logical(["dir/b.txt"]))
add("logical_file_and_folder", {"E095"}, _logical(["dir"]))
add("content_not_text", {"E098"}, _content([["v1/content/a.txt"]]))
add("content_value_text", {"E092", "E023"}, _content("v1/content/a.txt"))
add("content_none", {"E092", "E023"}, _content([]))
add("content_dots", {"E099"}, _content(["v1/content/../content/a.txt"]))
add("content_empty_part", {"E099"}, _content(["v1//content/a.txt"]))
add("content_begins", {"E100"}, _content(["/v1/content/a.txt"]))
add("content_ends", {"E100"}, _content(["v1/content/a.txt/"]))
add("content_twice", {"E101"}, _content(["v1/content/a.txt", "v1/content/a.txt"]))
add("content_file_and_folder", {"E101"}, _content(["v1/content/a.txt", "v1/content/dir"]))
add("content_of_another_version_name", {"E014", "E092", "E023"}, _content(["v01/content/a.txt"]))
add("content_of_no_version", {"E042", "E092", "E023"}, _content(["v7/content/a.txt"]))
add("content_outside", {"E042", "E092", "E023"}, _content(["v1/other/a.txt"]))
add("content_missing", {"E092", "E023"}, lambda thing: (thing.root / "v1/content/a.txt").unlink())
add("content_changed", {"E092"}, _write("v1/content/a.txt", "One\n"))
add("unknown_key", {"E102"}, _put("comment", "x"))
add("unknown_version_key", {"E102"}, _in_v1("comment", "x"))
add("unknown_user_key", {"E102"}, _in_v1("user", {"name": "A", "address": "mailto:a@b", "x": 1}))
add("symbolic_link", {"E090"}, lambda thing: os.symlink("v1", thing.root / "latest"))
add("fifo_in_content", {"E089"}, lambda thing: os.mkfifo(thing.root / "v1/content/pipe"))
add("unknown_folder_of_version", {"E046"}, _write("v3/content/x"))


@fault("E025")
def algorithm_md5(thing: RawObject) -> None:
    for path in thing.root.rglob("*.sha512"):
        path.unlink()
    for inventory in thing.both():
        inventory["digestAlgorithm"] = "md5"
    thing.seal()


@fault("E002")
def declaration_as_folder(thing: RawObject) -> None:
    (thing.root / DECLARATION).unlink()
    (thing.root / DECLARATION).mkdir()


@fault("E009")
def begins_with_two(thing: RawObject) -> None:
    text = json.dumps([thing.v1, thing.v2]).replace("v2", "v3").replace("v1", "v2")
    thing.v1, thing.v2 = json.loads(text)
    (thing.root / "v2").rename(thing.root / "v3")
    (thing.root / "v1").rename(thing.root / "v2")
    thing.seal_renamed("v2", "v3")


@fault("E010")
def leaves_out_two(thing: RawObject) -> None:
    thing.rename_versions({"v2": "v3"})
    thing.seal_renamed("v1", "v3")


@fault("E010", "E046", "E092", "E023")
def lost_folder_in_the_middle(thing: RawObject) -> None:
    third = json.loads(thing.text().replace('"head": "v2"', '"head": "v3"'))
    third["versions"]["v3"] = third["versions"]["v2"]
    data = json.dumps(third).encode()
    (thing.root / "v2").rename(thing.root / "v3")
    thing.write("v3", data)
    thing.write("", data)


@fault("E010", "E011", "E013")
def no_room_for_the_zero(thing: RawObject) -> None:
    thing.rename_versions({"v1": "v01", "v2": "v10"})
    thing.seal_renamed("v01", "v10")


@fault("E012", "E013")
def padded_after_unpadded(thing: RawObject) -> None:
    thing.rename_versions({"v2": "v02"})
    thing.seal_renamed("v1", "v02")


@fault("E001", "E104")
def version_without_v(thing: RawObject) -> None:
    thing.rename_versions({"v2": "2"})
    thing.seal_renamed("v1", "2")


@fault("E105", "E001")
def version_zero(thing: RawObject) -> None:
    thing.v2["versions"]["v0"] = thing.v2["versions"]["v1"]
    thing.seal()
    (thing.root / "v0").mkdir()


@fault("E016", "E092")
def content_folder_gone(thing: RawObject) -> None:
    (thing.root / "v2/content/c.txt").unlink()
    (thing.root / "v2/content").rmdir()


@fault("E019")
def content_directory_set_later(thing: RawObject) -> None:
    thing.v2["contentDirectory"] = "content"
    thing.seal()


@fault("E019", "E020")
def content_directory_changed(thing: RawObject) -> None:
    thing.v1["contentDirectory"] = "content"
    (thing.root / "v2/content").rename(thing.root / "v2/stuff")
    text = thing.text().replace("v2/content", "v2/stuff")
    thing.v2 = {**json.loads(text), "contentDirectory": "stuff"}
    thing.seal()


@fault("E023", "E066")
def earlier_inventory_forgets_a_file(thing: RawObject) -> None:
    del thing.v1["manifest"][B]
    thing.v1["versions"]["v1"]["state"].pop(B)
    thing.seal()


@fault("E031", "E050", "E107", "E092")
def digest_not_hex(thing: RawObject) -> None:
    thing.v2["manifest"]["not a digest"] = thing.v2["manifest"].pop(C)
    thing.seal()


@fault("E030", "E092")
def digest_not_hex_in_sha256(thing: RawObject) -> None:
    text = json.dumps([thing.v1, thing.v2]).replace("sha512", "sha256")
    for name in BYTES:
        text = text.replace(sha(BYTES[name]), sha(BYTES[name], "sha256"))
    text = text.replace(sha(BYTES["c.txt"], "sha256"), "z" * 64)
    thing.v1, thing.v2 = json.loads(text)
    for path in thing.root.rglob("*.sha512"):
        path.unlink()
    thing.seal()


@fault("E039", "E092")
def algorithm_is_not_that_of_the_digests(thing: RawObject) -> None:
    for inventory in thing.both():
        inventory["digestAlgorithm"] = "sha256"
    for path in thing.root.rglob("*.sha512"):
        path.unlink()
    thing.seal()


@fault("E037", "E110")
def id_changed(thing: RawObject) -> None:
    thing.v1["id"] = "urn:example:before"
    thing.seal()


@fault("E038")
def type_of_another_version(thing: RawObject) -> None:
    for inventory in thing.both():
        inventory["type"] = "https://ocfl.io/1.0/spec/#inventory"
    thing.seal()


@fault("E103")
def specification_going_back(thing: RawObject) -> None:
    thing.v2["type"] = "https://ocfl.io/1.0/spec/#inventory"
    (thing.root / DECLARATION).unlink()
    (thing.root / "0=ocfl_object_1.0").write_text("ocfl_object_1.0\n")
    thing.seal()


@fault("E040")
def head_is_not_the_latest(thing: RawObject) -> None:
    thing.v2["head"] = "v1"
    thing.seal()


@fault("E040")
def head_in_an_earlier_folder(thing: RawObject) -> None:
    thing.v1 = json.loads(thing.text())
    thing.seal()


@fault("E046", "E092")
def latest_folder_gone(thing: RawObject) -> None:
    for path in sorted((thing.root / "v2").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (thing.root / "v2").rmdir()


@fault("E048")
def no_state(thing: RawObject) -> None:
    for inventory in thing.both():
        del inventory["versions"]["v1"]["state"]
    thing.seal()


@fault("E050")
def state_array(thing: RawObject) -> None:
    for inventory in thing.both():
        inventory["versions"]["v1"]["state"] = []
    thing.seal()


@fault("E050")
def state_digest_in_capitals(thing: RawObject) -> None:
    state = thing.v2["versions"]["v2"]["state"]
    state[C.upper()] = state.pop(C)
    thing.seal()


@fault("E050")
def state_digest_repeated(thing: RawObject) -> None:
    thing.seal(
        thing.text().replace(f'"{C}": ["c.txt"]', f'"{C}": ["d.txt"], "{C}": ["c.txt"]').encode()
    )


@fault("E050")
def state_value_text(thing: RawObject) -> None:
    thing.v2["versions"]["v2"]["state"][C] = "c.txt"
    thing.seal()


@fault("E064")
def current_inventories_differ(thing: RawObject) -> None:
    thing.v2["versions"]["v2"]["message"] = "another"
    thing.write("", json.dumps(thing.v2).encode())


@fault("E066")
def earlier_state_differs(thing: RawObject) -> None:
    state = thing.v1["versions"]["v1"]["state"]
    state[A], state[B] = state[B], state[A]
    thing.seal()


@fault("E066")
def earlier_logical_path_differs(thing: RawObject) -> None:
    thing.v2["versions"]["v1"]["state"][A] = ["renamed.txt"]
    thing.seal()


@fault("E096")
def manifest_digest_in_two_spellings(thing: RawObject) -> None:
    thing.v2["manifest"][C.upper()] = ["v2/content/c.txt"]
    thing.seal()


@fault("E096")
def manifest_digest_repeated(thing: RawObject) -> None:
    entry = f'"{C}": ["v2/content/c.txt"]'
    thing.seal(thing.text().replace(entry, f"{entry}, {entry}").encode())


@fault("E097")
def fixity_digest_in_two_spellings(thing: RawObject) -> None:
    value = sha(BYTES["a.txt"], "md5")
    paths = ["v1/content/a.txt"]
    for inventory in thing.both():
        inventory["fixity"] = {"md5": {value: paths, value.upper(): paths}}
    thing.seal()


@fault("E107")
def manifest_digest_unused(thing: RawObject) -> None:
    (thing.root / "v2/content/d.txt").write_bytes(b"four\n")
    thing.v2["manifest"][sha(b"four\n")] = ["v2/content/d.txt"]
    thing.seal()


@fault("E090", "E092", "E023")
def content_is_a_link(thing: RawObject) -> None:
    path = thing.root / "v1/content/a.txt"
    path.rename(thing.root / "v1/content/dir/aside")
    path.symlink_to("dir/aside")


@fault("E090")
def content_is_a_hard_link(thing: RawObject) -> None:
    (thing.root / "v2/content/copy.txt").hardlink_to(thing.root / "v2/content/c.txt")
    thing.v2["manifest"][C].append("v2/content/copy.txt")
    thing.seal()


@fault("E015")
def content_beside_the_content_folder(thing: RawObject) -> None:
    (thing.root / "v2/content/c.txt").rename(thing.root / "v2/c.txt")
    (thing.root / "v2/content").rmdir()
    thing.v2["manifest"][C] = ["v2/c.txt"]
    thing.seal()


@fault("E042", "E092", "E023")
def content_outside_in_an_earlier_inventory(thing: RawObject) -> None:
    thing.v1["manifest"][A] = ["v1/other/a.txt"]
    thing.seal()
