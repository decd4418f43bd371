"""Validating one OCFL object, 1.0 or 1.1, without trusting anything in it.

The order is that of the specification: declaration, root inventory, object root, inventories of the
versions, files. What cannot be judged because something before it is broken is left out, so that
one fault is told once. Nothing is followed, opened or kept that the specification does not name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tangthu.standards.ocfl import check_history, check_inventory, rawjson, version_names
from tangthu.standards.ocfl.check_content import check_content
from tangthu.standards.ocfl.check_inventory import SPEC_VERSIONS, Checked
from tangthu.standards.ocfl.codes import Finding, Findings
from tangthu.standards.ocfl.digests import hex_length, is_known, is_well_formed
from tangthu.standards.ocfl.files import NotAFileError, digests_of, kind_of, names_in, read_limited
from tangthu.standards.ocfl.registered import REGISTERED_EXTENSIONS

INVENTORY = "inventory.json"
MAX_INVENTORY = 512 * 1024 * 1024
_MAX_SIDECAR = 4096
_DECLARATIONS = {f"0=ocfl_object_{version}": version for version in SPEC_VERSIONS}


def validate_object(
    path: Path, check_digests: bool = True, max_inventory: int = MAX_INVENTORY
) -> list[Finding]:
    """Return all findings on the object whose root folder is `path`; an empty list is perfect.

    With `check_digests` False no content file is read. An inventory larger than `max_inventory`
    bytes is refused unread. Never raises: what the file system hides is itself a finding.
    """
    findings = Findings()
    validator = _Validator(path, findings, max_inventory)
    try:
        validator.run(check_digests)
    except OSError as error:
        place = os.path.relpath(error.filename, path) if error.filename else "."
        findings.add("E001", "" if place == "." else place, f"It cannot be read: {error.strerror}.")
    except RecursionError:
        findings.add("E033", "", "An inventory is nested too deeply.")
    return findings.items


class _Validator:
    def __init__(self, root: Path, findings: Findings, max_inventory: int) -> None:
        self.root = root
        self.findings = findings
        self.max_inventory = max_inventory

    def run(self, check_digests: bool) -> None:
        """Run all checks in order."""
        entries = self._list_root()
        if entries is None:
            return
        declared = self._check_declaration(entries)
        if entries.get(INVENTORY) != "file":
            self._root_inventory_missing(entries)
            return
        data = self._read_inventory("")
        root = self._parse(data, INVENTORY, declared or SPEC_VERSIONS[-1])
        if root is None or data is None:
            return
        if declared is not None and "type" in root.raw and root.spec != declared:
            self.findings.add("E038", INVENTORY, f"It names {root.spec}, the object {declared}.")
        sidecar = self._check_sidecar("", root.raw.get("digestAlgorithm"), entries)
        self._check_root_entries(entries, root, sidecar)
        history = check_history.History(root, self.findings)
        folders = [name for name in root.versions.names if entries.get(name) == "folder"]
        sidecars = {}
        for name in folders:
            inventory, sidecars[name] = self._check_version_inventory(name, root, data)
            history.add(name, inventory)
        history.finish()
        check_content(self.root, folders, history, sidecars, self.findings, check_digests)

    def _list_root(self) -> dict[str, str] | None:
        if kind_of(self.root) != "folder":
            self.findings.add("E003", "", "There is no folder at this place.")
            return None
        entries: dict[str, str] = {}
        for name in names_in(self.root):
            kind = kind_of(self.root / name)
            entries[name] = kind
            if kind == "link":
                self.findings.add("E090", name, "It is a symbolic link.")
        return entries

    def _check_declaration(self, entries: dict[str, str]) -> str | None:
        candidates = [name for name in entries if "ocfl_object_" in name or name.startswith("0=")]
        valid = [name for name in candidates if name in _DECLARATIONS]
        for name in candidates:
            if name not in _DECLARATIONS:
                self.findings.add(declaration_fault(name, "E004"), name)
        if len(valid) > 1 or not candidates:
            self.findings.add("E003", "", f"Found {len(valid)}.")
        for name in valid:
            if entries[name] != "file":
                self.findings.add("E002", name, f"It is a {entries[name]}.")
            elif self._read_small(name) != f"{name[2:]}\n".encode():
                self.findings.add("E007", name)
        return max((_DECLARATIONS[name] for name in valid), default=None)

    def _root_inventory_missing(self, entries: dict[str, str]) -> None:
        kind = entries.get(INVENTORY, "missing")
        self.findings.add("E063", INVENTORY, "" if kind == "missing" else f"It is a {kind}.")
        for name in entries:
            if name != INVENTORY and name.lower() == INVENTORY:
                self.findings.add("E034", name)

    def _read_small(self, relative: str) -> bytes | None:
        try:
            return read_limited(self.root / relative, _MAX_SIDECAR)
        except OSError:
            return None

    def _read_inventory(self, folder: str) -> bytes | None:
        place = f"{folder}/{INVENTORY}" if folder else INVENTORY
        try:
            data = read_limited(self.root / place, self.max_inventory)
        except NotAFileError:
            self.findings.add("E033", place, "It is not a regular file.")
            return None
        except OSError as error:
            self.findings.add("E033", place, f"It cannot be read: {error.strerror}.")
            return None
        if data is None:
            self.findings.add("E033", place, f"It is larger than {self.max_inventory} bytes.")
        return data

    def _parse(self, data: bytes | None, place: str, declared: str) -> Checked | None:
        if data is None:
            return None
        try:
            raw = rawjson.parse(data)
        except rawjson.BadJsonError as error:
            self.findings.add("E033", place, str(error))
            return None
        return check_inventory.check(raw, self.findings, place, declared)

    def _check_sidecar(self, folder: str, algorithm: object, entries: Iterable[str]) -> str | None:
        """Check the digest file of the inventory in `folder`; return the file name, if any."""
        prefix = f"{folder}/" if folder else ""
        others = [
            name
            for name in entries
            if name.startswith(f"{INVENTORY}.") and is_known(name.removeprefix(f"{INVENTORY}."))
        ]
        if not isinstance(algorithm, str) or hex_length(algorithm) is None or "/" in algorithm:
            return others[0] if others else None
        name = f"{INVENTORY}.{algorithm}"
        place = prefix + name
        if kind_of(self.root / place) != "file":
            self.findings.add("E058", place)
            if others:
                self.findings.add("E059", prefix + others[0], f"The inventory says {algorithm}.")
                return others[0]
            return None
        text = self._read_small(place)
        parts = text.split() if text is not None else []
        if len(parts) != 2 or parts[1] != INVENTORY.encode() or text is None or text[:1].isspace():
            self.findings.add("E061", place)
            return name
        value = parts[0].decode("ascii", "replace")
        if not is_well_formed(algorithm, value):
            self.findings.add("E061", place, "The digest is not one of this algorithm.")
            return name
        found, _ = digests_of(self.root / f"{prefix}{INVENTORY}", [algorithm])
        if found[algorithm] != value.lower():
            self.findings.add("E060", place, f"The inventory has {found[algorithm]}.")
        return name

    def _check_root_entries(
        self, entries: dict[str, str], root: Checked, sidecar: str | None
    ) -> None:
        versions = set(root.versions.names)
        for name, kind in entries.items():
            if name in (INVENTORY, sidecar) or kind == "link":
                continue
            if "ocfl_object_" in name or name.startswith("0="):
                continue
            if kind == "folder" and name in versions:
                continue
            if kind == "folder" and name == "logs":
                continue
            if kind == "folder" and name == "extensions":
                check_extensions(self.root, "E067", "W013", self.findings)
            elif kind == "folder" and version_names.number_of(name):
                if versions:
                    self.findings.add("E046", name, "The inventory does not know this version.")
            else:
                self.findings.add("E001", name, f"It is a {kind}.")
        present = [name for name in root.versions.names if entries.get(name) == "folder"]
        last = root.versions.names.index(present[-1]) if present else -1
        for number, name in enumerate(root.versions.names):
            if entries.get(name) != "folder":
                self.findings.add("E046", name, "The version folder is missing.")
                if number < last:
                    self.findings.add("E010", name, "The version folders have a gap here.")
        for name in root.versions.malformed:
            if entries.get(name) != "folder":
                self.findings.add("E046", name, "The version folder is missing.")

    def _check_version_inventory(
        self, name: str, root: Checked, root_data: bytes
    ) -> tuple[Checked | None, str | None]:
        place = f"{name}/{INVENTORY}"
        entries = names_in(self.root / name)
        if kind_of(self.root / place) == "missing":
            self.findings.add("W010", name)
            return None, None
        data = self._read_inventory(name)
        if data is None:
            return None, None
        if name == root.versions.head:
            if data != root_data and root.head is not None:
                self.findings.add("E064", place)
            algorithm = (
                _algorithm_in(data) if data != root_data else root.raw.get("digestAlgorithm")
            )
            return None, self._check_sidecar(name, algorithm, entries)
        inventory = self._parse(data, place, root.spec)
        if inventory is None:
            return None, None
        return inventory, self._check_sidecar(name, inventory.raw.get("digestAlgorithm"), entries)


def check_extensions(root: Path, file_code: str, name_code: str, findings: Findings) -> None:
    """Report files (`file_code`) and unregistered names (`name_code`) in `root`/extensions."""
    for name in names_in(root / "extensions"):
        place = f"extensions/{name}"
        kind = kind_of(root / place)
        if kind == "link":
            findings.add("E090", place, "It is a symbolic link.")
        if kind != "folder":
            findings.add(file_code, place, f"It is a {kind}.")
        elif name not in REGISTERED_EXTENSIONS:
            findings.add(name_code, place)


def declaration_fault(name: str, form_code: str) -> str:
    """Return which of three successive codes a wrong declaration name breaks.

    `form_code` is the code for the form T=dvalue (E004 or E077); the next ones are those for T and
    for dvalue.
    """
    tag, sign, _ = name.partition("=")
    number = int(form_code[1:])
    if not sign or not tag.isascii() or not tag.isdigit():
        return form_code
    return f"E{number + (1 if tag != '0' else 2):03d}"


def _algorithm_in(data: bytes) -> object:
    try:
        raw = rawjson.parse(data)
    except rawjson.BadJsonError:
        return None
    return raw.get("digestAlgorithm") if isinstance(raw, dict) else None
