"""Write the static tree of a log so that a crash at any instant leaves it usable (IN-22, IN-35).

Order: entry bundles, level-0 tiles, higher tiles, reading all of it back by another code path; then
the caller signs; then the frozen checkpoint, and last the one that names the new tree. Nothing but
`checkpoint` is ever replaced. Repeating a call that was killed finishes it: what is on disk with
the same bytes stays, what is there with other bytes stops the log.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tangthu.standards import durable
from tangthu.standards.tlog.checkpoint import Checkpoint, parse_checkpoint
from tangthu.standards.tlog.errors import (
    CheckpointConflictError,
    LogDamagedError,
    TileConflictError,
    TileMissingError,
)
from tangthu.standards.tlog.layout import (
    ENTRIES,
    WIDTH,
    changed_tiles,
    fold,
    levels,
    pack_bundle,
    split_tile,
    tile_path,
    tile_width,
)
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash
from tangthu.standards.tlog.note import parse_note
from tangthu.standards.tlog.reader import CHECKPOINT, TileReader, frozen_path

KEEP_PARTIALS_SECONDS = 24 * 3600
_REMEMBERED_FOLDERS = 4096
POINTS = (
    "tlog.bundle.fsynced",
    "tlog.bundle.renamed",
    "tlog.leaves.fsynced",
    "tlog.leaves.renamed",
    "tlog.nodes.fsynced",
    "tlog.nodes.renamed",
    "tlog.verified",
    "tlog.frozen.fsynced",
    "tlog.frozen.renamed",
    "tlog.checkpoint.fsynced",
    "tlog.checkpoint.renamed",
    "tlog.partials.removed",
)
"""The durable points of this module, in the order in which a growing log passes them."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What collect_partials removed, and the `from_size` with which to go on the next time."""

    files: int
    from_size: int


class TileWriter:
    """The only writer of the tree below `root`, an existing folder; instances exclude each other.

    OSError of a full or failing disk passes through; the call may then be repeated.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._swept: set[Path] = set()

    def write(self, start: int, leaves: Sequence[bytes], root: bytes) -> None:
        """Make the tree of `start` leaves one of `start` + len(leaves), and check that it is.

        `start` is a size written before (0 at first); `root` the new root by the caller's own
        reckoning. Afterwards, and only then, the caller may sign that root. Raises
        TileConflictError, LogDamagedError and TileFormatError, on which the log must stop,
        TileMissingError if the tree of `start` is not there, EntryTooLongError before anything is
        written.
        """
        with self._alone():
            end = start + len(leaves)
            before = TileReader(self.root)
            bundles = self._bundles(before, start, leaves)
            for index, data in bundles:
                self._put(ENTRIES, index, end, data, "tlog.bundle")
            hashes = [leaf_hash(leaf) for leaf in leaves]
            level = 0
            while hashes:
                first = start >> 8 * level
                row = split_tile(before.tile(level, first // WIDTH, start)) + hashes
                hashes = []
                what = "tlog.nodes" if level else "tlog.leaves"
                for index in changed_tiles(level, start, end):
                    at = (index - first // WIDTH) * WIDTH
                    tile = row[at : at + WIDTH]
                    self._put(level, index, end, b"".join(tile), what)
                    if len(tile) == WIDTH:
                        subtree = CompactRange()
                        subtree.extend(tile)
                        hashes.append(subtree.root())
                level += 1
            self._read_back(start, end, root)
            durable.point("tlog.verified")

    def publish_checkpoint(self, note: bytes, *, freeze: bool = True) -> None:
        """Publish a signed checkpoint of a written tree; with `freeze` keep it for ever as well.

        A frozen checkpoint never changes: after a crash, publish the bytes of TileReader.frozen
        again. Without `freeze`, newer witness lines may replace the mutable file at the same size.
        Signatures are not checked here. Raises NoteFormatError, CheckpointFormatError,
        CheckpointConflictError (smaller, forked or otherwise frozen) and LogDamagedError.
        """
        with self._alone():
            reader = TileReader(self.root)
            new = parse_checkpoint(parse_note(note).text)
            old = self._published(reader)
            if old is not None and not _may_follow(old, new):
                raise CheckpointConflictError(published=old.size, size=new.size)
            if reader.root_of(new.size) != new.root:
                raise LogDamagedError(size=new.size)
            if freeze:
                path = self.root / frozen_path(new.size)
                if path.exists() and path.read_bytes() != note:
                    raise CheckpointConflictError(frozen=new.size)
                self._write_new(path, note, "tlog.frozen")
            self._sweep(self.root)
            durable.write_file(
                self.root / CHECKPOINT, [note], what="tlog.checkpoint", algorithms=()
            )

    def collect_partials(self, now: float, from_size: int = 0) -> Collected:
        """Remove partial tiles and bundles whose full file is at least 24 h old (IN-23).

        `now` is POSIX seconds; tiles wholly below `from_size` are not looked at again.
        """
        removed = 0
        with self._alone():
            published = self._published(TileReader(self.root))
            size = published.size if published is not None else 0
            pending = size // WIDTH * WIDTH
            kinds: list[int | str] = [ENTRIES, *levels(size)]
            for kind in kinds:
                span = 8 * (kind + 1 if isinstance(kind, int) else 1)
                for index in range(from_size >> span, size >> span):
                    full = self.root / tile_path(kind, index)
                    partials = full.with_name(full.name + ".p")
                    if not partials.is_dir():
                        continue
                    if full.exists() and full.stat().st_mtime + KEEP_PARTIALS_SECONDS <= now:
                        removed += _remove_folder(partials)
                    else:
                        pending = min(pending, index << span)
        return Collected(removed, pending)

    def _bundles(
        self, before: TileReader, start: int, leaves: Sequence[bytes]
    ) -> list[tuple[int, bytes]]:
        base = start // WIDTH * WIDTH
        entries = [*before.bundle(start // WIDTH, start), *leaves]
        return [
            (index, pack_bundle(entries[index * WIDTH - base : (index + 1) * WIDTH - base]))
            for index in changed_tiles(0, start, start + len(leaves))
        ]

    def _read_back(self, start: int, end: int, root: bytes) -> None:
        """Recompute leaf hashes from the new bundles and nodes and root from the new tiles."""
        after = TileReader(self.root)
        for index in changed_tiles(0, start, end):
            hashes = [leaf_hash(entry) for entry in after.bundle(index, end)]
            if b"".join(hashes) != after.tile(0, index, end):
                raise LogDamagedError(level=0, index=index)
        for level in levels(end):
            for index in changed_tiles(level, start, end) if level else ():
                row = split_tile(after.tile(level, index, end))
                for place in range(
                    max(start >> 8 * level, index * WIDTH), index * WIDTH + len(row)
                ):
                    below = split_tile(after.tile(level - 1, place, end))
                    if fold(below) != row[place - index * WIDTH]:
                        raise LogDamagedError(level=level, index=index)
        if after.root_of(end) != root:
            raise LogDamagedError(size=end)

    def _published(self, reader: TileReader) -> Checkpoint | None:
        try:
            return parse_checkpoint(parse_note(reader.checkpoint()).text)
        except TileMissingError:
            return None

    def _put(self, level: int | str, index: int, size: int, data: bytes, what: str) -> None:
        width = tile_width(level if isinstance(level, int) else 0, index, size)
        path = self.root / tile_path(level, index, width)
        if path.exists() and path.read_bytes() != data:
            raise TileConflictError(path=str(path.relative_to(self.root)))
        self._write_new(path, data, what)

    def _write_new(self, path: Path, data: bytes, what: str) -> None:
        """Write a file that never changes; if it is there already, only make sure it stays."""
        if path.exists():
            # A killed run may have renamed it without flushing the folders that lead to it.
            for folder in path.parents:
                durable.fsync_dir(folder)
                if folder == self.root:
                    return
        durable.make_dirs(path.parent)
        self._sweep(path.parent)
        durable.write_file(path, [data], what=what, algorithms=())

    def _sweep(self, folder: Path) -> None:
        """Remove the temporary files that a killed process left in a folder; seldom look twice."""
        if folder not in self._swept:
            if len(self._swept) >= _REMEMBERED_FOLDERS:
                self._swept.clear()
            self._swept.add(folder)
            for left in folder.glob(".*.tmp"):
                left.unlink()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Exclude other writers, in this or another process, by a lock on the root folder."""
        handle = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _may_follow(old: Checkpoint, new: Checkpoint) -> bool:
    """Whether `new` may be published after `old`: same log, larger, or the very same tree."""
    return old.origin == new.origin and (
        new.size > old.size or (new.size == old.size and new.root == old.root)
    )


def _remove_folder(folder: Path) -> int:
    """Remove a folder of partial tiles; return how many files were in it."""
    files = list(folder.iterdir())
    for file in files:
        file.unlink()
    folder.rmdir()
    durable.point("tlog.partials.removed")
    return len(files)
