"""A package goes into a set once, from the store that has the version which the database names.

A file that is damaged there is taken from another store.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tangthu.backup.copying import SetWriter, SourceUnreadable
from tangthu.standards import ocfl
from tangthu.standards.ocfl.version_names import number_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where a package is taken from, its inventory, and whether that has the version named."""

    place: Path
    inventory: ocfl.Inventory
    current: bool


def choose(places: Sequence[Path], head: int, digest: str) -> Chosen | None:
    """The folder among `places` that has version `head` whose inventory has this digest.

    A package may have got a further version since; one that came back from an older disk is taken
    only if there is no other, and is then not current. None if no inventory can be trusted.
    """
    other: Chosen | None = None
    for place in places:
        with contextlib.suppress(ocfl.OcflError, OSError):
            trusted = ocfl.load_inventory(place)
            if _has(place, trusted, head, digest):
                return Chosen(place, trusted.inventory, current=True)
            other = other or Chosen(place, trusted.inventory, current=False)
    return other


def _has(place: Path, trusted: ocfl.Trusted, head: int, digest: str) -> bool:
    if hashlib.sha256(trusted.data).hexdigest() == digest:
        return True
    return any(
        hashlib.sha256((place / name / "inventory.json").read_bytes()).hexdigest() == digest
        for name in trusted.inventory.versions
        if number_of(name) == head
    )


def copy_package(writer: SetWriter, area: str, places: list[Path], head: int, listed: str) -> None:
    """Copy a package whose version `head` has the inventory with the digest `listed`.

    `places` are its folders in all stores; what is whole in none of them is a problem of the set.
    """
    chosen = choose(places, head, listed)
    if chosen is None:
        writer.problems.append([area, "no whole inventory in any store"])
        return
    if not chosen.current:
        writer.problems.append([area, f"version {head} as listed is in no store"])
    recorded = dict(chosen.inventory.content_files())
    for path, digest in sorted(recorded.items()):
        expected = digest.lower()
        if chosen.inventory.algorithm != "sha256":
            expected = ""  # what a set knows files by
        elif writer.name_known(f"{area}/{path}", expected):
            continue
        if not any(
            _copied(writer, f"{area}/{path}", place / path, expected)
            for place in (chosen.place, *places)
        ):
            writer.problems.append([f"{area}/{path}", "not whole in any store"])
    for path in _own_files(chosen.place, recorded):
        if not _copied(writer, f"{area}/{path}", chosen.place / path, ""):
            writer.problems.append([f"{area}/{path}", "unreadable"])


def _own_files(root: Path, recorded: dict[str, str]) -> list[str]:
    """The object's own files, beside the content that its inventory records."""
    found = []
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder, name).relative_to(root).as_posix()
            if path not in recorded:
                found.append(path)
    return sorted(found)


def _copied(writer: SetWriter, path: str, source: Path, expected: str) -> bool:
    try:
        return writer.copy(path, source, expected)
    except SourceUnreadable:
        return False
