"""The folder of a storage root: making it, opening it, finding objects in it (section 4)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tangthu.standards import durable
from tangthu.standards.ocfl import rawjson
from tangthu.standards.ocfl.check_inventory import SPEC_VERSIONS
from tangthu.standards.ocfl.errors import LayoutError, NotAStorageRootError, StagingError
from tangthu.standards.ocfl.files import kind_of, names_in, read_limited, walk
from tangthu.standards.ocfl.layout import HASH_AND_ID, Layout, layout_from

POINTS = ("ocfl.root.fsynced", "ocfl.root.renamed")
_LAYOUT_FILE = "ocfl_layout.json"
_MAX_SMALL = 1024 * 1024
_DESCRIPTION = (
    "Each object stands below three folders named after the first nine hex digits of the SHA-256 "
    "of its identifier, in a folder named after the identifier itself, percent-encoded."
)


@dataclass(frozen=True, slots=True)
class StorageRoot:
    """An open storage root.

    `staging` is a folder on the same file system, outside the root: the specification leaves no
    place inside one for half-made objects (E072, E073, E112, W016). `exchange` False keeps the
    writer from using the atomic exchange of two folders, for file systems that cannot.
    """

    root: Path
    staging: Path
    spec: str
    layout: Layout | None
    exchange: bool = True

    def path_of(self, object_id: str) -> Path:
        """Return the folder where the object stands or would stand. Raises LayoutError."""
        if self.layout is None:
            raise LayoutError(
                "The storage root does not say how its objects are laid out.",
                "Add ocfl_layout.json, or copy the objects into a new storage root.",
            )
        return self.root / self.layout.path_of(object_id)

    def objects(self) -> Iterator[Path]:
        """Yield the root folder of every object, walking the hierarchy; memory stays flat."""
        with os.scandir(self.root) as scan:
            tops = sorted(
                entry.name
                for entry in scan
                if entry.is_dir(follow_symlinks=False) and entry.name != "extensions"
            )
        for top in tops:
            inside: str | None = None
            for relative, entries, _ in walk(self.root / top):
                place = f"{top}/{relative}" if relative else top
                if inside is not None and place.startswith(inside):
                    continue
                inside = None
                if any(entry.name.startswith("0=ocfl_object_") for entry in entries):
                    inside = f"{place}/"
                    yield self.root / place


def default_staging(root: Path) -> Path:
    """Return the sibling folder used for staging where the caller names none."""
    return root.parent / f".{root.name}.staging"


def create_root(root: Path, staging: Path | None = None) -> StorageRoot:
    """Make a new storage root (OCFL 1.1, layout 0003) in an empty or missing folder and open it.

    Durable and repeatable: a call that was cut off is finished by the next one, because the
    declaration is written last. Raises NotAStorageRootError if the folder holds something else.
    """
    durable.make_dirs(root)
    config = f"extensions/{HASH_AND_ID}/config.json"
    declaration = f"0=ocfl_{SPEC_VERSIONS[-1]}"
    expected = {declaration, _LAYOUT_FILE, "extensions"}
    present = {name for name in names_in(root) if not _is_leftover(name)}
    if declaration not in present:
        if not present <= expected:
            raise NotAStorageRootError(
                "The folder is not empty, so it cannot become a storage root.",
                "Name an empty folder.",
                root=str(root),
            )
        layout = layout_from(HASH_AND_ID)
        durable.make_dirs((root / config).parent)
        _write_json(root / config, {"extensionName": layout.name, **layout.config})
        _write_json(root / _LAYOUT_FILE, {"extension": layout.name, "description": _DESCRIPTION})
        text = declaration.removeprefix("0=") + "\n"
        durable.write_file(root / declaration, [text.encode()], what="ocfl.root")
        for folder in (root, (root / config).parent):
            for name in names_in(folder):
                if _is_leftover(name):
                    (folder / name).unlink()
    return open_root(root, staging)


def _is_leftover(name: str) -> bool:
    """Tell the temporary file of a call to `create_root` that was cut off."""
    return name.startswith(".") and name.endswith(".tmp")


def open_root(root: Path, staging: Path | None = None, *, exchange: bool = True) -> StorageRoot:
    """Open an existing storage root and prepare its staging folder (made if missing).

    Raises NotAStorageRootError, LayoutError (bad configuration) or StagingError.
    """
    specs = [spec for spec in SPEC_VERSIONS if kind_of(root / f"0=ocfl_{spec}") == "file"]
    if not specs:
        raise NotAStorageRootError(
            "The folder is not an OCFL storage root of version 1.0 or 1.1.",
            "Name the folder that holds the file 0=ocfl_1.1.",
            root=str(root),
        )
    return StorageRoot(
        root,
        _prepare_staging(root, staging or default_staging(root)),
        specs[-1],
        _read_layout(root),
        exchange,
    )


def _prepare_staging(root: Path, staging: Path) -> Path:
    if staging.resolve().is_relative_to(root.resolve()):
        raise StagingError(
            "The staging folder lies inside the storage root.",
            "Name a folder beside the storage root.",
            staging=str(staging),
        )
    try:
        durable.make_dirs(staging / "locks")
        same = staging.stat().st_dev == root.stat().st_dev
    except OSError as error:
        raise StagingError(
            f"The staging folder cannot be used: {error.strerror}.",
            "Give the software the right to write there.",
            staging=str(staging),
        ) from error
    if not same:
        raise StagingError(
            "The staging folder is on another file system than the storage root.",
            "Name a folder on the same file system: objects are moved in by renaming.",
            staging=str(staging),
        )
    return staging


def _read_layout(root: Path) -> Layout | None:
    described = _read_json(root / _LAYOUT_FILE)
    if described is None:
        return None
    name = described.get("extension")
    if not isinstance(name, str):
        raise LayoutError("ocfl_layout.json names no extension.", "Correct ocfl_layout.json.")
    return layout_from(name, _read_json(root / "extensions" / name / "config.json"))


def _read_json(path: Path) -> dict[str, Any] | None:
    if kind_of(path) == "missing":
        return None
    try:
        data = read_limited(path, _MAX_SMALL)
        value = None if data is None else rawjson.parse(data)
    except (OSError, rawjson.BadJsonError):
        value = None
    if not isinstance(value, dict):
        raise LayoutError(
            f"{path.name} cannot be read as a JSON object.",
            "Restore the file from a copy of the storage root.",
            file=path.name,
        )
    return value


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    durable.write_file(path, [text.encode()], what="ocfl.root")
