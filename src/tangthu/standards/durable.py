"""Writing files so that a power cut or kill -9 leaves the whole file or none of it.

Every write goes: temporary name in the same folder, write, fsync of the file, rename over the final
name, fsync of the folder. Each of these steps is a *named point*: an observer set with `observe` is
called with the name just after the step, which is how the crash tests stop a process at exactly
that instant. Without an observer a point costs one comparison.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1024 * 1024
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100

_observer: Callable[[str], None] | None = None
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Written:
    """What a durable write put on disk: size in bytes and lower-case hex digests by algorithm."""

    size: int
    digests: Mapping[str, str]


def observe(callback: Callable[[str], None] | None) -> None:
    """Call `callback(name)` right after every named durable point; None stops observing."""
    global _observer
    _observer = callback


def point(name: str) -> None:
    """Announce that the durable step `name` has just been completed."""
    if _observer is not None:
        _observer(name)


def chunks_of(path: Path, size: int = CHUNK) -> Iterator[bytes]:
    """Yield the bytes of the file at `path` in pieces of at most `size` bytes."""
    with path.open("rb") as handle:
        while piece := handle.read(size):
            yield piece


def digest_file(path: Path, algorithms: tuple[str, ...] = ("sha256",)) -> Written:
    """Read the file at `path` once and return its size and digests. Raises OSError."""
    hashers = {name: hashlib.new(name) for name in algorithms}
    size = 0
    for piece in chunks_of(path):
        size += len(piece)
        for hasher in hashers.values():
            hasher.update(piece)
    return Written(size, {name: hasher.hexdigest() for name, hasher in hashers.items()})


def fsync_dir(path: Path) -> None:
    """Flush the folder entry list of `path`, so that a rename inside it survives a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_dirs(path: Path) -> None:
    """Create `path` and missing parents, each durably entered in its parent folder."""
    missing: list[Path] = []
    current = path
    while not current.exists():
        missing.append(current)
        current = current.parent
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        fsync_dir(folder.parent)


def write_file(
    path: Path,
    chunks: Iterable[bytes],
    *,
    what: str,
    algorithms: tuple[str, ...] = ("sha256",),
    mode: int = 0o644,
) -> Written:
    """Write `chunks` to `path` durably, replacing what stood there, and return size and digests.

    `what` names the kind of file in the durable points `<what>.fsynced` and `<what>.renamed`. The
    temporary file is removed if anything fails; the old file at `path` is then untouched. Raises
    OSError (disk full, read-only, …).
    """
    hashers = {name: hashlib.new(name) for name in algorithms}
    size = 0
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as out:
            for piece in chunks:
                out.write(piece)
                size += len(piece)
                for hasher in hashers.values():
                    hasher.update(piece)
            out.flush()
            os.fsync(out.fileno())
        point(f"{what}.fsynced")
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    fsync_dir(path.parent)
    point(f"{what}.renamed")
    return Written(size, {name: hasher.hexdigest() for name, hasher in hashers.items()})


def overwrite_and_remove(path: Path) -> None:
    """Overwrite the file at `path` with zeros and remove it; absent is fine.

    On a disk that writes in place nothing readable stays; on others this is the best a program can
    do, and the medium itself must be destroyed for more.
    """
    try:
        left = path.stat().st_size
    except FileNotFoundError:
        return
    with path.open("r+b") as handle:
        while left > 0:
            piece = min(left, CHUNK)
            handle.write(b"\0" * piece)
            left -= piece
        handle.flush()
        os.fsync(handle.fileno())
    path.unlink(missing_ok=True)
    fsync_dir(path.parent)


def rename(source: Path, target: Path, *, what: str) -> None:
    """Rename `source` to `target` (same file system) durably; point `<what>.renamed`."""
    source.rename(target)
    fsync_dir(target.parent)
    if source.parent != target.parent:
        fsync_dir(source.parent)
    point(f"{what}.renamed")


def exchange(one: Path, other: Path, *, what: str) -> bool:
    """Swap two paths in one atomic step (Linux renameat2); point `<what>.exchanged`.

    Returns False, with nothing changed, where the kernel or the file system cannot do it.
    """
    try:
        renameat2 = _libc.renameat2
    except AttributeError:
        return False
    result = renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
    if result != 0:
        code = ctypes.get_errno()
        if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
            return False
        raise OSError(code, os.strerror(code), str(one), None, str(other))
    fsync_dir(one.parent)
    if one.parent != other.parent:
        fsync_dir(other.parent)
    point(f"{what}.exchanged")
    return True
