"""Finding the inventory of an object that can be trusted, even if one copy of it is damaged.

The inventory of the latest version stands twice, each with a digest file (OCFL 1.1 section 3.7). A
copy is trusted if its digest file agrees, or if both copies agree with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangthu.standards.ocfl.check_inventory import SPEC_VERSIONS
from tangthu.standards.ocfl.digests import CONTENT_ALGORITHMS, new_hasher
from tangthu.standards.ocfl.errors import (
    InvalidInventoryError,
    ObjectMissingError,
    UnreadableObjectError,
)
from tangthu.standards.ocfl.files import kind_of, names_in, read_limited
from tangthu.standards.ocfl.inventory import INVENTORY, Inventory, parse_inventory
from tangthu.standards.ocfl.version_names import number_of

MAX_INVENTORY = 512 * 1024 * 1024
_MAX_SIDECAR = 4096


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted inventory: parsed, as bytes, its digest, and whether the root copy is that one."""

    inventory: Inventory
    data: bytes
    digest: str
    root_copy_good: bool


def load_inventory(object_root: Path, max_bytes: int = MAX_INVENTORY) -> Trusted:
    """Return the trusted inventory of the object.

    Raises ObjectMissingError if there is no object, InvalidInventoryError if its inventory agrees
    with its digest but breaks the specification, UnreadableObjectError if no copy can be trusted.
    """
    if kind_of(object_root) != "folder":
        raise ObjectMissingError(
            "There is no object at this place.", "Check the identifier.", place=str(object_root)
        )
    root_copy = read_copy(object_root, "", max_bytes)
    if root_copy is not None and root_copy.agrees:
        return _trusted(root_copy, root_copy_good=True)
    version = _latest_version(object_root)
    other = read_copy(object_root, version, max_bytes) if version else None
    if other is not None and other.agrees:
        same = root_copy is not None and root_copy.data == other.data
        return _trusted(other, root_copy_good=same)
    if root_copy is not None and other is not None and root_copy.data == other.data:
        return _trusted(root_copy, root_copy_good=True)
    raise UnreadableObjectError(
        "No inventory of the object agrees with its digest file.",
        "Restore the object from another storage root.",
        place=str(object_root),
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """One inventory file with what its digest file says; `agrees` if that is its digest."""

    data: bytes
    algorithm: str
    recorded: str | None
    digest: str

    @property
    def agrees(self) -> bool:
        """Whether the digest file belongs to these bytes."""
        return self.recorded == self.digest


def read_copy(object_root: Path, folder: str, max_bytes: int = MAX_INVENTORY) -> Copy | None:
    """Read the inventory and digest file in a version folder ("" for the object root).

    Returns None if the inventory is missing, unreadable or too large. Without a digest file the
    algorithm is a guess (sha256) and `recorded` is None.
    """
    here = object_root / folder
    try:
        data = read_limited(here / INVENTORY, max_bytes)
    except OSError:
        return None
    if data is None:
        return None
    algorithm, recorded = "sha256", None
    for name in CONTENT_ALGORITHMS:
        if kind_of(here / f"{INVENTORY}.{name}") == "file":
            algorithm, recorded = name, read_sidecar(here / f"{INVENTORY}.{name}")
    return Copy(data, algorithm, recorded, digest_of_bytes(data, algorithm))


def read_sidecar(path: Path) -> str | None:
    """Return the digest in a digest file in lower case, or None if it cannot be read as one."""
    try:
        text = read_limited(path, _MAX_SIDECAR)
    except OSError:
        return None
    parts = text.split() if text is not None else []
    if len(parts) != 2 or parts[1] != INVENTORY.encode():
        return None
    return parts[0].decode("ascii", "replace").lower()


def sidecar_bytes(digest: str) -> bytes:
    """Return the content of a digest file."""
    return f"{digest} {INVENTORY}\n".encode()


def digest_of_bytes(data: bytes, algorithm: str) -> str:
    """Return the digest of `data` as lower-case hex."""
    hasher = new_hasher(algorithm)
    hasher.update(data)
    return hasher.hexdigest()


def _trusted(copy: Copy, *, root_copy_good: bool) -> Trusted:
    inventory = parse_inventory(copy.data, SPEC_VERSIONS[-1])
    if copy.recorded is not None and copy.algorithm != inventory.algorithm:
        raise InvalidInventoryError(
            "The digest file of the inventory uses another algorithm than the inventory names.",
            "Validate the object and restore it from a good copy.",
            codes=["E059"],
        )
    digest = digest_of_bytes(copy.data, inventory.algorithm)
    return Trusted(inventory, copy.data, digest, root_copy_good)


def _latest_version(object_root: Path) -> str | None:
    names = [name for name in names_in(object_root) if number_of(name)]
    return max(names, key=lambda name: (number_of(name) or 0, name), default=None)
