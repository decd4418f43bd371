"""From ledger_entry to static files: tiles first, read back, then a signature, then a checkpoint.

Everything here can be killed at any point and run again. IN-21, IN-22, IN-35, IN-42.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections, transaction

from tangthu.kernel.home import Home
from tangthu.ledger.logs import Log
from tangthu.ledger.signer import Signer
from tangthu.standards import durable
from tangthu.standards.tlog.checkpoint import Checkpoint, parse_checkpoint
from tangthu.standards.tlog.errors import LogDamagedError, TileMissingError
from tangthu.standards.tlog.note import parse_note
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter

ALIAS = "integrator"
MAX_LEAVES_PER_ROUND = 65_536


def tree_folder(home: Home, log: Log) -> Path:
    """Folder of a log's static tree: any web server may serve it under the log's origin."""
    return home.ledger.joinpath(*log.origin.split("/"))


def publish(home: Home, log: Log) -> int:
    """Write, verify, sign and publish what was integrated since the last checkpoint.

    Returns the published size (unchanged if nothing grew, or if another process is at it). Raises
    TlogError subclasses and SignerRefused when files, rows and signatures do not agree; the caller
    stops the log then.
    """
    with _publishing(home, log.log_id) as mine:
        if not mine:
            return -1
        folder = tree_folder(home, log)
        durable.make_dirs(folder)
        signer = Signer(home, log.log_id, log.origin)
        _publish_key(folder, signer)
        size, signed = _sizes(log.log_id)
        signed = max(signed, _adopt(log.log_id, folder, signed))
        while signed < size:
            end = min(size, signed + MAX_LEAVES_PER_ROUND)
            signed = _round(log, folder, signer, signed, end)
        return signed


def _round(log: Log, folder: Path, signer: Signer, start: int, end: int) -> int:
    writer, reader = TileWriter(folder), TileReader(folder)
    leaves, hashes = _leaves(log.log_id, start, end)
    tree = reader.compact_range(start)
    tree.extend(hashes)
    root = tree.root()
    writer.write(start, leaves, root)
    last = signer.state()
    fresh = TileReader(folder)
    proof = fresh.consistency_proof(last.size, end) if last and 0 < last.size < end else []
    note = signer.sign(end, root, proof)
    writer.publish_checkpoint(note)
    _remember(log.log_id, Checkpoint(log.origin, end, root), note)
    durable.point("ledger.checkpoint.committed")
    return end


def _sizes(log_id: int) -> tuple[int, int]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT size, signed_size FROM ledger_tree WHERE log_id = %s", [log_id])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _leaves(log_id: int, start: int, end: int) -> tuple[list[bytes], list[bytes]]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT leaf, leaf_hash FROM ledger_entry WHERE log_id = %s AND leaf_index >= %s "
            "AND leaf_index < %s ORDER BY leaf_index",
            [log_id, start, end],
        )
        rows = cursor.fetchall()
    if len(rows) != end - start:
        raise LogDamagedError(size=end, rows=len(rows))
    return [bytes(leaf) for leaf, _ in rows], [bytes(hashed) for _, hashed in rows]


def _remember(log_id: int, checkpoint: Checkpoint, note: bytes) -> None:
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_checkpoint (log_id, size, root, note) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [log_id, checkpoint.size, checkpoint.root, note.decode("utf-8")],
        )
        cursor.execute(
            "UPDATE ledger_tree SET signed_size = %s, signed_root = %s "
            "WHERE log_id = %s AND signed_size < %s",
            [checkpoint.size, checkpoint.root, log_id, checkpoint.size],
        )


def _adopt(log_id: int, folder: Path, signed: int) -> int:
    """Take over a checkpoint that was published just before a crash; returns its size."""
    try:
        note = TileReader(folder).checkpoint()
    except TileMissingError:
        return 0
    checkpoint = parse_checkpoint(parse_note(note).text)
    if checkpoint.size > signed:
        _remember(log_id, checkpoint, note)
    return checkpoint.size


def _publish_key(folder: Path, signer: Signer) -> None:
    line = f"{signer.verifier_key.encode()} from=0\n".encode()
    path = folder / "keys.txt"
    if not path.exists() or path.read_bytes() != line:
        durable.write_file(path, [line], what="ledger.keys")


def collect(home: Home, log: Log, from_size: int) -> int:
    """Drop partial files that are 24 h past their full file (IN-23); returns where to go on."""
    folder = tree_folder(home, log)
    return (
        TileWriter(folder).collect_partials(time.time(), from_size).size if folder.exists() else 0
    )


@contextmanager
def _publishing(home: Home, log_id: int) -> Iterator[bool]:
    handle = os.open(home.run / f"publish-{log_id}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
