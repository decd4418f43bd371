"""Bringing bytes into a staging folder: copied, hashed, flushed and read back from the disk.

Copying runs in the calling thread; flushing and reading back run beside it in a few threads, with a
bound on how much is under way, so memory and open files do not grow with the number of files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tangthu.standards import durable
from tangthu.standards.ocfl.digests import Hasher, new_hasher
from tangthu.standards.ocfl.errors import DamagedSourceError, DigestMismatchError
from tangthu.standards.ocfl.files import CHUNK, chunks_of_handle, digests_of_handle, open_regular

POINTS = ("ocfl.content.fsynced", "ocfl.content.verified", "ocfl.inventory.fsynced")
_WORKERS = 4
_UNDER_WAY = 24


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes of one file come from, and the sha256 they must have, where it is known.

    `data` is a local path, the bytes themselves, or an iterable of pieces that is read once.
    """

    data: Path | bytes | Iterable[bytes]
    sha256: str | None = None

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes. Raises DamagedSourceError naming `name` if they cannot be read."""
        if isinstance(self.data, bytes):
            yield self.data
        elif isinstance(self.data, Path):
            try:
                handle = open_regular(self.data)
                try:
                    yield from chunks_of_handle(handle)
                finally:
                    os.close(handle)
            except OSError as error:
                raise DamagedSourceError(
                    f"The file {name!r} cannot be read: {error.strerror}.",
                    "Check that the file is a plain file and may be read.",
                    file=name,
                ) from error
        else:
            yield from self.data


def as_source(value: Source | Path | bytes) -> Source:
    """Return `value` as a Source."""
    return value if isinstance(value, Source) else Source(value)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that was read to its end: digests by algorithm and size in bytes."""

    digests: Mapping[str, str]
    size: int


class Intake:
    """Takes files into a staging folder; use it as a context manager and call `finish`."""

    def __init__(self, parts: Path, algorithms: Sequence[str]) -> None:
        self._parts = parts
        self._algorithms = tuple(dict.fromkeys(algorithms))
        self._count = 0
        self._folders: set[Path] = set()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="ocfl-intake")
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)

    def take(self, name: str, source: Source, *, store: bool = True) -> tuple[Arrived, Part]:
        """Read all of `source`; the part can then be kept under a path, or dropped.

        With `store` False the bytes are only verified, and the part must be dropped. Raises
        DigestMismatchError naming `name` if the bytes are not those of `source.sha256`.
        """
        wanted = source.sha256
        algorithms = self._algorithms if wanted is None else (*self._algorithms, "sha256")
        hashers = {algorithm: new_hasher(algorithm) for algorithm in algorithms}
        part = Part(self._parts / f"part-{self._count}")
        self._count += 1
        size = 0
        try:
            for piece in source.pieces(name):
                size += len(piece)
                for hasher in hashers.values():
                    hasher.update(piece)
                if store:
                    part.write(piece)
            digests = _values(hashers)
            if wanted is not None and digests["sha256"] != wanted.lower():
                raise DigestMismatchError(
                    f"The file {name!r} is not the one that was announced.",
                    "Send the file again; it was changed or damaged on the way.",
                    file=name,
                    expected=wanted.lower(),
                    found=digests["sha256"],
                )
        except BaseException:
            part.drop()
            raise
        return Arrived(digests, size), part

    def keep(self, part: Part, target: Path, algorithm: str, digest: str, name: str) -> None:
        """Give the part its path and have it flushed and read back; errors come with `finish`."""
        self._make_folders(target.parent)
        handle = self._place(part, target)
        self._submit(handle, algorithm, digest, name, content=True)

    def keep_bytes(self, data: bytes, target: Path) -> None:
        """Write administrative bytes (inventory, digest file, declaration) and verify them."""
        self._make_folders(target.parent)
        part = Part(target)
        part.write(data)
        handle = self._place(part, target)
        digest = hashlib.sha256(data).hexdigest()
        self._submit(handle, "sha256", digest, target.name, content=False)

    def note_folder(self, folder: Path) -> None:
        """Have a folder that someone else filled flushed with the others."""
        self._folders.add(folder)

    def finish(self) -> None:
        """Wait until every file is on disk and verified, then flush the folders, deepest first.

        Raises DigestMismatchError if a file does not read back as it was written, or OSError.
        """
        while self._pending:
            self._pending.popleft().result()
        deepest_first = sorted(self._folders, key=lambda folder: len(folder.parts), reverse=True)
        for _ in self._pool.map(durable.fsync_dir, deepest_first):
            pass
        self._folders.clear()

    def _make_folders(self, folder: Path) -> None:
        missing = []
        while folder not in self._folders:
            missing.append(folder)
            if folder.is_dir():
                break
            folder = folder.parent
        for item in reversed(missing):
            item.mkdir(exist_ok=True)
            self._folders.add(item)

    def _place(self, part: Part, target: Path) -> int:
        try:
            return part.place(target)
        except BaseException:
            part.drop()
            raise

    def _submit(
        self, handle: int, algorithm: str, digest: str, name: str, *, content: bool
    ) -> None:
        while len(self._pending) >= _UNDER_WAY:
            self._pending.popleft().result()
        self._pending.append(
            self._pool.submit(_flush_and_verify, handle, algorithm, digest, name, content)
        )


class Part:
    """A file on its way in. Nothing is written before it is longer than one chunk or placed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self._held: list[bytes] = []
        self._held_size = 0

    def write(self, piece: bytes) -> None:
        """Add bytes."""
        self._held.append(piece)
        self._held_size += len(piece)
        if self._held_size > CHUNK:
            self._spill()

    def place(self, target: Path) -> int:
        """Move the part to `target` on the same file system; return its open descriptor."""
        if self._handle is None:
            self._path = target
        self._spill()
        if self._path != target:
            self._path.rename(target)
        assert self._handle is not None
        return self._handle

    def drop(self) -> None:
        """Forget the part."""
        self._held.clear()
        if self._handle is not None:
            os.close(self._handle)
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _spill(self) -> None:
        if self._handle is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            self._handle = os.open(self._path, flags, 0o644)
        for piece in self._held:
            view = memoryview(piece)
            while view:
                view = view[os.write(self._handle, view) :]
        self._held.clear()
        self._held_size = 0


def _flush_and_verify(handle: int, algorithm: str, digest: str, name: str, content: bool) -> None:
    try:
        os.fsync(handle)
        durable.point("ocfl.content.fsynced" if content else "ocfl.inventory.fsynced")
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.lseek(handle, 0, os.SEEK_SET)
        found, _ = digests_of_handle(handle, [algorithm])
    finally:
        os.close(handle)
    if found[algorithm] != digest:
        raise DigestMismatchError(
            f"The file {name!r} does not read back from the disk as it was written.",
            "Check the disk at once; nothing was stored.",
            file=name,
            expected=digest,
            found=found[algorithm],
        )
    if content:
        durable.point("ocfl.content.verified")


def _values(hashers: Mapping[str, Hasher]) -> dict[str, str]:
    return {algorithm: hasher.hexdigest() for algorithm, hasher in hashers.items()}
