"""The published files of a log, written up to what its rows know as signed.

Files that came back from a backup may be behind the rows of the same backup (docs/backup.md). All
that is missing stands in the rows; every root is compared with the checkpoint that was signed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connections

from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import ALIAS, tree_folder
from tangthu.ledger.recovering import published_size
from tangthu.ledger.signer import Signer
from tangthu.standards import durable
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.errors import LogDamagedError
from tangthu.standards.tlog.merkle import leaf_hash
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter

_CHUNK = 4096


def write_files(log: Log) -> int:
    """Write what the files lack of the checkpoints in the rows; returns the size published now.

    Where the log's key is here, the signer takes the newest of them into its memory. May be killed
    and run again. Raises TlogError where rows and checkpoints do not agree.
    """
    folder = tree_folder(settings.HOME, log)
    durable.make_dirs(folder)
    size = published_size(folder)
    writer = TileWriter(folder)
    checkpoints = _checkpoints(log)
    for end, root, note in checkpoints:
        while size < end:
            upto = min(end, size + _CHUNK)
            leaves = _leaves(log, size, upto)
            edge = TileReader(folder).compact_range(size)
            edge.extend(leaf_hash(leaf) for leaf in leaves)
            if upto == end and edge.root() != root:
                raise LogDamagedError(size=end, differs="root of the checkpoint in the rows")
            writer.write(size, leaves, edge.root())
            size = upto
            if size == end:
                writer.publish_checkpoint(note)
    signer = Signer(settings.HOME, log.log_id, log.origin)
    if checkpoints and signer.has_key():
        newest = open_checkpoint(checkpoints[-1][2], log.origin, [signer.verifier_key]).checkpoint
        signer.remember(newest.size, newest.root)
    return size


def _checkpoints(log: Log) -> list[tuple[int, bytes, bytes]]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT size, root, note FROM ledger_checkpoint WHERE log_id = %s ORDER BY size",
            [log.log_id],
        )
        return [(size, bytes(root), note.encode()) for size, root, note in cursor.fetchall()]


def _leaves(log: Log, start: int, end: int) -> list[bytes]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT leaf FROM ledger_entry WHERE log_id = %s AND leaf_index >= %s "
            "AND leaf_index < %s ORDER BY leaf_index",
            [log.log_id, start, end],
        )
        found = [bytes(leaf) for (leaf,) in cursor.fetchall()]
    if len(found) != end - start:
        raise LogDamagedError(size=end, rows=len(found))
    return found
