"""One fault at a time, put into a valid storage root that holds one object."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from tests.standards.ocfl.ocfl_cases import RawObject

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
OBJECT_ID = "urn:example:1"
Fault = Callable[[Path], object]


def make_root(root: Path, spec: str = "1.1", layout: str | None = LAYOUT) -> Path:
    """A valid storage root made by hand; returns its only object."""
    from tangthu.standards.ocfl.layout import layout_from

    root.mkdir()
    (root / f"0=ocfl_{spec}").write_text(f"ocfl_{spec}\n")
    if layout:
        described = {"extension": layout, "description": "by hash"}
        (root / "ocfl_layout.json").write_text(json.dumps(described))
    place = root / layout_from(LAYOUT).path_of(OBJECT_ID)
    RawObject(place, spec)
    return place


def only_object(root: Path) -> Path:
    return next(root.rglob("0=ocfl_object_*")).parent


def _write(path: str, text: str = "x") -> Fault:
    def make(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    return make


def _declaration_as_folder(root: Path) -> None:
    (root / "0=ocfl_1.1").unlink()
    (root / "0=ocfl_1.1").mkdir()


def _object_moved(root: Path) -> None:
    target = root / "aaa" / "bbb" / "ccc" / "elsewhere"
    target.parent.mkdir(parents=True)
    only_object(root).rename(target)
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _same_id_twice(root: Path) -> None:
    (root / "ocfl_layout.json").unlink()
    RawObject(root / "zzz" / "yyy" / "xxx" / "copy")


def _object_newer_than_the_root(root: Path) -> None:
    (root / "0=ocfl_1.1").rename(root / "0=ocfl_1.0")
    (root / "0=ocfl_1.0").write_text("ocfl_1.0\n")


def _object_in_an_object(root: Path) -> None:
    RawObject(only_object(root) / "logs" / "inner", object_id="urn:example:inner")


ROOT_FAULTS: list[tuple[str, set[str], Fault]] = [
    ("gone_declaration", {"E069"}, lambda root: (root / "0=ocfl_1.1").unlink()),
    ("no_sign", {"E069"}, lambda root: (root / "0=ocfl_1.1").rename(root / "0ocfl_1.1")),
    ("form", {"E077", "E069"}, lambda root: (root / "0=ocfl_1.1").rename(root / "zero=ocfl_1.1")),
    ("tag", {"E078", "E069"}, lambda root: (root / "0=ocfl_1.1").rename(root / "1=ocfl_1.1")),
    ("value", {"E079", "E069"}, lambda root: (root / "0=ocfl_1.1").rename(root / "0=ocfl_7")),
    ("declaration_text", {"E080"}, _write("0=ocfl_1.1", "ocfl_1.1")),
    ("declared_twice", {"E076"}, _write("0=ocfl_1.0", "ocfl_1.0\n")),
    ("declaration_as_folder", {"E075", "E073"}, _declaration_as_folder),
    ("layout_not_json", {"E070"}, _write("ocfl_layout.json", "{")),
    ("layout_array", {"E070"}, _write("ocfl_layout.json", "[]")),
    (
        "layout_without_description",
        {"E070"},
        _write("ocfl_layout.json", f'{{"extension": "{LAYOUT}"}}'),
    ),
    (
        "layout_unknown",
        {"E071"},
        _write("ocfl_layout.json", '{"extension": "my-layout", "description": "x"}'),
    ),
    (
        "file_beside_object",
        {"E072", "E084"},
        lambda root: _write("x.txt")(only_object(root).parent),
    ),
    ("branch_without_object", {"E072", "E085", "E088"}, _write("aaa/bbb/x.txt")),
    ("empty_folder", {"E073"}, lambda root: (root / "aaa").mkdir()),
    ("object_newer_than_the_root", {"E081"}, _object_newer_than_the_root),
    ("object_in_an_object", {"E082"}, _object_in_an_object),
    ("object_moved", {"E083"}, _object_moved),
    ("same_id_twice", {"E037", "E083"}, _same_id_twice),
    (
        "link_in_hierarchy",
        {"E090"},
        lambda root: os.symlink("x", only_object(root).parent / "link"),
    ),
    ("link_in_root", {"E090"}, lambda root: os.symlink("x", root / "link")),
    ("pipe_in_root", {"E089"}, lambda root: os.mkfifo(root / "pipe")),
    ("file_in_extensions", {"E112"}, _write("extensions/x.txt")),
    ("bad_object", {"E001"}, lambda root: _write("x.txt")(only_object(root))),
]
