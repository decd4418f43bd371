"""Every rule a program can judge, broken one at a time: the right verdict and the right code."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.standards.ocfl.ocfl_cases import RawObject
from tests.standards.ocfl.ocfl_faults import FAULTS, Fault
from tests.standards.ocfl.ocfl_oracle import opinion
from tests.standards.ocfl.ocfl_root_faults import ROOT_FAULTS, make_root
from tests.standards.ocfl.ocfl_root_faults import Fault as RootFault

from tangthu.standards.ocfl import CODES, validate_object, validate_root

# What the specification forbids and ocfl-py 2.0 lets pass: a declaration without its newline
# (E007), repeated JSON keys, keys that are not specified (E102), an inventory type unlike the
# declaration (E038), hard links (E090).
ORACLE_IS_LENIENT = {
    "declaration_text",
    "head_twice",
    "unknown_key",
    "unknown_version_key",
    "unknown_user_key",
    "type_of_another_version",
    "state_digest_repeated",
    "manifest_digest_repeated",
    "content_is_a_hard_link",
}
# What makes ocfl-py 2.0 raise instead of judging; found out by running it.
ORACLE_FAILS = {
    "utf16",
    "manifest_gone",
    "version_text",
    "logical_not_text",
    "content_not_text",
    "declaration_as_folder",
    "no_state",
    "state_array",
}


def codes_of(root: Path, severity: str = "error") -> set[str]:
    return {item.code for item in validate_object(root) if item.severity == severity}


def test_the_object_that_the_faults_are_put_into_is_perfect(tmp_path: Path) -> None:
    for spec in ("1.0", "1.1"):
        thing = RawObject(tmp_path / spec, spec)
        assert validate_object(thing.root) == []
        assert opinion(thing.root) == (True, set())


@pytest.mark.parametrize(("name", "codes", "make"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_a_fault_gives_exactly_its_codes(
    tmp_path: Path, name: str, codes: set[str], make: Fault
) -> None:
    thing = RawObject(tmp_path / "object")
    make(thing)
    assert codes_of(thing.root) == codes


def test_an_independent_validator_refuses_the_same_objects(tmp_path: Path) -> None:
    for name, _, make in FAULTS:
        thing = RawObject(tmp_path / name)
        make(thing)
        if name not in ORACLE_FAILS:
            assert opinion(thing.root)[0] is (name in ORACLE_IS_LENIENT), name


@pytest.mark.parametrize(
    ("name", "codes", "make"), ROOT_FAULTS, ids=[name for name, _, _ in ROOT_FAULTS]
)
def test_a_fault_of_a_storage_root_gives_exactly_its_codes(
    tmp_path: Path, name: str, codes: set[str], make: RootFault
) -> None:
    make_root(tmp_path / "root")
    assert list(validate_root(tmp_path / "root")) == []
    make(tmp_path / "root")
    errors = {i.code for i in validate_root(tmp_path / "root") if i.severity == "error"}
    assert errors == codes


def test_a_file_in_the_extensions_of_a_root_has_its_own_code_in_1_0(tmp_path: Path) -> None:
    make_root(tmp_path / "root", "1.0")
    (tmp_path / "root" / "extensions").mkdir()
    (tmp_path / "root" / "extensions" / "x.txt").write_text("x")
    assert [item.code for item in validate_root(tmp_path / "root")] == ["E086"]


def test_every_error_code_that_we_implement_is_met_by_a_fault() -> None:
    met = {code for faults in (FAULTS, ROOT_FAULTS) for _, codes, _ in faults for code in codes}
    errors = {code for code, entry in CODES.items() if entry.severity == "error"}
    assert met | {"E086"} == errors


def _warned(root: Path) -> set[str]:
    return codes_of(root, "warning")


def test_a_content_folder_without_files_is_warned_of(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    (thing.root / "v2" / "content" / "c.txt").unlink()
    (thing.root / "v2").joinpath("content").rmdir()
    thing.v2 = {**thing.v1, "head": "v2"}
    thing.v2["versions"] = {**thing.v1["versions"], "v2": thing.v1["versions"]["v1"]}
    thing.seal()
    assert validate_object(thing.root) == []
    (thing.root / "v2" / "content").mkdir()
    assert (codes_of(thing.root), _warned(thing.root)) == (set(), {"W003"})


def test_unregistered_extensions_are_warned_of(tmp_path: Path) -> None:
    place = make_root(tmp_path / "root")
    for top, name in ((tmp_path / "root", "own"), (place, "own"), (place, "0005-mutable-head")):
        (top / "extensions" / name).mkdir(parents=True)
        (top / "extensions" / name / "x").write_text("x")
    assert sorted(item.code for item in validate_root(tmp_path / "root")) == ["W013", "W016"]


def test_mixed_hierarchies_are_warned_of(tmp_path: Path) -> None:
    make_root(tmp_path / "root", layout=None)
    RawObject(tmp_path / "root" / "top", object_id="urn:example:2")
    assert [item.code for item in validate_root(tmp_path / "root")] == ["W015"]
    RawObject(tmp_path / "root" / "a" / "b", object_id="urn:example:3")
    assert [item.code for item in validate_root(tmp_path / "root")] == ["W015", "W014"]


def test_digests_are_left_alone_when_asked_so(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    (thing.root / "v1" / "content" / "a.txt").write_text("changed")
    assert validate_object(thing.root, check_digests=False) == []
    assert [item.code for item in validate_object(thing.root)] == ["E092"]


def test_every_finding_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    thing = RawObject(tmp_path / "object")
    (thing.root / "thừa\x1b.txt").write_text("x")
    (finding,) = validate_object(thing.root)
    assert (finding.code, finding.severity) == ("E001", "error")
    assert finding.place == "thừa\\x1b.txt"
    assert finding.message and finding.fix
