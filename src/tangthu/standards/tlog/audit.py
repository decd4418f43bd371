"""Recompute a whole log from its files: what a mirror, a monitor or an inspector does offline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tangthu.standards.tlog.checkpoint import OpenedCheckpoint, open_checkpoint
from tangthu.standards.tlog.errors import LogDamagedError
from tangthu.standards.tlog.layout import (
    ENTRIES,
    WIDTH,
    fold,
    levels,
    pack_bundle,
    tile_path,
)
from tangthu.standards.tlog.merkle import HASH_SIZE, leaf_hash
from tangthu.standards.tlog.note import MAX_NOTE_BYTES, VerifierKey
from tangthu.standards.tlog.reader import TileReader, frozen_path


@dataclass(frozen=True, slots=True)
class AuditReport:
    """A log that agrees with itself: its checkpoint; how many tiles, partials, frozen notes.

    `largest_frozen` above the size of `head` means that the log is being written just now, or that
    an old checkpoint was put back: look again, and take it for the latter if it stays.
    """

    head: OpenedCheckpoint
    tiles: int
    partials: int
    frozen: int
    largest_frozen: int


def verify_log(
    root: Path,
    origin: str,
    log_keys: Iterable[VerifierKey],
    witnesses: Iterable[VerifierKey] = (),
    visit: Callable[[int, Sequence[bytes]], None] | None = None,
) -> AuditReport:
    """Recompute every hash of the log below `root` from its entries, up to its signed checkpoint.

    Checked: signatures of `checkpoint` and all `checkpoints/*.note`, each bundle against its
    level-0 tile, each tile against those below, each partial file against the full one, each root.
    `visit(first index, entries)` sees every bundle. Memory does not grow with the log. Raises
    LogDamagedError, TileMissingError, TileFormatError and what open_checkpoint raises; returns
    only if all is well.
    """
    reader = TileReader(root)
    logs, known = list(log_keys), list(witnesses)
    head = open_checkpoint(reader.checkpoint(), origin, logs, known)
    size = head.checkpoint.size
    tiles = partials = 0
    rows: list[list[bytes]] = [[] for _ in levels(size)]
    for index in range(-(-size // WIDTH)):
        entries = reader.bundle(index, size)
        if visit is not None:
            visit(index * WIDTH, entries)
        packed = partial(_packed, entries)
        partials += _check_partials(root, ENTRIES, index, len(entries), packed)
        rows[0] += map(leaf_hash, entries)
        for level, row in enumerate(rows):
            if len(row) < WIDTH and (index + 1) * WIDTH < size:
                break
            if not row:
                continue
            number, data = index >> 8 * level, b"".join(row)
            if reader.tile(level, number, size) != data:
                raise LogDamagedError(path=tile_path(level, number, len(row)))
            partials += _check_partials(root, level, number, len(row), partial(_joined, data))
            tiles += 1
            if len(row) == WIDTH:
                rows[level + 1].append(fold(row))
                row.clear()
    if reader.root_of(size) != head.checkpoint.root:
        raise LogDamagedError(size=size)
    frozen = [
        _check_frozen(reader, path, origin, logs, known)
        for path in (root / "checkpoints").glob("*.note")
    ]
    return AuditReport(head, tiles, partials, len(frozen), max(frozen, default=0))


def _packed(entries: Sequence[bytes], width: int) -> bytes:
    return pack_bundle(entries[:width])


def _joined(data: bytes, width: int) -> bytes:
    return data[: width * HASH_SIZE]


def _check_partials(
    root: Path, level: int | str, index: int, width: int, expected: Callable[[int], bytes]
) -> int:
    """Compare the partial files up to `width` of one tile; return how many there are.

    Wider ones are of a tree that is written but not yet signed.
    """
    folder = root / f"{tile_path(level, index)}.p"
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if not path.name.isascii() or not path.name.isdigit() or len(path.name) > 3:
            raise LogDamagedError(path=str(path.relative_to(root)))
        if int(path.name) <= width:
            if path.read_bytes() != expected(int(path.name)):
                raise LogDamagedError(path=str(path.relative_to(root)))
            count += 1
    return count


def _check_frozen(
    reader: TileReader,
    path: Path,
    origin: str,
    logs: list[VerifierKey],
    witnesses: list[VerifierKey],
) -> int:
    """Check one frozen note against the tiles; return its size."""
    data = reader.read(f"checkpoints/{path.name}", MAX_NOTE_BYTES)
    found = open_checkpoint(data, origin, logs, witnesses).checkpoint
    if frozen_path(found.size) != f"checkpoints/{path.name}":
        raise LogDamagedError(path=f"checkpoints/{path.name}")
    if reader.root_of(found.size) != found.root:
        raise LogDamagedError(frozen=found.size)
    return found.size
