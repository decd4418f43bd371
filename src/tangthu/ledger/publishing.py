"""From ledger_entry to static files: tiles first, read back, then a signature, then a checkpoint.

Everything here can be killed at any point and run again. IN-21, IN-22, IN-35, IN-42.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction

from tangthu.kernel.errors import HouseError
from tangthu.kernel.home import Home
from tangthu.ledger.logs import Log
from tangthu.ledger.signer import Signer
from tangthu.standards import durable
from tangthu.standards.tlog.checkpoint import Checkpoint, open_checkpoint
from tangthu.standards.tlog.errors import LogDamagedError, TileConflictError, TileMissingError
from tangthu.standards.tlog.note import VerifierKey
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter

ALIAS = "integrator"
KEYS = "keys.txt"
MAX_LEAVES_PER_ROUND = 65_536


def tree_folder(home: Home, log: Log) -> Path:
    """Folder of a log's static tree: any web server may serve it under the log's origin."""
    return home.ledger.joinpath(*log.origin.split("/"))


class LogBehind(HouseError):
    """The database holds less than what is published or signed: it was restored or failed over.

    Nothing may be signed until the missing entries are back (IN-89, IN-90).
    """


@dataclass(frozen=True, slots=True)
class _Tree:
    """The database's side: entries, compact range over them, and what it knows as signed."""

    size: int
    stored_range: bytes
    signed: int


def publish(home: Home, log: Log) -> int:
    """Write, verify, sign and publish what was integrated since the last checkpoint.

    Returns the published size (unchanged if nothing grew), or -1 if another process is at it.
    Raises TlogError subclasses, SignerRefused and LogBehind when files, rows and signatures do not
    agree; the caller stops the log then. OSError of a full disk passes: try again later.
    """
    with publishing_alone(home, log.log_id) as mine:
        if not mine:
            return -1
        folder = tree_folder(home, log)
        durable.make_dirs(folder)
        signer = Signer(home, log.log_id, log.origin)
        tree = _tree(log.log_id)
        check_not_behind(home, log, tree.size)
        if not tree.signed:
            signer.create()
        _publish_key(folder, signer)
        signed = _adopt(log, folder, signer, tree)
        while signed < tree.size:
            end = min(tree.size, signed + MAX_LEAVES_PER_ROUND)
            signed = _round(log, folder, signer, tree, signed, end)
        return signed


def _round(log: Log, folder: Path, signer: Signer, tree: _Tree, start: int, end: int) -> int:
    writer, reader = TileWriter(folder), TileReader(folder)
    leaves, hashes = _leaves(log.log_id, start, end)
    edge = reader.compact_range(start)
    edge.extend(hashes)
    if end == tree.size and edge.to_bytes() != tree.stored_range:
        raise LogDamagedError(size=end, differs="compact range of the integrator")
    root = edge.root()
    writer.write(start, leaves, root)
    last = signer.state()
    fresh = TileReader(folder)
    proof = fresh.consistency_proof(last.size, end) if 0 < last.size < end else []
    note = signer.sign(end, root, proof)
    writer.publish_checkpoint(note)
    _remember(log.log_id, Checkpoint(log.origin, end, root), note)
    durable.point("ledger.checkpoint.committed")
    return end


def _tree(log_id: int) -> _Tree:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT size, range, signed_size FROM ledger_tree WHERE log_id = %s", [log_id]
        )
        size, stored_range, signed = cursor.fetchone()
    return _Tree(size, bytes(stored_range), signed)


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


def _adopt(log: Log, folder: Path, signer: Signer, tree: _Tree) -> int:
    """Size of the published checkpoint, which the database may not know yet after a crash.

    Raises LogBehind if signatures reach beyond the database, TileMissingError if they reach beyond
    the files.
    """
    try:
        note = TileReader(folder).checkpoint()
    except TileMissingError:
        if tree.signed:
            raise
        published = 0
    else:
        found = open_checkpoint(note, log.origin, [signer.verifier_key]).checkpoint
        published = found.size
        if tree.signed < published <= tree.size:
            _remember(log.log_id, found, note)
    if published < tree.signed:
        raise TileMissingError(published=published, signed=tree.signed)
    if published > tree.size:
        raise _behind(tree.size, published)
    return published


def check_not_behind(home: Home, log: Log, size: int) -> None:
    """Raise LogBehind if this house has signed a larger tree than the `size` rows of the database,
    Recovering after a restore.

    Entries added then would take indices that are signed for others (IN-90).
    """
    signer = Signer(home, log.log_id, log.origin)
    signer.require_recovered()
    signed = signer.signed_size()
    if signed > size:
        raise _behind(size, signed)


def _behind(size: int, signed: int) -> LogBehind:
    return LogBehind(
        "Cơ sở dữ liệu đi sau sổ cái đã ký.",
        hint="Có thể vừa phục hồi từ bản sao lưu cũ: không ghi tiếp; lấy lại cơ sở dữ liệu mới "
        "hơn, hoặc phục hồi sổ cái từ cây đã công bố bằng tangthu ledger recover.",
        rows=size,
        signed=signed,
    )


def key_lines(key: VerifierKey) -> bytes:
    """The bytes of keys.txt."""
    return f"{key.encode()} from=0\n".encode()


def _publish_key(folder: Path, signer: Signer) -> None:
    path = folder / KEYS
    if not path.exists():
        durable.write_file(
            path, [key_lines(signer.verifier_key)], what="ledger.keys", algorithms=()
        )
    elif path.read_bytes() != key_lines(signer.verifier_key):
        raise TileConflictError(path=KEYS)


def collect(home: Home, log: Log, from_size: int) -> int:
    """Drop partial files that are 24 h past their full file (IN-23); returns where to go on."""
    folder = tree_folder(home, log)
    if not folder.exists():
        return 0
    return TileWriter(folder).collect_partials(time.time(), from_size).from_size


@contextmanager
def publishing_alone(home: Home, log_id: int) -> Iterator[bool]:
    """Whether this process alone may write the published files of a log, until the end."""
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
