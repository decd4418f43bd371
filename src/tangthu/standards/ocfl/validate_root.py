"""Validating a storage root: its own files, the hierarchy, and every object in it (section 4)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tangthu.standards.ocfl import rawjson, version_names
from tangthu.standards.ocfl.check_inventory import SPEC_VERSIONS
from tangthu.standards.ocfl.codes import CODES, Finding, Findings, printable
from tangthu.standards.ocfl.errors import LayoutError
from tangthu.standards.ocfl.files import kind_of, names_in, read_limited, walk
from tangthu.standards.ocfl.layout import Layout, layout_from
from tangthu.standards.ocfl.registered import LAYOUT_EXTENSIONS
from tangthu.standards.ocfl.validate_object import (
    INVENTORY,
    MAX_INVENTORY,
    check_extensions,
    declaration_fault,
    validate_object,
)

_DECLARATIONS = {f"0=ocfl_{version}": version for version in SPEC_VERSIONS}
_OBJECTS = {f"0=ocfl_object_{version}": version for version in SPEC_VERSIONS}
_MAX_SMALL = 1024 * 1024
_MAX_LOOK = 1000
"""folders looked into before a folder without any mark is taken for no root"""


def validate_root(
    path: Path, check_digests: bool = True, max_inventory: int = MAX_INVENTORY
) -> Iterator[Finding]:
    """Yield the findings on the storage root at `path` and on every object below it.

    Objects are judged one after the other, so memory does not grow with their number (but for 16
    bytes each where the root names no layout, to find an identifier used twice). Never raises.
    """
    findings = Findings()
    walker = _RootWalker(path, findings, check_digests, max_inventory)
    try:
        for _ in walker.run():
            yield from findings.items
            findings.items.clear()
    except OSError as error:
        findings.add("E088", "", f"The storage root cannot be read: {error.strerror}.")
    yield from findings.items


def looks_like_root(path: Path) -> bool:
    """Tell whether the folder at `path` is to be judged as a storage root, not as an object.

    What is found inside decides, for the declaration may be the very thing that is missing: an
    object has its own declaration, an inventory or version folders; a root has a declaration, a
    layout file or objects somewhere below. Never raises; an empty folder is taken for an object.
    """
    try:
        names = names_in(path)
        if any("ocfl_object" in name or name.lower() == INVENTORY for name in names):
            return False
        if any(name.partition("=")[2].startswith("ocfl_") for name in names):
            return True
        if any(version_names.number_of(name) for name in names):
            return False
        if "ocfl_layout.json" in names:
            return True
        return any(
            entry.name in _OBJECTS
            for _, entries, _ in islice(walk(path), _MAX_LOOK)
            for entry in entries
        )
    except OSError:
        return False


class _RootWalker:
    def __init__(
        self, root: Path, findings: Findings, check_digests: bool, max_inventory: int
    ) -> None:
        self.root = root
        self.findings = findings
        self.check_digests = check_digests
        self.max_inventory = max_inventory
        self.layout: Layout | None = None
        self.spec = SPEC_VERSIONS[-1]
        self.depths: set[int] = set()
        self.seen: set[bytes] = set()

    def run(self) -> Iterator[None]:
        """Check everything, pausing after each object so that the caller can pass findings on."""
        if kind_of(self.root) != "folder":
            self.findings.add("E069", "", "There is no folder at this place.")
            return
        names = names_in(self.root)
        self._check_declaration(names)
        self._check_layout()
        yield
        for name in names:
            kind = kind_of(self.root / name)
            if kind == "link":
                self.findings.add("E090", name, "It is a symbolic link.")
            elif kind == "special":
                self.findings.add("E089", name, "It is a special file.")
            elif kind == "folder" and name == "extensions":
                code = "E086" if self.spec == "1.0" else "E112"
                check_extensions(self.root, code, "W016", self.findings)
            elif kind == "folder":
                yield from self._at_branch(name)
            yield
        if 1 in self.depths and len(self.depths) > 1:
            self.findings.add("W015", "")
        if len(self.depths - {1}) > 1:
            self.findings.add("W014", "", f"Objects stand {sorted(self.depths)} folders deep.")

    def _check_declaration(self, names: list[str]) -> None:
        names = [name for name in names if not name.startswith(".")]
        candidates = [
            name
            for name in names
            if name.startswith("0=") or name.partition("=")[2].startswith("ocfl_")
        ]
        for name in candidates:
            if name not in _DECLARATIONS:
                self.findings.add(declaration_fault(name, "E077"), name)
        valid = [name for name in candidates if name in _DECLARATIONS]
        if not valid:
            self.findings.add("E069", "")
        if len(valid) > 1:
            self.findings.add("E076", "", f"Found {len(valid)}.")
        for name in valid:
            if kind_of(self.root / name) != "file":
                self.findings.add("E075", name)
            elif read_limited(self.root / name, 4096) != f"{name[2:]}\n".encode():
                self.findings.add("E080", name)
            self.spec = _DECLARATIONS[name]

    def _check_layout(self) -> None:
        place = "ocfl_layout.json"
        if kind_of(self.root / place) == "missing":
            return
        described = self._read_json(place)
        if not isinstance(described, dict):
            self.findings.add("E070", place, "It is not a JSON object that can be read.")
            return
        name = described.get("extension")
        if not isinstance(name, str) or not isinstance(described.get("description"), str):
            self.findings.add("E070", place)
            return
        if name not in LAYOUT_EXTENSIONS:
            self.findings.add("E071", place, f"Met {name!r}.")
            return
        config = self._read_json(f"extensions/{name}/config.json")
        try:
            self.layout = layout_from(name, config if isinstance(config, dict) else None)
        except LayoutError:
            self.layout = None

    def _read_json(self, place: str) -> object:
        try:
            data = read_limited(self.root / place, _MAX_SMALL)
            return None if data is None else rawjson.parse(data)
        except (OSError, rawjson.BadJsonError):
            return None

    def _at_branch(self, top: str) -> Iterator[None]:
        """Walk one branch of the hierarchy down to its objects."""
        inside: str | None = None
        for relative, entries, error in walk(self.root / top):
            place = f"{top}/{relative}" if relative else top
            if inside is not None and place.startswith(inside):
                if any(entry.name in _OBJECTS for entry in entries):
                    self.findings.add("E082", place, "An object stands inside another one.")
                continue
            inside = None
            if error is not None:
                self.findings.add("E088", place, f"It cannot be listed: {error.strerror}.")
                continue
            if not entries:
                self.findings.add("E073", place)
                continue
            names = [entry.name for entry in entries]
            if any("=ocfl_object" in name or name.startswith("0=") for name in names):
                inside = f"{place}/"
                self._at_object(place)
                yield
                continue
            self._at_intermediate(place, entries)

    def _at_intermediate(self, place: str, entries: list[os.DirEntry[str]]) -> None:
        folders = any(entry.is_dir(follow_symlinks=False) for entry in entries)
        for entry in entries:
            if entry.is_symlink():
                self.findings.add("E090", f"{place}/{entry.name}", "It is a symbolic link.")
            elif not entry.is_dir():
                self.findings.add("E072", f"{place}/{entry.name}")
                if folders:
                    self.findings.add("E084", f"{place}/{entry.name}")
        if not folders:
            self.findings.add("E085", place, "It holds files but is no object.")
            self.findings.add("E088", place, "It holds files but is no object.")

    def _at_object(self, place: str) -> None:
        self.depths.add(place.count("/") + 1)
        path = self.root / place
        for finding in validate_object(path, self.check_digests, self.max_inventory):
            where = f"{printable(place)}/{finding.place}" if finding.place else printable(place)
            self.findings.items.append(
                Finding(finding.code, finding.severity, where, finding.message, finding.fix)
            )
        declared = [_OBJECTS[name] for name in names_in(path) if name in _OBJECTS]
        if declared and max(declared) > self.spec:
            self.findings.add("E081", place, f"It is of {max(declared)}, the root of {self.spec}.")
        object_id = self._object_id(path)
        if object_id is None:
            return
        if self.layout is None:
            key = hashlib.sha256(object_id.encode("utf-8", "surrogatepass")).digest()[:16]
            if key in self.seen:
                self.findings.add("E037", place, f"{object_id!r} is used by another object.")
                self.findings.add("E083", place, f"{object_id!r} is used by another object.")
            self.seen.add(key)
            return
        try:
            wanted = self.layout.path_of(object_id)
        except LayoutError:
            wanted = None
        if wanted != place:
            self.findings.add("E083", place, f"The layout puts it at {wanted}.")

    def _object_id(self, path: Path) -> str | None:
        try:
            data = read_limited(path / INVENTORY, self.max_inventory)
            raw = None if data is None else rawjson.parse(data)
        except (OSError, rawjson.BadJsonError):
            return None
        value = raw.get("id") if isinstance(raw, dict) else None
        return value if isinstance(value, str) else None


def is_valid(findings: list[Finding]) -> bool:
    """Tell whether the findings contain no error."""
    return all(CODES[finding.code].severity != "error" for finding in findings)
