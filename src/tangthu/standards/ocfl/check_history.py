"""Comparing the inventories of earlier versions with the current one (OCFL 1.1 section 3.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tangthu.standards.ocfl.check_inventory import Checked
from tangthu.standards.ocfl.codes import Findings

INVENTORY = "inventory.json"


class History:
    """All inventories of one object, the current one first, the earlier ones added in order."""

    def __init__(self, root: Checked, findings: Findings) -> None:
        self.root = root
        self.earlier: dict[str, Checked] = {}
        self.directories_agree = True
        self._findings = findings
        self._spec = "1.0"
        self._first_set: bool | None = None

    def add(self, name: str, inventory: Checked | None) -> None:
        """Judge the inventory of the version folder `name`; None if it is absent or the current."""
        if inventory is None:
            return
        place = f"{name}/{INVENTORY}"
        self.earlier[name] = inventory
        self._judge_identity(inventory, place)
        self._judge_content_directory(name, inventory, place)
        if inventory.spec < self._spec or inventory.spec > self.root.spec:
            self._findings.add("E103", place, f"It is of {inventory.spec}.")
        self._spec = max(self._spec, inventory.spec)
        if inventory.head is not None and inventory.head != name:
            self._findings.add("E040", place, f"Met {inventory.head!r} in the folder {name}.")
            return
        self._judge_states(inventory, place)

    def finish(self) -> None:
        """Judge what needs all inventories."""
        if self.root.spec < self._spec:
            self._findings.add("E103", INVENTORY, f"It is of {self.root.spec}, after {self._spec}.")

    def content_directory(self, name: str) -> str | None:
        """Return the content folder name of a version, None if no valid one is known."""
        return self.earlier.get(name, self.root).content_directory

    def _judge_identity(self, inventory: Checked, place: str) -> None:
        if self.root.id is None or inventory.id is None or inventory.id == self.root.id:
            return
        detail = f"It says {inventory.id!r}, the current inventory {self.root.id!r}."
        self._findings.add("E037", place, detail)
        if "1.1" in (inventory.spec, self.root.spec):
            self._findings.add("E110", place, detail)

    def _judge_content_directory(self, name: str, inventory: Checked, place: str) -> None:
        if self._first_set is None:
            self._first_set = inventory.content_directory_set
        mine, theirs = inventory.content_directory, self.root.content_directory
        late = not self._first_set and self.root.content_directory_set
        if self.directories_agree and (mine != theirs or late):
            self.directories_agree = mine == theirs
            detail = f"It says {mine!r}, the current inventory {theirs!r}."
            self._findings.add("E019", place, detail)
            if mine != theirs:
                self._findings.add("E020", place, detail)

    def _judge_states(self, inventory: Checked, place: str) -> None:
        ours = _blocks(self.root)
        same_algorithm = inventory.algorithm == self.root.algorithm
        for name, block in _blocks(inventory).items():
            where = f"{place}#{name}"
            current = ours.get(name)
            if current is None:
                if name not in self.root.raw.get("versions", {}):
                    self._findings.add("E066", where, "The current inventory lacks this version.")
                continue
            detail = _difference(
                _files(inventory, block, same_algorithm),
                _files(self.root, current, same_algorithm),
            )
            if detail:
                self._findings.add("E066", where, detail)
            for key in ("created", "message", "user"):
                if block.get(key) != current.get(key):
                    self._findings.add("W011", where, f"{key} differs.")


def _blocks(inventory: Checked) -> dict[str, dict[str, Any]]:
    versions = inventory.raw.get("versions")
    if not isinstance(versions, dict):
        return {}
    return {
        name: block
        for name, block in versions.items()
        if isinstance(block, dict) and isinstance(block.get("state"), dict)
    }


def _files(inventory: Checked, block: dict[str, Any], by_digest: bool) -> dict[str, frozenset[str]]:
    """Map each logical path to what identifies its bytes: the digest, or its content paths."""
    paths = {} if by_digest else _paths_by_digest(inventory)
    result: dict[str, frozenset[str]] = {}
    for digest, names in block["state"].items():
        lowered = digest.lower()
        identity = frozenset([lowered]) if by_digest else paths.get(lowered, frozenset())
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str):
                result[name] = identity
    return result


def _paths_by_digest(inventory: Checked) -> dict[str, frozenset[str]]:
    gathered: dict[str, set[str]] = {}
    for path, digest in inventory.manifest.items():
        gathered.setdefault(digest, set()).add(path)
    return {digest: frozenset(paths) for digest, paths in gathered.items()}


def _difference(
    earlier: Mapping[str, frozenset[str]], current: Mapping[str, frozenset[str]]
) -> str | None:
    for some, others, who in ((earlier, current, "earlier"), (current, earlier, "current")):
        lost = _first(path for path in some if path not in others)
        if lost is not None:
            return f"Only the {who} inventory has {lost!r}."
    changed = _first(path for path, files in earlier.items() if not files <= current[path])
    return None if changed is None else f"The bytes of {changed!r} are not the same."


def _first(paths: Iterable[str]) -> str | None:
    return min(paths, default=None)
