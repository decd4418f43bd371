"""A package as it lies in a store, read without the catalogue: versions, files, damage."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tangthu.standards import ocfl
from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.tt05.source import Inventory

_MESSAGE = re.compile(
    r"(?P<status>[A-Z]{1,20}) v[0-9]+ .*; state sha256:(?P<state>[0-9a-f]{64})", re.DOTALL
)


class NotOurs(Exception):
    """The object is no package that this software stored."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of a stored package, by the columns of the catalogue."""

    number: int
    record_status: str
    sealed_at: dt.datetime
    mets_sha256: str
    inventory_sha256: str
    state_sha256: str
    files: int
    bytes: int


class StoredObject:
    """A package in a store; as a `PackageSource`, the files of its newest version.

    Raises OcflError for an object whose inventory cannot be trusted.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.object = ocfl.open_object(place)
        self.objid = self.object.id
        state = self.object.state()
        folders = {path.partition("/")[0] for path in state}
        self._folder = folders.pop() if len(folders) == 1 else ""
        prefix = len(self._folder) + 1
        self.inventory = Inventory(
            self._folder, {path[prefix:]: self._size(path) for path in state} if prefix > 1 else {}
        )

    def _size(self, logical: str) -> int:
        try:
            return (self.place / self.object.content_path(logical)).stat().st_size
        except OSError:
            return 0

    def open(self, path: str) -> BinaryIO:
        """Open a file of the newest version. Raises PackageUnreadableError."""
        try:
            return self.path_of(path).open("rb")
        except (OSError, ocfl.OcflError) as error:
            raise PackageUnreadableError(
                f"Không đọc được {path}.", "Kiểm tra kho.", path=path
            ) from error

    def path_of(self, path: str) -> Path:
        """Where the bytes of a file of the newest version lie."""
        return self.place / self.object.content_path(f"{self._folder}/{path}")

    def content(self, sha256: str) -> Path:
        """Where bytes of this digest lie. Raises KeyError if the object does not have them."""
        return self.place / min(self.object.inventory.manifest[sha256])

    def damage(self) -> list[tuple[str, str]]:
        """Read every file and compare its digest; the places that are not right, with status."""
        return [
            (result.path, result.status)
            for result in ocfl.check_files(self.place, self.object.trusted)
            if result.status != "ok"
        ]

    @property
    def inventory_sha256(self) -> str:
        """Digest of the inventory: what the seal of the newest version commits to."""
        return self.object.trusted.digest

    def versions(self) -> Sequence[StoredVersion]:
        """Every version, oldest first. Raises NotOurs."""
        return [self._version(n, name) for n, name in enumerate(self.object.inventory.versions, 1)]

    def _version(self, number: int, name: str) -> StoredVersion:
        version = self.object.version(name)
        told = _MESSAGE.fullmatch(version.message or "")
        mets = [digest for path, digest in version.state.items() if path.count("/") == 1]
        head = name == self.object.inventory.head
        copy = None if head else ocfl.read_copy(self.place, name)
        if told is None or len(mets) != 1 or not (head or copy):
            raise NotOurs(f"v{number}")
        return StoredVersion(
            number=number,
            record_status=told["status"],
            sealed_at=dt.datetime.fromisoformat(version.created),
            mets_sha256=mets[0],
            inventory_sha256=copy.digest if copy else self.inventory_sha256,
            state_sha256=told["state"],
            files=len(version.state),
            bytes=sum(
                (self.place / self.object.content_path(path, name)).stat().st_size
                for path in version.state
            ),
        )
