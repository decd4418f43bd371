"""Checking the files of an object against its inventories (OCFL 1.1 sections 3.3, 3.4, 3.5.4)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tangthu.standards.ocfl.check_history import INVENTORY, History
from tangthu.standards.ocfl.check_inventory import Checked
from tangthu.standards.ocfl.codes import Findings
from tangthu.standards.ocfl.digests import is_known
from tangthu.standards.ocfl.files import digests_of, walk

Expected = dict[str, dict[tuple[str, str], str]]
"""content path → (algorithm, digest in lower case) → the code to report if it is not so"""


def check_content(
    root: Path,
    folders: list[str],
    history: History,
    sidecars: Mapping[str, str | None],
    findings: Findings,
    check_digests: bool,
) -> None:
    """Report what is missing, too much or changed in the version `folders` of the object `root`.

    `sidecars` names the digest file accepted in each version folder.
    """
    look = _Look(root, history, findings)
    for name in folders:
        look.at_version(name, sidecars.get(name))
    inventories = {INVENTORY: history.root}
    inventories.update({f"{name}/{INVENTORY}": item for name, item in history.earlier.items()})
    if not all(item.paths_safe and item.content_directory for item in inventories.values()):
        return
    if not history.root.versions.names or not history.root.versions.sound:
        return
    for place, inventory in inventories.items():
        _check_manifest_places(place, inventory, history, look.loose, findings)
    _check_coverage(folders, history, look, findings)
    _check_presence(root, inventories, look, findings)
    if check_digests and history.root.algorithm is not None:
        _check_digests(root, _expected_digests(inventories), look.files, findings)


class _Look:
    """What was seen on disk: content files, and loose files beside the content folders."""

    def __init__(self, root: Path, history: History, findings: Findings) -> None:
        self.files: set[str] = set()
        self.loose: set[str] = set()
        self.content_folders: set[str] = set()
        self._root = root
        self._history = history
        self._findings = findings
        self._inodes: set[tuple[int, int]] = set()

    def at_version(self, name: str, sidecar: str | None) -> None:
        """List the version folder `name`."""
        content = self._history.content_directory(name)
        wanted = any(path.startswith(f"{name}/{content}/") for path in self._history.root.manifest)
        found = False
        with os.scandir(self._root / name) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
        for entry in entries:
            place = f"{name}/{entry.name}"
            if entry.is_symlink():
                self._findings.add("E090", place, "It is a symbolic link.")
            elif entry.is_dir():
                if entry.name == content:
                    found = True
                    self.content_folders.add(place)
                    if self._at_content(place) == 0:
                        self._findings.add("W003", place)
                elif content is not None:
                    self._findings.add("W002", place)
            elif entry.name not in (INVENTORY, sidecar):
                self.loose.add(place)
                self._findings.add("E015", place)
        if wanted and not found:
            self._findings.add("E016", name, f"{content} is missing.")

    def _at_content(self, top: str) -> int:
        count = 0
        for relative, entries, error in walk(self._root / top):
            here = f"{top}/{relative}" if relative else top
            if error is not None:
                self._findings.add("E023", here, f"It cannot be listed: {error.strerror}.")
            elif not entries and relative:
                self._findings.add("E024", here)
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    count += 1
                    self._at_file(entry, f"{here}/{entry.name}")
        return count

    def _at_file(self, entry: os.DirEntry[str], place: str) -> None:
        if entry.is_symlink():
            self._findings.add("E090", place, "It is a symbolic link.")
            return
        if not entry.is_file(follow_symlinks=False):
            self._findings.add("E089", place, "It is a special file.")
            return
        self.files.add(place)
        status = entry.stat(follow_symlinks=False)
        if status.st_nlink > 1:
            inode = (status.st_dev, status.st_ino)
            if inode in self._inodes:
                self._findings.add("E090", place, "It is a hard link to another file in here.")
            self._inodes.add(inode)


def _check_manifest_places(
    place: str, inventory: Checked, history: History, loose: set[str], findings: Findings
) -> None:
    """E014 and E042: content paths begin with a version folder and its content folder."""
    known = set(history.root.versions.names)
    numbers = {name.lstrip("v").lstrip("0") for name in history.root.versions.names}
    for path in inventory.manifest:
        version, _, rest = path.partition("/")
        if version not in known:
            alias = version.startswith("v") and version[1:].lstrip("0") in numbers
            findings.add("E014" if alias else "E042", place, f"Met {path!r}.")
        elif history.directories_agree and path not in loose:
            folder, inside, _ = rest.partition("/")
            if not inside or folder != history.content_directory(version):
                findings.add("E042", place, f"Met {path!r}.")


def _check_coverage(folders: list[str], history: History, look: _Look, findings: Findings) -> None:
    """E023: every content file is in the manifest of each inventory that should know it."""
    for path in sorted(look.files - history.root.manifest.keys()):
        findings.add("E023", path, "The current inventory does not name it.")
    order = {name: number for number, name in enumerate(folders)}
    for name, inventory in history.earlier.items():
        for path in sorted(look.files - inventory.manifest.keys()):
            version = path.partition("/")[0]
            if order[version] <= order[name] and path in history.root.manifest:
                findings.add("E023", path, f"The inventory of {name} does not name it.")


def _check_presence(
    root: Path, inventories: Mapping[str, Checked], look: _Look, findings: Findings
) -> None:
    """E092 and E093: every path in a manifest or fixity block is a file.

    E023 is told too where no file at all is left of a digest: the fixture E023_missing_file of the
    OCFL community reads that rule in both directions.
    """
    told: set[tuple[str, str]] = set()
    current = inventories[INVENTORY]
    kept = {digest for path, digest in current.manifest.items() if path in look.files}

    def missing(code: str, path: str, place: str) -> None:
        if path not in look.files and (code, path) not in told:
            if path in look.loose and (root / path).is_file():
                return
            told.add((code, path))
            findings.add(code, path, f"{place} names it, but there is no such file.")

    for place, inventory in inventories.items():
        for path, digest in inventory.manifest.items():
            missing("E092", path, place)
            in_content = "/".join(path.split("/", 2)[:2]) in look.content_folders
            if inventory is current and digest not in kept and in_content:
                missing("E023", path, place)
        for _, _, path in _fixity(inventory):
            missing("E093", path, place)


def _expected_digests(inventories: Mapping[str, Checked]) -> Expected:
    expected: Expected = {}
    for inventory in inventories.values():
        if inventory.algorithm is not None:
            for path, digest in inventory.manifest.items():
                expected.setdefault(path, {})[(inventory.algorithm, digest)] = "E092"
        for algorithm, digest, path in _fixity(inventory):
            expected.setdefault(path, {}).setdefault((algorithm, digest), "E093")
    return expected


def _check_digests(root: Path, expected: Expected, present: set[str], findings: Findings) -> None:
    for path in sorted(present & expected.keys()):
        wanted = expected[path]
        try:
            found, _ = digests_of(root / path, sorted({algorithm for algorithm, _ in wanted}))
        except OSError as error:
            findings.add("E092", path, f"It cannot be read: {error.strerror}.")
            continue
        for (algorithm, digest), code in wanted.items():
            if found[algorithm] != digest:
                findings.add(code, path, f"{algorithm} is {found[algorithm]}, not {digest}.")


def _fixity(inventory: Checked) -> list[tuple[str, str, str]]:
    """Return (algorithm, digest in lower case, content path) of the readable fixity entries."""
    block = inventory.raw.get("fixity")
    if not isinstance(block, dict):
        return []
    return [
        (algorithm, digest.lower(), path)
        for algorithm, entries in block.items()
        if is_known(algorithm) and isinstance(entries, dict)
        for digest, paths in entries.items()
        if isinstance(paths, list)
        for path in paths
        if isinstance(path, str) and path in inventory.manifest
    ]
