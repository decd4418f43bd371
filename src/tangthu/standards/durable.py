"""Writing files so that a power cut or kill -9 leaves the whole file or none of it.

Every write goes: temporary name in the same folder, write, fsync of the file, rename over the final
name, fsync of the folder. Each of these steps is a *named point*: an observer set with `observe` is
called with the name just after the step, which is how the crash tests stop a process at exactly
that instant. Without an observer a point costs one comparison.

What a killed process leaves is a temporary file that nobody reads. Its writer held a lock on it,
which the system let go of, so `remove_leftovers` can tell it from one that is being written.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1024 * 1024
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{12}\.tmp", re.DOTALL)

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
    temporary, handle = _open_temporary(path, mode)
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in chunks:
                out.write(piece)
                size += len(piece)
                for hasher in hashers.values():
                    hasher.update(piece)
            out.flush()
            os.fsync(out.fileno())
            point(f"{what}.fsynced")
            temporary.replace(path)  # under the lock: a writer at work is never cleaned up after
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    fsync_dir(path.parent)
    point(f"{what}.renamed")
    return Written(size, {name: hasher.hexdigest() for name, hasher in hashers.items()})


def _open_temporary(path: Path, mode: int) -> tuple[Path, int]:
    """A new, locked temporary file beside `path`, and its descriptor for writing."""
    while True:
        temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.tmp")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with contextlib.suppress(OSError):  # no locks here: then nothing is cleaned up either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return temporary, handle
        os.close(handle)  # cleaned up after us between the two calls


def remove_leftovers(folder: Path, *, overwrite: bool = False) -> int:
    """Remove the temporary files below `folder` whose writers died; returns how many.

    With `overwrite` their bytes are overwritten first. Those of living writers are left alone, as
    is what cannot be looked at now. May be called at any time.
    """
    removed = 0
    for place, _folders, names in os.walk(os.fsencode(folder)):
        for name in names:
            if not name.startswith(b".") or not _TEMPORARY.fullmatch(os.fsdecode(name)):
                continue
            path = Path(os.fsdecode(place), os.fsdecode(name))
            with contextlib.suppress(OSError), _deserted(path):
                if overwrite:
                    overwrite_and_remove(path)
                else:
                    path.unlink()
                removed += 1
    return removed


@contextlib.contextmanager
def _deserted(path: Path) -> Iterator[None]:
    """Hold the lock of a file or folder that nobody else holds. Raises BlockingIOError, OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep `folder` (made if it is not there) from `remove_deserted` until the block ends.

    The hold falls with the process. Several may hold one folder. Raises OSError.
    """
    while True:
        make_dirs(folder)
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH)
        if folder.exists() and os.path.samestat(os.fstat(handle), folder.stat()):
            break
        os.close(handle)
    try:
        yield
    finally:
        os.close(handle)


def remove_deserted(folder: Path, unless: Callable[[], bool]) -> bool:
    """Remove `folder` with all in it if nobody holds it and `unless()`, asked then, says no.

    Its files are overwritten first. Returns whether it is gone.
    """
    try:
        with _deserted(folder):
            if unless():
                return False
            for place, folders, names in os.walk(os.fsencode(folder), topdown=False):
                for name in names:
                    path = Path(os.fsdecode(place), os.fsdecode(name))
                    if path.is_symlink() or not path.is_file():
                        path.unlink()
                    else:
                        overwrite_and_remove(path)
                for name in folders:
                    path = Path(os.fsdecode(place), os.fsdecode(name))
                    if path.is_symlink():
                        path.unlink()
                    else:
                        path.rmdir()
            folder.rmdir()
    except OSError:
        return False
    return True


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
