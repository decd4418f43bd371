"""Looking at files that may be hostile: never follow a link, never open a pipe, never hang."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from tangthu.standards.ocfl.digests import new_hasher

CHUNK = 1024 * 1024
Kind = Literal["file", "folder", "link", "special", "missing"]


class NotAFileError(OSError):
    """There is something at the path, but not a regular file."""


def kind_of(path: Path | str) -> Kind:
    """Say what stands at `path` itself, following no link. Raises OSError if that is hidden."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except ValueError as error:
        raise OSError(errno.EINVAL, "the name cannot exist in a file system") from error
    return kind_of_mode(mode)


def kind_of_mode(mode: int) -> Kind:
    """Classify a `st_mode` value."""
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "special"


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, sorted. Raises OSError."""
    return sorted(path.name for path in folder.iterdir())


def open_regular(path: Path | str) -> int:
    """Open a regular file for reading and return its descriptor.

    Raises FileNotFoundError, NotAFileError (link, folder, pipe, device) or OSError.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise OSError(errno.EINVAL, "the name cannot exist in a file system") from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotAFileError(error.errno, "not a regular file", str(path)) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFileError(errno.EINVAL, "not a regular file", str(path))
    return handle


def chunks_of_handle(handle: int) -> Iterator[bytes]:
    """Yield the rest of an open file in pieces; the descriptor stays open."""
    while piece := os.read(handle, CHUNK):
        yield piece


def read_limited(path: Path | str, limit: int) -> bytes | None:
    """Return the whole file, or None if it has more than `limit` bytes. Raises OSError."""
    handle = open_regular(path)
    with os.fdopen(handle, "rb") as stream:
        if os.fstat(stream.fileno()).st_size > limit:
            return None
        data = stream.read(limit + 1)
    return data if len(data) <= limit else None


def digests_of(path: Path | str, algorithms: Sequence[str]) -> tuple[dict[str, str], int]:
    """Read a regular file once; return lower-case digests by algorithm and the size in bytes."""
    handle = open_regular(path)
    try:
        return digests_of_handle(handle, algorithms)
    finally:
        os.close(handle)


def digests_of_handle(handle: int, algorithms: Sequence[str]) -> tuple[dict[str, str], int]:
    """Like `digests_of` for an open descriptor, read from where it stands."""
    hashers = {name: new_hasher(name) for name in algorithms}
    size = 0
    for piece in chunks_of_handle(handle):
        size += len(piece)
        for hasher in hashers.values():
            hasher.update(piece)
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}, size


def walk(top: Path | str) -> Iterator[tuple[str, list[os.DirEntry[str]], OSError | None]]:
    """Yield (path relative to `top`, entries sorted by name, error) for each folder below `top`.

    Depth first without recursion, following no links. A folder that cannot be listed comes with no
    entries and the error.
    """
    pending = [""]
    while pending:
        relative = pending.pop()
        try:
            with os.scandir(Path(top, relative)) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            yield relative, [], error
            continue
        yield relative, entries, None
        prefix = f"{relative}/" if relative else ""
        pending.extend(
            prefix + entry.name
            for entry in reversed(entries)
            if entry.is_dir(follow_symlinks=False)
        )
