"""Read the static tree of a log: tiles, entries, roots and proofs, from files alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.errors import ProofRangeError, TileFormatError, TileMissingError
from tangthu.standards.tlog.layout import (
    ENTRIES,
    MAX_BUNDLE_BYTES,
    MAX_TILE_BYTES,
    WIDTH,
    fold,
    levels,
    split_tile,
    tile_path,
    tile_width,
    unpack_bundle,
)
from tangthu.standards.tlog.note import MAX_NOTE_BYTES

CHECKPOINT = "checkpoint"
_CACHED_TILES = 256


def frozen_path(size: int) -> str:
    """Path of the immutable checkpoint of `size`, below the log's root."""
    return f"checkpoints/{size}.note"


class TileReader:
    """The published tree below `root`; every question names the tree size it is about.

    Where a partial tile has been cleared away, its full tile is read instead. Nothing read here is
    proven: check roots against a checkpoint, or the whole with audit.verify_log. All methods raise
    TileMissingError and TileFormatError for files that are absent or of the wrong length.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._cache: dict[tuple[int, int, int], bytes] = {}

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of one file below the root, at most `limit`."""
        try:
            with (self.root / path).open("rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TileMissingError(path=path) from error
        if len(data) > limit:
            raise TileFormatError(path=path, limit=limit)
        return data

    def _read_tile(self, level: int | str, index: int, width: int, limit: int) -> tuple[bytes, int]:
        """A tile or bundle of `width`, or the full one after it; with the width that it has."""
        try:
            return self.read(tile_path(level, index, width), limit), width
        except TileMissingError:
            full = tile_path(level, index)
            if width == WIDTH or not (self.root / full).exists():
                raise
        return self.read(full, limit), WIDTH

    def tile(self, level: int, index: int, size: int) -> bytes:
        """The hashes that tile `index` of `level` has in a tree of `size` leaves."""
        width = tile_width(level, index, size)
        if not width:
            return b""
        key = (level, index, width)
        if key not in self._cache:
            data, stored = self._read_tile(level, index, width, MAX_TILE_BYTES)
            if len(data) != stored * merkle.HASH_SIZE:
                raise TileFormatError(path=tile_path(level, index, stored), length=len(data))
            if len(self._cache) >= _CACHED_TILES:
                self._cache.clear()
            self._cache[key] = data[: width * merkle.HASH_SIZE]
        return self._cache[key]

    def bundle(self, index: int, size: int) -> list[bytes]:
        """The entries that bundle `index` has in a tree of `size` leaves."""
        width = tile_width(0, index, size)
        if not width:
            return []
        return unpack_bundle(*self._read_tile(ENTRIES, index, width, MAX_BUNDLE_BYTES))[:width]

    def entries(self, start: int, end: int, size: int) -> Iterator[bytes]:
        """Entries start … end−1 of a tree of `size` leaves. Raises ProofRangeError."""
        if not 0 <= start <= end <= size:
            raise ProofRangeError(start=start, end=end, size=size)
        for index in range(start // WIDTH, -(-end // WIDTH)):
            base = index * WIDTH
            yield from self.bundle(index, size)[max(0, start - base) : end - base]

    def hashes(self, size: int) -> merkle.HashReader:
        """A reader of subtree roots for merkle's proofs, out of the tiles of a tree of `size`."""

        def get(level: int, index: int) -> bytes:
            inside = level % 8
            first = index << inside
            row = split_tile(self.tile(level // 8, first // WIDTH, size))
            part = row[first % WIDTH : first % WIDTH + (1 << inside)]
            if len(part) != 1 << inside:
                raise ProofRangeError(level=level, index=index, size=size)
            return fold(part)

        return get

    def root_of(self, size: int) -> bytes:
        """Root of the first `size` leaves, from the right edge of the tiles."""
        root: list[bytes] = []
        for level in levels(size):
            count = size >> 8 * level
            edge = split_tile(self.tile(level, count // WIDTH, size)) if count % WIDTH else []
            root = [fold(edge + root)] if edge or root else []
        return root[0] if root else merkle.EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Audit path of leaf `index` in the tree of `size` leaves. Raises ProofRangeError."""
        return merkle.inclusion_proof(index, size, self.hashes(size))

    def consistency_proof(self, size1: int, size2: int) -> list[bytes]:
        """Proof that the tree of `size1` is a prefix of that of `size2`. Raises ProofRangeError."""
        return merkle.consistency_proof(size1, size2, self.hashes(size2))

    def compact_range(self, size: int) -> merkle.CompactRange:
        """The state from which an integrator goes on after `size` leaves."""
        return merkle.CompactRange.read(size, self.hashes(size))

    def checkpoint(self) -> bytes:
        """The published checkpoint note. Raises TileMissingError if none is published yet."""
        return self.read(CHECKPOINT, MAX_NOTE_BYTES)

    def frozen(self, size: int) -> bytes:
        """The frozen checkpoint note of `size`. Raises TileMissingError if there is none."""
        return self.read(frozen_path(size), MAX_NOTE_BYTES)
