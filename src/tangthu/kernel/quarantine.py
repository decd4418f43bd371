"""Bytes that may hold a state secret: outside stores, index, backups and other people's view.

Invariant 6: what only looks secret waits here for a named officer; what is declared secret is not
kept at all. A quarantined file is named by a random id; the folder is private (mode 700).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from tangthu.kernel.home import Home
from tangthu.standards import durable


def path_of(home: Home, item: uuid.UUID) -> Path:
    """Where the quarantined bytes of `item` lie."""
    return home.quarantine / str(item)


def keep(home: Home, item: uuid.UUID, chunks: Iterable[bytes]) -> durable.Written:
    """Write `chunks` into quarantine as `item`, durably, readable by this account only."""
    return durable.write_file(path_of(home, item), chunks, what="quarantine", mode=0o600)


def read(home: Home, item: uuid.UUID) -> Iterator[bytes]:
    """Yield the quarantined bytes of `item`. Raises FileNotFoundError when purged."""
    return durable.chunks_of(path_of(home, item))


def purge(home: Home, item: uuid.UUID) -> None:
    """Overwrite and remove the quarantined bytes of `item`; absent is fine."""
    path = path_of(home, item)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return
    with path.open("r+b") as handle:
        left = size
        while left > 0:
            piece = min(left, durable.CHUNK)
            handle.write(b"\0" * piece)
            left -= piece
        handle.flush()
    path.unlink(missing_ok=True)
    durable.fsync_dir(path.parent)
