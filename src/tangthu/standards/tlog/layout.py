"""Where tiles and entry bundles lie and what is in them: C2SP tlog-tiles.

A tile holds up to 256 hashes of one level: level 0 the leaf hashes, level L+1 the roots of the full
tiles of level L. A bundle holds the entries under one level-0 tile, each after its length (u16, big
endian). A partial tile or bundle, of width below 256, lies in a folder beside its later full self.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tangthu.standards.tlog.errors import EntryTooLongError, TileFormatError
from tangthu.standards.tlog.merkle import HASH_SIZE, node_hash

WIDTH = 256
MAX_TILE_BYTES = WIDTH * HASH_SIZE
MAX_BUNDLE_BYTES = WIDTH * (2 + 0xFFFF)
ENTRIES = "entries"


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Path of a tile below the log's root; `level` is ENTRIES for a bundle.

    Index 1234067 and width 12 at level 0 give `tile/0/x001/x234/067.p/12`.
    """
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    suffix = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{suffix}"


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes tile `index` of `level` has in a tree of `size` leaves: 0 (absent) to 256."""
    return max(0, min(WIDTH, (size >> 8 * level) - index * WIDTH))


def levels(size: int) -> Iterator[int]:
    """The levels that have tiles in a tree of `size` leaves, lowest first."""
    level = 0
    while size >> 8 * level:
        yield level
        level += 1


def changed_tiles(level: int, start: int, end: int) -> range:
    """Indices of the tiles of `level` that differ between trees of `start` and `end` leaves."""
    first, last = start >> 8 * level, end >> 8 * level
    return range(first // WIDTH, -(-last // WIDTH)) if last > first else range(0)


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """Bytes of a bundle of 1 to 256 entries. Raises EntryTooLongError."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > 0xFFFF:
            raise EntryTooLongError(length=len(entry))
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def unpack_bundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle that must have exactly `width`. Raises TileFormatError."""
    entries: list[bytes] = []
    at, end = 0, len(data)
    while at + 2 <= end:
        start = at + 2
        at = start + (data[at] << 8 | data[at + 1])
        entries.append(data[start:at])
    if at != end or len(entries) != width:
        raise TileFormatError(entries=len(entries), wanted=width)
    return entries


def split_tile(data: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over at least one hash, pair by pair, row by row; an odd last one moves up as it is.

    This is on purpose another way to the root than merkle.CompactRange: tiles are written by one
    and checked by the other (IN-35).
    """
    row = list(hashes)
    while len(row) > 1:
        paired = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = paired + row[len(paired) * 2 :]
    return row[0]
