"""vendor.toml names every file that comes from elsewhere, with the hash it has."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENTRIES = tomllib.loads((ROOT / "vendor.toml").read_text(encoding="utf-8"))["vendored"]
# Folders in which files from elsewhere lie; what is ours in them is named beside them.
PLACES = {
    "src/tangthu/standards/tt05/schemas": {
        "__init__.py",
        "EAD.xsd",
        "EAD_doc.xsd",
        "dip/EAD.xsd",
        "dip/EAD_doc.xsd",
    },
}


def test_every_vendored_file_has_the_hash_that_vendor_toml_states():
    for entry in ENTRIES:
        data = (ROOT / entry["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["path"]


def test_every_entry_says_name_version_licence_and_source():
    for entry in ENTRIES:
        assert all(entry.get(key) for key in ("name", "version", "licence", "source")), entry


def test_no_path_is_listed_twice():
    paths = [entry["path"] for entry in ENTRIES]
    assert len(paths) == len(set(paths))


def test_no_file_in_a_place_for_vendored_files_is_unlisted():
    listed = {entry["path"] for entry in ENTRIES}
    for place, ours in PLACES.items():
        held = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / place).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert held - listed == {f"{place}/{name}" for name in ours}
