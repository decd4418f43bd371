"""A small log that grows in fixed steps; run as a program it is killed at one durable point.

python growing_log.py FOLDER POINT OCCURRENCE
"""

from __future__ import annotations

import os
import signal
import sys
import time
from hashlib import sha256
from pathlib import Path

from tangthu.standards import durable
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from tangthu.standards.tlog.errors import TileMissingError
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash
from tangthu.standards.tlog.note import Signer, parse_note
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter

ORIGIN = "log.example/growing"
SIGNER = Signer(ORIGIN, sha256(b"growing").digest())
SIZES = (3, 300, 520)
DAYS = 86400.0


def leaves(start: int, end: int) -> list[bytes]:
    return [b'{"k":"file","n":%d}' % number for number in range(start, end)]


def root(size: int) -> bytes:
    edge = CompactRange()
    edge.extend(map(leaf_hash, leaves(0, size)))
    return edge.root()


def signed(size: int) -> bytes:
    checkpoint = Checkpoint(ORIGIN, size, root(size))
    return format_checkpoint(checkpoint, [SIGNER.sign(checkpoint.text())])


def published(folder: Path) -> int:
    try:
        return parse_checkpoint(parse_note(TileReader(folder).checkpoint()).text).size
    except TileMissingError:
        return 0


def grow(folder: Path, sizes: tuple[int, ...] = SIZES) -> None:
    """Take the log from wherever it is through all `sizes`, as an integrator does, and clear up."""
    writer = TileWriter(folder)
    for size in sizes:
        start = published(folder)
        if start < size:
            writer.write(start, leaves(start, size), root(size))
            writer.publish_checkpoint(signed(size))
    writer.collect_partials(time.time() + 2 * DAYS)


def die_at(name: str, occurrence: int) -> None:
    """Arrange for SIGKILL right after the durable point `name` is passed for the n-th time."""
    left = occurrence

    def count(passed: str) -> None:
        nonlocal left
        left -= passed == name
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    durable.observe(count)


if __name__ == "__main__":
    die_at(sys.argv[2], int(sys.argv[3]))
    grow(Path(sys.argv[1]))
