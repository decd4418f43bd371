"""A log whose database came back from a backup: compared, completed, and only then signed again.

A backup is older than what was signed since. Going on from it would give signed places to other
entries: a fork (IN-90). So a restored log signs nothing until it was compared with all that is at
hand: its own files, a copy of the published tree, proofs beside the packages, notes that others
kept. Leaves that the database has not are taken back from the tree (IN-89). Those whose event still
waits in the outbox find it; of the others only kind and time are left: *orphans*, to be entered
again by people. Everything here may be killed and run again.
"""

from __future__ import annotations

import itertools
import json
import os
import stat
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction

from tangthu.kernel.errors import Refused
from tangthu.kernel.home import Home
from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import ALIAS, KEYS, key_lines, tree_folder
from tangthu.ledger.signer import Signer
from tangthu.standards import durable
from tangthu.standards.ril import events as ril
from tangthu.standards.tlog.audit import verify_log
from tangthu.standards.tlog.checkpoint import Checkpoint, open_checkpoint
from tangthu.standards.tlog.errors import TileMissingError, TlogError
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash
from tangthu.standards.tlog.note import VerifierKey
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter

_CHUNK = 4096
_LARGEST_FILE = 256 * (2**16 + 2)
_RESTORED = "database restored"
# In the words of a recovery that a restore ordered and nobody has begun.
_ORDERED = "restored"


class Forked(Refused):
    """What the database holds and what was signed are two histories: the log cannot go on."""


class NewerKnown(Refused):
    """A newer checkpoint is known than any tree at hand reaches."""


@dataclass(slots=True)
class Recovery:
    """What a recovery did: from how many rows to how many, which leaves are orphans."""

    origin: str
    before: int
    after: int
    found_again: int = 0
    orphans: list[dict[str, Any]] = field(default_factory=list)


def order_recovery(signer: Signer, size: int, what: str) -> None:
    """Keep a restored log from signing until it was compared; `what` names the backup.

    Unlike a recovery that was begun and killed, this one still has to be told what is known of
    later signatures.
    """
    signer.begin_recovery(json.dumps({"from": size, _ORDERED: what}))


def _is_under_way(signer: Signer) -> bool:
    """Whether a recovery was begun here with all that it had to be told."""
    begun = signer.recovery()
    if begun is None:
        return False
    try:
        return _ORDERED not in json.loads(begun)
    except (ValueError, TypeError):
        return True


def published_size(folder: Path) -> int:
    """Size of the checkpoint in `folder`; 0 if none is published there. Nothing is verified."""
    try:
        note = TileReader(folder).checkpoint()
    except TileMissingError:
        return 0
    return int(note.splitlines()[1])


def _rows(log: Log, start: int, end: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf FROM ledger_entry WHERE log_id = %s AND leaf_index >= %s "
            "AND leaf_index < %s ORDER BY leaf_index",
            [log.log_id, start, end],
        )
        return [bytes(leaf) for (leaf,) in cursor.fetchall()]


def recover(
    log: Log,
    *,
    tree: Path | None,
    notes: Iterable[tuple[str, bytes]] = (),
    nothing_newer: str = "",
) -> Recovery:
    """Compare `log` with all that is known of it, take back what is missing, and let it go on.

    `tree` is a copy of the published files that may reach further than this house's own; `notes`
    are checkpoints kept elsewhere, each with words for where. Without a tree that reaches beyond
    the rows a person must say in `nothing_newer` why nothing newer was signed. The caller records
    `system_leaf` in the same transaction as its own event. Raises Forked, NewerKnown, Refused.
    """
    home: Home = settings.HOME
    signer = Signer(home, log.log_id, log.origin)
    if nothing_newer.strip() and not (signer.has_key() or _was_signed(log)):
        signer.create()  # restored from before its first signature: there was no key to save
    key = signer.verifier_key
    own = tree_folder(home, log)
    before = _size(log)
    reach = _reach(own, log, key)
    known = [(words, _checkpoint(note, log, key)) for words, note in notes]
    signed = signer.state()
    if signed.size:
        memory = Checkpoint(log.origin, signed.size, signed.root)
        known.append(("trí nhớ của bộ ký", memory))
    source, found = own, reach
    if tree is not None:
        other = _verified(tree, log, key)
        if found is None or other.size > found.size:
            source, found = tree, other
    covered = found.size if found is not None else 0
    for words, checkpoint in known:
        if checkpoint is not None and checkpoint.size > max(covered, before):
            raise NewerKnown(
                f"Đã có điểm kiểm tra cỡ {checkpoint.size} của sổ {log.origin} ({words}), mới hơn "
                f"mọi bản sao của cây đã công bố đang có (cỡ {max(covered, before)}).",
                hint="Lấy bản sao cây đã công bố đến cỡ ấy (máy chủ gương, ổ đĩa cũ) rồi làm lại "
                "với --tree; không có thì sổ này phải đóng, không được ghi tiếp.",
                size=checkpoint.size,
            )
    told = tree is not None or bool(nothing_newer.strip()) or _is_under_way(signer)
    if covered <= before and not told:
        raise Refused(
            f"Không có gì cho biết sổ {log.origin} đã ký tới đâu sau bản sao lưu này.",
            hint="Đưa bản sao của cây đã công bố bằng --tree, hoặc nói vì sao chắc chắn không "
            "có gì được ký sau đó bằng --nothing-newer.",
        )
    _require_one_history(log, source, covered, before, key, known)
    result = Recovery(log.origin, _begun(signer, before), max(before, covered))
    if found is not None and covered > before:
        signer.remember(found.size, found.root)
        _take_files(source, own, log, key)
        result.found_again = _take_rows(own, log, before, found, key)
    result.orphans = list(orphans(log))
    return result


def _begun(signer: Signer, before: int) -> int:
    """Begin the recovery, or go on with a killed one; returns from how many rows it began."""
    begun = signer.recovery()
    if begun is None or not _is_under_way(signer):
        signer.begin_recovery(json.dumps({"from": before}))
        return before
    try:
        first = json.loads(begun)["from"]
    except (ValueError, KeyError, TypeError):
        return before
    return first if type(first) is int and 0 <= first <= before else before


def _reach(folder: Path, log: Log, key: VerifierKey) -> Checkpoint | None:
    """The checkpoint that this house's own files show, everything below it recomputed."""
    if not (folder / "checkpoint").exists():
        return None
    try:
        return verify_log(folder, log.origin, [key]).head.checkpoint
    except (TlogError, OSError) as error:
        raise Refused(
            f"Tệp đã công bố của sổ {log.origin} bị hỏng nên không so được.",
            hint="Chạy tangthu ledger verify để biết tệp nào; không có gì được thay đổi.",
            cause=str(error),
        ) from error


def _verified(tree: Path, log: Log, key: VerifierKey) -> Checkpoint:
    try:
        _require_plain(tree)
        return verify_log(tree, log.origin, [key]).head.checkpoint
    except (TlogError, OSError, ValueError) as error:
        raise Refused(
            f"Bản sao cây không phải của sổ {log.origin} hoặc bị hỏng.",
            hint="Lấy bản sao khác; không có gì được thay đổi.",
            cause=str(error),
        ) from error


def _require_plain(tree: Path) -> None:
    """Raise ValueError for what no published tree has: links, devices, files beyond any bundle."""
    for folder, folders, files in os.walk(tree):
        for name in (*folders, *files):
            found = (Path(folder) / name).lstat()
            plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
            if not plain or (stat.S_ISREG(found.st_mode) and found.st_size > _LARGEST_FILE):
                raise ValueError(f"{name!r} cannot be part of a tree")


def _checkpoint(note: bytes, log: Log, key: VerifierKey) -> Checkpoint | None:
    """The checkpoint of a note if it is one of this log and bears its signature."""
    try:
        return open_checkpoint(note, log.origin, [key]).checkpoint
    except TlogError:
        return None


def _size(log: Log) -> int:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT size FROM ledger_tree WHERE log_id = %s", [log.log_id])
        return int(cursor.fetchone()[0])


def _was_signed(log: Log) -> bool:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT signed_size FROM ledger_tree WHERE log_id = %s", [log.log_id])
        return bool(cursor.fetchone()[0])


def _require_one_history(
    log: Log,
    source: Path,
    covered: int,
    before: int,
    key: VerifierKey,
    known: Sequence[tuple[str, Checkpoint | None]],
) -> None:
    """Rows, files and every known checkpoint must be prefixes of each other."""
    reader = TileReader(source)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT range FROM ledger_tree WHERE log_id = %s", [log.log_id])
        stored = bytes(cursor.fetchone()[0])
    if before <= covered:
        same = _edge(reader, before, covered).to_bytes() == stored
    else:
        same = not covered or _root_of_rows(log, covered) == reader.root_of(covered)
    for _words, checkpoint in known:
        if checkpoint is None or not same or not checkpoint.size:
            continue
        if checkpoint.size <= covered:
            same = _edge(reader, checkpoint.size, covered).root() == checkpoint.root
        else:
            same = _root_of_rows(log, checkpoint.size) == checkpoint.root
    if not same:
        raise Forked(
            f"Sổ {log.origin}: cơ sở dữ liệu và cây đã ký là hai lịch sử khác nhau.",
            hint="Sổ này không được ghi tiếp; giữ lại tất cả và tìm nguyên nhân (docs/ledger.md).",
        )


def _edge(reader: TileReader, size: int, whole: int) -> CompactRange:
    """The compact range of `size` leaves out of the tiles of a tree of `whole`.

    Partial tiles exist only for sizes that were published, and not for ever.
    """
    return CompactRange.read(size, reader.hashes(whole)) if size else CompactRange()


def _root_of_rows(log: Log, size: int) -> bytes:
    edge = CompactRange()
    for start in range(0, size, _CHUNK):
        edge.extend(leaf_hash(leaf) for leaf in _rows(log, start, min(size, start + _CHUNK)))
    return edge.root()


def _take_files(source: Path, own: Path, log: Log, key: VerifierKey) -> None:
    """Write the entries and checkpoints of another copy of the tree into this house's files."""
    if source == own:
        return
    reader, writer = TileReader(source), TileWriter(own)
    durable.make_dirs(own)
    start = published_size(own)
    end = open_checkpoint(reader.checkpoint(), log.origin, [key]).checkpoint.size
    frozen = [int(path.stem) for path in (source / "checkpoints").glob("*.note")]
    stops = sorted({size for size in frozen if start < size < end} | {end})
    for stop in stops:
        while start < stop:
            upto = min(stop, start + _CHUNK)
            root = _edge(reader, upto, end).root()
            writer.write(start, list(reader.entries(start, upto, end)), root)
            start = upto
        note = reader.checkpoint() if stop == end else reader.frozen(stop)
        writer.publish_checkpoint(note)
    if not (own / KEYS).exists():
        lines = key_lines(key)
        durable.write_file(own / KEYS, [lines], what="ledger.keys", algorithms=())


def _take_rows(own: Path, log: Log, before: int, found: Checkpoint, key: VerifierKey) -> int:
    """Enter the leaves before … found.size; returns how many events of the outbox were among them.

    One transaction: the rows of the log are either as before or all there.
    """
    reader, again = TileReader(own), 0
    edge = _edge(reader, before, found.size)
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT size FROM ledger_tree WHERE log_id = %s FOR UPDATE", [log.log_id])
        if cursor.fetchone()[0] != before:
            raise Refused("Sổ cái đã đổi trong lúc phục hồi.", hint="Làm lại.")
        leaves = enumerate(reader.entries(before, found.size, found.size), before)
        while chunk := list(itertools.islice(leaves, _CHUNK)):
            again += _enter(cursor, log, chunk)
            edge.extend(leaf_hash(leaf) for _, leaf in chunk)
        for path in sorted((own / "checkpoints").glob("*.note")):
            size = int(path.stem)
            if before < size <= found.size:
                note = path.read_bytes()
                root = open_checkpoint(note, log.origin, [key]).checkpoint.root
                cursor.execute(
                    "INSERT INTO ledger_checkpoint (log_id, size, root, note) "
                    "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    [log.log_id, size, root, note.decode("utf-8")],
                )
        cursor.execute(
            "UPDATE ledger_tree SET size = %s, range = %s, signed_size = %s, signed_root = %s "
            "WHERE log_id = %s",
            [edge.size, edge.to_bytes(), found.size, found.root, log.log_id],
        )
    durable.point("ledger.recovered.rows")
    return again


def _enter(cursor: Any, log: Log, chunk: Sequence[tuple[int, bytes]]) -> int:
    """Enter some leaves, each with its event from the outbox where that still waits."""
    cursor.execute(
        "DELETE FROM ledger_pending WHERE log_id = %s AND leaf = ANY(%s) "
        "RETURNING leaf, eid, obj, ch::text, n, h",
        [log.log_id, [leaf for _, leaf in chunk]],
    )
    waiting = {bytes(leaf): rest for leaf, *rest in cursor.fetchall()}
    heads: dict[tuple[uuid.UUID, str], tuple[int, bytes, int]] = {}
    rows = []
    for index, leaf in chunk:
        eid, obj, ch, n, h = waiting.get(leaf, (None, None, None, None, None))
        rows.append((log.log_id, index, eid, obj, ch, n, leaf, leaf_hash(leaf)))
        if obj is not None:
            heads[(obj, ch)] = (n, bytes(h), index)
    cursor.executemany(
        "INSERT INTO ledger_entry (log_id, leaf_index, eid, obj, ch, n, leaf, leaf_hash) "
        'VALUES (%s, %s, %s, %s, %s::"char", %s, %s, %s)',
        rows,
    )
    cursor.executemany(
        "INSERT INTO ledger_head (obj, ch, n, h, leaf_index) "
        'VALUES (%s, %s::"char", %s, %s, %s) ON CONFLICT (obj, ch) '
        "DO UPDATE SET n = EXCLUDED.n, h = EXCLUDED.h, leaf_index = EXCLUDED.leaf_index",
        [(obj, ch, *head) for (obj, ch), head in heads.items()],
    )
    return len(waiting)


def orphans(log: Log) -> Iterator[dict[str, Any]]:
    """Leaves of record events whose event is lost: index, kind and time, to be entered again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_index, leaf FROM ledger_entry WHERE log_id = %s AND obj IS NULL "
            "ORDER BY leaf_index",
            [log.log_id],
        )
        for index, leaf in cursor:
            parsed = ril.parse_leaf(bytes(leaf))
            if not isinstance(parsed, ril.SystemLeaf):
                yield {"leaf": index, "kind": parsed.k, "time": parsed.t}


def record_restore(log: Log, before: int, after: int) -> bool:
    """Put `sys.restore` {from, to, reason} into the outbox, in the caller's transaction.

    Returns False, and does nothing, if it waits there already: a run before was killed. The leaf is
    public, so its reason is a constant; a person's words belong into the caller's event.
    """
    content = {"from": before, "to": after, "reason": _RESTORED}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf FROM ledger_pending WHERE log_id = %s AND obj IS NULL", [log.log_id]
        )
        for (leaf,) in cursor.fetchall():
            parsed = ril.parse_leaf(bytes(leaf))
            if not isinstance(parsed, ril.SystemLeaf) or parsed.k != "sys.restore":
                continue
            if parsed.b["to"] == after:
                return False
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        moment = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO ledger_pending (log_id, leaf) VALUES (%s, %s)",
            [log.log_id, ril.build_system_leaf("sys.restore", content, moment)],
        )
    return True
