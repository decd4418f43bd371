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


def keep_note(home: Home, item: uuid.UUID, note: str) -> None:
    """Keep what only the deciding officer may need (the file's name) beside the bytes."""
    path = path_of(home, item).with_suffix(".note")
    durable.write_file(path, [note.encode("utf-8")], what="quarantine.note", mode=0o600)


def read_note(home: Home, item: uuid.UUID) -> str:
    """The note kept with `item`. Raises FileNotFoundError when purged."""
    return path_of(home, item).with_suffix(".note").read_text(encoding="utf-8")


def purge(home: Home, item: uuid.UUID) -> None:
    """Overwrite and remove the quarantined bytes and note of `item`; absent is fine."""
    for path in (path_of(home, item), path_of(home, item).with_suffix(".note")):
        durable.overwrite_and_remove(path)
