"""Reading OCFL objects: versions, files (verified to the last byte), and fixity."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tangthu.standards.ocfl.digests import new_hasher
from tangthu.standards.ocfl.errors import (
    DigestMismatchError,
    InvalidInventoryError,
    UnreadableObjectError,
    VersionMissingError,
)
from tangthu.standards.ocfl.files import (
    NotAFileError,
    chunks_of_handle,
    digests_of,
    kind_of,
    open_regular,
    read_limited,
    walk,
)
from tangthu.standards.ocfl.inventory import INVENTORY, Inventory, Version, parse_inventory
from tangthu.standards.ocfl.object_inventory import (
    Trusted,
    digest_of_bytes,
    load_inventory,
    read_copy,
    read_sidecar,
)

Status = Literal["ok", "changed", "missing", "unreadable", "extra"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """The verdict on one file of an object, by its path relative to the object root.

    `expected` and `found` are digests by the object's algorithm where there are any, `size` is in
    bytes where the file could be read, `reason` says in words why it could not.
    """

    path: str
    status: Status
    expected: str | None = None
    found: str | None = None
    size: int | None = None
    reason: str | None = None


class OcflObject:
    """An object opened for reading; make it with `open_object`."""

    def __init__(self, root: Path, trusted: Trusted) -> None:
        self.root = root
        self.trusted = trusted

    @property
    def inventory(self) -> Inventory:
        """The trusted inventory."""
        return self.trusted.inventory

    @property
    def id(self) -> str:
        """The identifier of the object."""
        return self.inventory.id

    def version(self, name: str | None = None) -> Version:
        """Return the version `name`, or the latest. Raises VersionMissingError."""
        wanted = self.inventory.head if name is None else name
        if wanted not in self.inventory.versions:
            raise VersionMissingError(
                f"The object has no version {wanted!r}.",
                f"Its latest version is {self.inventory.head}.",
                object_id=self.id,
                version=wanted,
            )
        return self.inventory.versions[wanted]

    def state(self, name: str | None = None) -> Mapping[str, str]:
        """Return logical path → digest of a version, the latest by default."""
        return self.version(name).state

    def content_path(self, logical: str, version: str | None = None) -> str:
        """Return where, relative to the object root, the bytes of a logical path lie."""
        digest = self._digest(logical, version)
        return min(self.inventory.manifest[digest])

    def read(self, logical: str, version: str | None = None) -> Iterator[bytes]:
        """Yield the bytes of a file in pieces; the digest is verified at the end.

        Raises DigestMismatchError after the last piece if the bytes are not the recorded ones, so
        a caller must not trust what it got before the iterator is used up. Raises
        VersionMissingError and OSError at the first piece.
        """
        digest = self._digest(logical, version)
        path = self.content_path(logical, version)
        hasher = new_hasher(self.inventory.algorithm)
        handle = open_regular(self.root / path)
        try:
            for piece in chunks_of_handle(handle):
                hasher.update(piece)
                yield piece
        finally:
            os.close(handle)
        if hasher.hexdigest() != digest.lower():
            raise DigestMismatchError(
                f"The stored file {logical!r} is damaged.",
                "Repair it from another storage root.",
                file=logical,
                path=path,
                expected=digest.lower(),
                found=hasher.hexdigest(),
            )

    def _digest(self, logical: str, version: str | None) -> str:
        state = self.state(version)
        if logical not in state:
            raise VersionMissingError(
                f"The version has no file {logical!r}.",
                "Check the name; upper and lower case and accents count.",
                object_id=self.id,
                path=logical,
            )
        return state[logical]


def open_object(object_root: Path) -> OcflObject:
    """Open the object at `object_root`.

    Raises ObjectMissingError, InvalidInventoryError or UnreadableObjectError.
    """
    return OcflObject(object_root, load_inventory(object_root))


def check_files(object_root: Path, trusted: Trusted | None = None) -> Iterator[FileResult]:
    """Read every file of the object and yield a verdict on each, administrative files first.

    `trusted` is an inventory known to be right, from another copy of the object; without it the
    object's own trusted inventory is used. Raises ObjectMissingError, InvalidInventoryError or
    UnreadableObjectError before the first result if there is none. Content files come in order of
    their paths, then whatever does not belong to the object (`extra`; `logs` and `extensions` are
    nobody's business here).
    """
    known = trusted or load_inventory(object_root)
    inventory = known.inventory
    expected_names: set[str] = set()
    for result in check_administration(object_root, known):
        expected_names.add(result.path)
        yield result
    recorded = dict(inventory.content_files())
    links: dict[str, bool] = {}
    for path in sorted(recorded):
        folder = path.rpartition("/")[0]
        if folder not in links:
            links[folder] = _through_a_link(object_root, path)
        yield _checked(object_root, path, inventory.algorithm, recorded[path], links[folder])
    for relative, entries, error in walk(object_root):
        if relative.partition("/")[0] in ("logs", "extensions"):
            continue
        if error is not None:
            yield FileResult(relative, "unreadable", reason=error.strerror)
        for entry in entries:
            path = f"{relative}/{entry.name}" if relative else entry.name
            known_path = path in recorded or path in expected_names
            if not entry.is_dir(follow_symlinks=False) and not known_path:
                yield FileResult(path, "extra")


def check_administration(object_root: Path, known: Trusted) -> Iterator[FileResult]:
    """The verdicts on declaration, inventories and their digest files: all that is not content.

    These files alone may stand at `object_root`: content is not looked for.
    """
    inventory = known.inventory
    yield _check_declaration(object_root, inventory)
    yield from _check_pair(object_root, "", inventory.algorithm, known.digest)
    for name in inventory.versions:
        if name == inventory.head:
            yield from _check_pair(object_root, name, inventory.algorithm, known.digest)
        else:
            yield from _check_earlier(object_root, name, inventory)


def check_file(object_root: Path, path: str, algorithm: str, expected: str) -> FileResult:
    """Read one file and compare its digest; never raises."""
    return _checked(object_root, path, algorithm, expected, _through_a_link(object_root, path))


def _checked(
    object_root: Path, path: str, algorithm: str, expected: str, through_link: bool
) -> FileResult:
    wanted = expected.lower()
    if through_link:
        return FileResult(path, "changed", wanted, reason="a folder above it is a link")
    try:
        digests, size = digests_of(object_root / path, [algorithm])
    except (FileNotFoundError, NotADirectoryError):
        return FileResult(path, "missing", wanted)
    except NotAFileError as error:
        return FileResult(path, "changed", wanted, reason=error.strerror)
    except OSError as error:
        return FileResult(path, "unreadable", wanted, reason=error.strerror)
    found = digests[algorithm]
    return FileResult(path, "ok" if found == wanted else "changed", wanted, found, size)


def _through_a_link(object_root: Path, path: str) -> bool:
    parts = path.split("/")[:-1]
    return any(kind_of(object_root / "/".join(parts[: n + 1])) == "link" for n in range(len(parts)))


def _check_declaration(object_root: Path, inventory: Inventory) -> FileResult:
    text = inventory.declaration.removeprefix("0=") + "\n"
    digest = digest_of_bytes(text.encode(), inventory.algorithm)
    return check_file(object_root, inventory.declaration, inventory.algorithm, digest)


def _check_pair(
    object_root: Path, folder: str, algorithm: str, digest: str
) -> tuple[FileResult, ...]:
    """Judge an inventory whose digest is known, and its digest file."""
    prefix = f"{folder}/" if folder else ""
    inventory = check_file(object_root, f"{prefix}{INVENTORY}", algorithm, digest)
    return inventory, _check_sidecar(object_root, f"{prefix}{INVENTORY}.{algorithm}", digest)


def _check_sidecar(object_root: Path, path: str, digest: str | None) -> FileResult:
    kind = kind_of(object_root / path)
    if kind == "missing":
        return FileResult(path, "missing", digest)
    try:
        read_limited(object_root / path, 0)
    except NotAFileError as error:
        return FileResult(path, "changed", digest, reason=error.strerror)
    except OSError as error:
        return FileResult(path, "unreadable", digest, reason=error.strerror)
    recorded = read_sidecar(object_root / path)
    good = recorded is not None and (digest is None or recorded == digest)
    return FileResult(path, "ok" if good else "changed", digest, recorded)


def _check_earlier(object_root: Path, name: str, current: Inventory) -> tuple[FileResult, ...]:
    """Judge the inventory of an earlier version: only its own digest file vouches for it.

    Version inventories are recommended, not required: where neither file is there, nothing is said
    (W010). If they disagree, an inventory that is sound and tells the same states is believed.
    """
    copy = read_copy(object_root, name)
    sidecars = [
        f"{name}/{INVENTORY}.{algorithm}"
        for algorithm in ("sha512", "sha256")
        if kind_of(object_root / name / f"{INVENTORY}.{algorithm}") != "missing"
    ]
    path = f"{name}/{INVENTORY}"
    if copy is None:
        kind = kind_of(object_root / path)
        if kind == "missing" and not sidecars:
            return ()
        status: Status = "missing" if kind == "missing" else "unreadable"
        expected = read_sidecar(object_root / sidecars[0]) if sidecars else None
        return (
            FileResult(path, status, expected),
            *(_check_sidecar(object_root, sidecar, None) for sidecar in sidecars[:1]),
        )
    if copy.agrees:
        return (
            FileResult(path, "ok", copy.recorded, copy.digest, len(copy.data)),
            FileResult(sidecars[0], "ok", copy.digest, copy.recorded),
        )
    algorithm = _told_algorithm(copy.data, name, current)
    if algorithm is not None:
        digest = digest_of_bytes(copy.data, algorithm)
        return (
            FileResult(path, "ok", digest, digest, len(copy.data)),
            _check_sidecar(object_root, f"{path}.{algorithm}", digest),
        )
    return (
        FileResult(path, "changed", copy.recorded, copy.digest, len(copy.data)),
        *(_check_sidecar(object_root, sidecar, None) for sidecar in sidecars[:1]),
    )


def _told_algorithm(data: bytes, name: str, current: Inventory) -> str | None:
    """Return the algorithm of an earlier inventory if it is sound and fits the current one."""
    try:
        earlier = parse_inventory(data)
    except InvalidInventoryError:
        return None
    fits = (
        earlier.id == current.id
        and earlier.head == name
        and earlier.algorithm == current.algorithm
        and all(current.versions.get(key) == value for key, value in earlier.versions.items())
        and all(current.manifest.get(key) for key in earlier.manifest)
    )
    return earlier.algorithm if fits else None


def require_trusted(object_root: Path) -> Trusted:
    """Return the trusted inventory, with both root copies of it in order.

    Raises UnreadableObjectError if the object root itself holds a damaged copy.
    """
    trusted = load_inventory(object_root)
    if not trusted.root_copy_good:
        raise UnreadableObjectError(
            "The inventory in the object root is damaged.",
            "Repair the object from another storage root first.",
            place=str(object_root),
        )
    return trusted
