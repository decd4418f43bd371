"""Fixtures that other validators are tested with, and single changes judged by one of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.standards.ocfl.ocfl_cases import RawObject
from tests.standards.ocfl.ocfl_mutations import Change, changes
from tests.standards.ocfl.ocfl_oracle import opinion
from tests.standards.ocfl.ocfl_rebuilt import OBJECTS, bad_root

from tangthu.standards.ocfl import validate_object, validate_root

# Where ocfl-py 2.1 and we differ on the verdict, by words in the name of the change.
VERDICTS = {
    "fixity = {'sha512/256'": "an algorithm of the registered extension 0001, which E056 allows",
    "type = 'https://ocfl.io/1.": "E038: ocfl-py does not compare type with the declaration, and"
    " allows a text after the address",
    "08:00:00z": "RFC 3339 section 5.6 allows t and z in lower case",
    "user.name = ''": "E054: an empty text names nobody; ocfl-java asks the same",
    "declaration 'ocfl_object_1.1": "E007 asks for the line feed and nothing else",
    "inventory.json\\n{0} inventory.json": "E061: one digest; ocfl-py reads the first line only",
}
# Pairs of codes (ours, theirs) for one and the same fault; ours is nearer to the words broken.
CODES_FOR_ONE_FAULT = {
    ("E001", "E046"): "v0 is no version name at all",
    ("E014", "E042"): "v01 instead of v1 is not the real name of a folder",
    ("E017", "E042"): "an empty contentDirectory is wrong itself, not the paths with content in it",
    ("E108", "E042"): "the same under 1.1",
    ("E108", "E017"): "no text, so no folder; E017 is about a slash",
    ("E029", "E057"): "a sha1 value that is not 40 hex digits",
    (
        "E100",
        "E057",
    ): "a leading slash in a fixity path; the fixture E100_E099_fixity asks for E100",
    ("E042", "E057"): "a fixity path that leads into no content folder",
    ("E092", "E050"): "a manifest entry without array; the state that names its digest is right",
    ("E092", "E066"): "a lost content path; the state has the same digests",
    ("E099", "E042"): "an empty part of a content path",
    ("E099", "E066"): "the same in an earlier inventory",
    ("E101", "E042"): "a content path that is a folder of another one",
    ("E101", "E066"): "the same in an earlier inventory",
    ("E106", "E041"): "1.1 has E106 for a manifest that is no object",
    ("E038", "E103"): "type unlike the declaration",
    ("E050", "E107"): "1.0 has no E107; its fixture was named E050_file_in_manifest_not_used",
    ("E047", "E009"): "what the version is described by is wrong as well",
    ("E061", "E060"): "the digest is none of this algorithm",
}


def _codes(root: Path) -> set[str]:
    return {item.code for item in validate_object(root)}


@pytest.mark.parametrize(
    ("name", "spec", "codes", "change"),
    OBJECTS,
    ids=[f"{spec}-{name}" for name, spec, *_ in OBJECTS],
)
def test_a_fixture_of_another_validator_gets_its_codes(
    tmp_path: Path, name: str, spec: str, codes: set[str], change: Change
) -> None:
    thing = RawObject(tmp_path / "object", spec)
    change(thing)
    assert _codes(thing.root) == codes


def test_the_roots_of_other_validators_get_their_codes(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    RawObject(root / "good", "1.0")
    assert {item.code for item in validate_root(root)} == {"E069"}
    (root / "0=ocfl_1.0").write_text("ocfl_1.0\n")
    (root / "readme.txt").write_text("ignored (E087)")
    (root / "extensions" / "0003-hash-and-id-n-tuple-storage-layout").mkdir(parents=True)
    assert list(validate_root(root)) == []
    (root / "extensions" / "own").mkdir()
    assert {item.code for item in validate_root(root)} == {"W016"}
    bad_root(root)
    errors = {
        (item.place.partition("/")[0], item.code)
        for item in validate_root(root)
        if item.severity == "error"
    }
    assert errors >= {
        ("two", "E003"),
        ("unknown", "E006"),
        ("special", "E006"),
        ("loose", "E072"),
        ("empty", "E073"),
    }
    assert {place for place, _ in errors} == {"two", "unknown", "special", "loose", "empty"}


def _judge(folder: Path, spec: str, chosen: Iterable[tuple[str, Change]]) -> int:
    judged = 0
    for name, change in chosen:
        thing = RawObject(folder / "object", spec)
        change(thing)
        ours = {code for code in _codes(thing.root) if code.startswith("E")}
        try:
            valid, codes = opinion(thing.root)
        except Exception:  # ocfl-py raises on much hostile input; ours has been asked all the same
            continue
        finally:
            shutil.rmtree(thing.root)
        judged += 1
        if valid is bool(ours):
            assert any(words in name for words in VERDICTS), (spec, name, ours, codes)
        elif ours:
            theirs = {code for code in codes if code.startswith("E")}
            assert ours & theirs or any(
                (mine, other) in CODES_FOR_ONE_FAULT for mine in ours for other in theirs
            ), (spec, name, ours, theirs)
    return judged


def test_single_changes_are_judged_as_another_validator_judges_them(tmp_path: Path) -> None:
    every = list(changes())
    assert len({name for name, _ in every}) == len(every)
    assert _judge(tmp_path, "1.1", every[::11]) > 60
    assert _judge(tmp_path, "1.0", every[3::31]) > 20


@pytest.mark.soak
@pytest.mark.parametrize("spec", ["1.0", "1.1"])
def test_all_single_changes_are_judged_as_another_validator_judges_them(
    tmp_path: Path, spec: str
) -> None:
    assert _judge(tmp_path, spec, changes()) > 800
