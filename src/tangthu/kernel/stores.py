"""Where bytes lie: the protocol that every object store speaks, and the folder store.

Keys are relative POSIX paths. The S3 store of the next step speaks the same protocol. The working
store holds what is not sealed yet, addressed by content: one file per SHA-256, whatever its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tangthu.kernel.errors import HouseError
from tangthu.standards import durable


class StoreDamaged(HouseError):
    """What the store gives back is not what was put in."""


@dataclass(frozen=True, slots=True)
class Stat:
    """Key and size in bytes of one stored object."""

    key: str
    size: int


class ObjectStore(Protocol):
    """Put, read, look up, list and remove whole objects by key."""

    def put(self, key: str, chunks: Iterable[bytes], *, sha256: str) -> Stat: ...
    def read(self, key: str) -> Iterator[bytes]: ...
    def stat(self, key: str) -> Stat | None: ...
    def list(self, prefix: str) -> Iterator[Stat]: ...
    def remove(self, key: str) -> None: ...


class FolderStore:
    """An object store in a local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """File path of `key`; raises ValueError for a key that would leave the folder."""
        parts = key.split("/")
        if not key or any(part in {"", ".", ".."} for part in parts) or "\0" in key:
            raise ValueError(f"not a store key: {key!r}")
        return self.root.joinpath(*parts)

    def put(self, key: str, chunks: Iterable[bytes], *, sha256: str) -> Stat:
        """Store `chunks` durably under `key`, read them back and compare with `sha256`.

        Raises StoreDamaged (and keeps nothing) if the bytes differ; OSError if disk fails.
        """
        path = self.path(key)
        durable.make_dirs(path.parent)
        written = durable.write_file(path, chunks, what="working")
        back = durable.digest_file(path)
        if written.digests["sha256"] != sha256 or back.digests["sha256"] != sha256:
            path.unlink(missing_ok=True)
            raise StoreDamaged("Kho làm việc ghi sai dữ liệu.", key=key)
        return Stat(key, written.size)

    def read(self, key: str) -> Iterator[bytes]:
        """Yield the bytes of `key` in pieces. Raises FileNotFoundError."""
        return durable.chunks_of(self.path(key))

    def stat(self, key: str) -> Stat | None:
        """Size of `key`, or None if it is not there."""
        try:
            return Stat(key, self.path(key).stat().st_size)
        except FileNotFoundError:
            return None

    def list(self, prefix: str) -> Iterator[Stat]:
        """Every object whose key starts with the folder `prefix` ("" for all), in no order."""
        top = self.path(prefix) if prefix else self.root
        for folder, _, names in os.walk(top):
            for name in names:
                if not name.endswith(".tmp"):
                    path = Path(folder, name)
                    yield Stat(path.relative_to(self.root).as_posix(), path.stat().st_size)

    def remove(self, key: str) -> None:
        """Remove `key`; absent is fine."""
        self.path(key).unlink(missing_ok=True)


def content_key(sha256: str) -> str:
    """Key in the working store of the content with this lower-case hex digest."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
