"""The fixtures of the OCFL community (1.0 all; 1.1 good and warn), judged as their names say."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from tests.standards.ocfl.ocfl_oracle import opinion
from tests.support import corpora

from tangthu.standards.ocfl import load_inventory, open_object, parse_inventory, validate_object
from tangthu.standards.ocfl.reader import check_files

# True breaches beside the one that gave the fixture its name.
BESIDES = {
    "E010_missing_versions": {"E046"},
    "E019_inconsistent_content_dir": {"E020"},
    "E049_E050_E054_bad_version_block_values": {"E094"},
}


def _fixtures(kind: str) -> list[Path]:
    folder = corpora.need("ocfl-fixtures")
    found = sorted(
        path for spec in ("1.0", "1.1") for path in folder.glob(f"{spec}/{kind}-objects/*")
    )
    assert found
    return found


def _named(path: Path) -> set[str]:
    return set(re.findall(r"[EW]\d{3}", path.name))


def test_every_bad_fixture_gets_exactly_the_codes_in_its_name() -> None:
    for path in _fixtures("bad"):
        errors = {item.code for item in validate_object(path) if item.severity == "error"}
        assert errors == _named(path) | BESIDES.get(path.name, set()), path.name
        assert opinion(path)[0] is False, path.name


def _carried_to_1_1(fixture: Path, target: Path) -> Path:
    """Copy a 1.0 fixture as 1.1; digest files that were right before are right again."""
    shutil.copytree(fixture, target)
    for inventory in target.rglob("inventory.json"):
        before = inventory.read_bytes()
        after = before.replace(b"https://ocfl.io/1.0/spec/", b"https://ocfl.io/1.1/spec/")
        inventory.write_bytes(after)
        for sidecar in inventory.parent.glob("inventory.json.*"):
            algorithm = sidecar.suffix[1:]
            old, new = (hashlib.new(algorithm, data).hexdigest() for data in (before, after))
            sidecar.write_text(sidecar.read_text().replace(old, new))
    declaration = target / "0=ocfl_object_1.0"
    if declaration.exists():
        text = declaration.read_text().replace("1.0", "1.1")
        declaration.unlink()
        (target / "0=ocfl_object_1.1").write_text(text)
    return target


# What 1.1 has codes for besides those that 1.0 had.
BESIDES_IN_1_1 = {
    "E001_invalid_version_format": {"E104"},
    "E037_inconsistent_id": {"E110"},
}


def test_the_bad_fixtures_of_1_0_made_1_1_get_the_same_codes(tmp_path: Path) -> None:
    for path in _fixtures("bad"):
        root = _carried_to_1_1(path, tmp_path / path.name)
        errors = {item.code for item in validate_object(root) if item.severity == "error"}
        besides = BESIDES.get(path.name, set()) | BESIDES_IN_1_1.get(path.name, set())
        assert errors == _named(path) | besides, path.name
        assert opinion(root)[0] is False, path.name


def test_every_warn_fixture_gets_exactly_the_codes_in_its_name() -> None:
    for path in _fixtures("warn"):
        assert {item.code for item in validate_object(path)} == _named(path), path.name
        assert opinion(path) == (True, _named(path)), path.name


def test_every_good_fixture_has_no_findings_and_can_be_read_back() -> None:
    for path in _fixtures("good"):
        assert validate_object(path) == [], path.name
        assert opinion(path)[0] is True, path.name
        assert {result.status for result in check_files(path)} == {"ok"}, path.name
        opened = open_object(path)
        for version in opened.inventory.versions:
            for logical in opened.state(version):
                for _ in opened.read(logical, version):
                    pass


def test_the_serialised_inventory_of_a_good_fixture_says_the_same() -> None:
    for path in _fixtures("good") + _fixtures("warn"):
        inventory = load_inventory(path).inventory
        again = parse_inventory(inventory.to_bytes())
        assert again == inventory
        assert again.to_bytes() == inventory.to_bytes()
