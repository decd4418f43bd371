"""Check a whole log: files against signatures, files against rows, rows against each other.

Everything is streamed: memory does not grow with the log. The database only hands out rows; all
hashes are computed here, so a database that lies about its rows contradicts the files.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import KEYS, key_lines, tree_folder
from tangthu.ledger.signer import Signer, SignerRefused
from tangthu.standards.ril import events as ril
from tangthu.standards.ril.errors import RilError
from tangthu.standards.tlog.audit import verify_log
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.errors import LogDamagedError, TlogError
from tangthu.standards.tlog.layout import ENTRIES, WIDTH, pack_bundle, tile_path
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash
from tangthu.standards.tlog.note import VerifierKey
from tangthu.standards.tlog.reader import TileReader

MAX_PROBLEMS = 100
_ROWS = 16 * WIDTH
_LEAVES = "tile/0/"
# The one form that a leaf of a record event can have, for kinds that are not the system's.
_PLAIN_LEAF = re.compile(
    rb'\{"c":"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]","k":"(?!sys\.)[a-z0-9._-]{1,40}",'
    rb'"t":(?:0|[1-9][0-9]{0,14}),"v":1\}'
)


@dataclass(slots=True)
class LogVerdict:
    """What a check of one log found; `ok` only if `problems` is empty."""

    origin: str
    size: int = 0
    root: str = ""
    pending: int = 0
    stopped: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether files, signatures and rows all agree."""
        return not self.problems


def verify(
    log: Log, report: Callable[[int], None] | None = None, *, key: VerifierKey | None = None
) -> LogVerdict:
    """Recompute `log` from its files, and compare every entry, chain value and head with the rows.

    May run while the log grows. `report(entries done)` is called along the way. Never raises for a
    damaged log: that is a verdict. `key` stands in for the signer's, for a copy of a log.
    """
    verdict = LogVerdict(log.origin)
    before = _figures(log)
    verdict.stopped, verdict.pending = before.stopped, before.pending
    problems = _Problems(log.origin, verdict.problems)
    if verdict.stopped:
        problems.add(verdict.stopped)
    rows = _Rows(log, problems)
    _verify_files(log, before, verdict, rows, problems, report, key)
    rows.finish()
    _verify_tree_row(log, before, verdict, problems)
    _verify_checkpoints(log, problems)
    _verify_chains(log, problems)
    _verify_outbox(log, problems)
    return verdict


class _Problems:
    def __init__(self, origin: str, found: list[str]) -> None:
        self._origin, self._found = origin, found

    def add(self, words: str, place: object = "") -> None:
        """Note a problem; `place` is a leaf index, a path or nothing."""
        where = f"#{place}" if isinstance(place, int) else place
        if len(self._found) < MAX_PROBLEMS:
            self._found.append(f"{self._origin} {where}: {words}" if where else words)


@dataclass(frozen=True, slots=True)
class _Figures:
    size: int
    stored_range: bytes
    signed: int
    stopped: str
    pending: int


def _figures(log: Log) -> _Figures:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, range, signed_size, coalesce(stopped, ''), "
            "(SELECT count(*) FROM ledger_pending p WHERE p.log_id = t.log_id) "
            "FROM ledger_tree t WHERE log_id = %s",
            [log.log_id],
        )
        size, stored_range, signed, stopped, pending = cursor.fetchone()
    return _Figures(size, bytes(stored_range), signed, stopped, pending)


def _verify_files(
    log: Log,
    before: _Figures,
    verdict: LogVerdict,
    rows: _Rows,
    problems: _Problems,
    report: Callable[[int], None] | None,
    key: VerifierKey | None,
) -> None:
    folder = tree_folder(settings.HOME, log)
    if not before.signed and not (folder / "checkpoint").exists():
        return
    try:
        key = key or Signer(settings.HOME, log.log_id, log.origin).verifier_key
        _verify_key_file(folder / KEYS, key_lines(key), problems)
    except SignerRefused as error:
        problems.add(str(error), "secrets")
        return

    def visit(first: int, entries: Sequence[bytes]) -> None:
        rows.take(first, entries)
        if report is not None:
            report(first + len(entries))

    try:
        checkpoint = verify_log(folder, log.origin, [key], visit=visit).head.checkpoint
    except (TlogError, OSError) as error:
        problems.add(str(error), _place(TileReader(folder), log, key, error, rows.taken))
        return
    verdict.size, verdict.root = checkpoint.size, checkpoint.root.hex()
    after = _figures(log)
    if checkpoint.size < before.signed or checkpoint.size > after.size:
        problems.add(
            f"size {checkpoint.size}, database {after.signed} of {after.size}", "checkpoint"
        )


def _verify_key_file(path: Path, expected: bytes, problems: _Problems) -> None:
    try:
        same = path.read_bytes() == expected
    except OSError:
        same = False
    if not same:
        problems.add("the file does not state this log's key", KEYS)


def _place(reader: TileReader, log: Log, key: VerifierKey, error: Exception, done: int) -> str:
    """The file that an error of verify_log is about."""
    if isinstance(error, TlogError) and "path" in error.facts:
        named = str(error.facts["path"])
        if isinstance(error, LogDamagedError) and named.startswith(_LEAVES):
            # Bundle and tile contradict each other; which of the two is wrong, the rows tell.
            return f"{named} / {named.replace(_LEAVES, f'tile/{ENTRIES}/')}"
        return named
    try:
        size = open_checkpoint(reader.checkpoint(), log.origin, [key]).checkpoint.size
    except (TlogError, OSError):
        return "checkpoint"
    if done < size:
        return tile_path(ENTRIES, done // WIDTH, min(WIDTH, size - done))
    for note in sorted((reader.root / "checkpoints").glob("*.note")):
        try:
            open_checkpoint(note.read_bytes(), log.origin, [key])
        except (TlogError, OSError):
            return f"checkpoints/{note.name}"
    return "checkpoint"


class _Rows:
    """The database's entries, compared bundle by bundle with the files'."""

    def __init__(self, log: Log, problems: _Problems) -> None:
        self._log = log
        self._problems = problems
        self._waiting: list[Sequence[bytes]] = []
        self._first = 0
        self.taken = 0

    def take(self, first: int, entries: Sequence[bytes]) -> None:
        """The next bundle of the files."""
        for index, entry in enumerate(entries, start=first):
            if not _PLAIN_LEAF.fullmatch(entry):
                self._parse(index, entry)
        self._waiting.append(entries)
        self.taken = first + len(entries)
        if self.taken - self._first >= _ROWS:
            self.finish()

    def _parse(self, index: int, entry: bytes) -> None:
        try:
            ril.parse_leaf(entry)
        except RilError as error:
            self._problems.add(str(error), index)

    def finish(self) -> None:
        """Compare the bundles that wait."""
        if not self._waiting:
            return
        with connection.cursor() as cursor:
            # The database puts the rows of a bundle together just as the file does.
            cursor.execute(
                "SELECT string_agg(substring(int4send(octet_length(leaf)) from 3) || leaf, ''"
                " ORDER BY leaf_index), string_agg(leaf_hash, '' ORDER BY leaf_index) "
                "FROM ledger_entry WHERE log_id = %s AND leaf_index >= %s AND leaf_index < %s "
                f"GROUP BY leaf_index / {WIDTH} ORDER BY leaf_index / {WIDTH}",
                [self._log.log_id, self._first, self.taken],
            )
            found = [(bytes(leaves), bytes(hashes)) for leaves, hashes in cursor.fetchall()]
        wanted = [
            (pack_bundle(entries), b"".join(map(leaf_hash, entries))) for entries in self._waiting
        ]
        if found != wanted:
            self._compare_rows([entry for entries in self._waiting for entry in entries])
        self._waiting, self._first = [], self.taken

    def _compare_rows(self, entries: list[bytes]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT leaf_index, leaf, leaf_hash FROM ledger_entry "
                "WHERE log_id = %s AND leaf_index >= %s AND leaf_index < %s",
                [self._log.log_id, self._first, self.taken],
            )
            rows = {index: (bytes(leaf), bytes(hashed)) for index, leaf, hashed in cursor}
        for index, entry in enumerate(entries, start=self._first):
            if index not in rows:
                self._problems.add("the row is missing", index)
                continue
            leaf, hashed = rows[index]
            if leaf != entry:
                self._problems.add("the row differs from the published entry", index)
            if leaf_hash(leaf) != hashed:
                self._problems.add("the row's leaf hash is wrong", index)


def _stream(
    name: str, query: str, parameters: Sequence[Any] | dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Rows of one statement, one snapshot, fetched piece by piece within one transaction."""
    with transaction.atomic():
        connection.ensure_connection()
        with connection.connection.cursor(name=name) as cursor:
            cursor.itersize = _ROWS
            cursor.execute(query, parameters, binary=True)
            yield from cursor


def _verify_tree_row(log: Log, before: _Figures, verdict: LogVerdict, problems: _Problems) -> None:
    """The integrator's own state must follow from the published tree and the rows after it."""
    reader = TileReader(tree_folder(settings.HOME, log))
    published = min(verdict.size, before.size)
    try:
        edge = reader.compact_range(published) if published else CompactRange()
    except (TlogError, OSError):
        return
    rows = _stream(
        "ledger_unpublished",
        "SELECT leaf_index, leaf, leaf_hash FROM ledger_entry "
        "WHERE log_id = %s AND leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index",
        [log.log_id, published, before.size],
    )
    for expected, (index, leaf, hashed) in enumerate(rows, start=published):
        if index != expected:
            problems.add("the row is missing", expected)
            return
        if leaf_hash(leaf) != hashed:
            problems.add("the row's leaf hash is wrong", index)
        edge.append(leaf_hash(leaf))
    if edge.size != before.size:
        problems.add("the row is missing", edge.size)
    elif edge.to_bytes() != before.stored_range:
        problems.add("the integrator's tree state does not follow from the entries", "ledger_tree")


def _verify_checkpoints(log: Log, problems: _Problems) -> None:
    """Every checkpoint that the database remembers is frozen in the files, byte for byte."""
    reader = TileReader(tree_folder(settings.HOME, log))
    rows = _stream(
        "ledger_checkpoints",
        "SELECT size, note FROM ledger_checkpoint WHERE log_id = %s ORDER BY size",
        [log.log_id],
    )
    for size, note in rows:
        try:
            if reader.frozen(size) != note.encode("utf-8"):
                raise LogDamagedError(size=size)
        except (TlogError, OSError):
            problems.add("the row differs from the frozen file", f"checkpoints/{size}.note")


def _verify_chains(log: Log, problems: _Problems) -> None:
    """Number and chain every object's events anew and compare with its integrated head."""
    rows = _stream(
        "ledger_chains",
        "SELECT e.obj, e.ch::text, e.n, e.leaf_index, e.leaf_hash, h.n, h.h, h.leaf_index "
        "FROM ledger_entry e LEFT JOIN ledger_head h USING (obj, ch) "
        "WHERE e.log_id = %s AND e.obj IS NOT NULL ORDER BY e.obj, e.ch, e.n",
        [log.log_id],
    )
    current: tuple[uuid.UUID, str] | None = None
    count, last, h = 0, -1, b""
    head: tuple[Any, ...] = ()
    for obj, ch, n, index, hashed, *stored in rows:
        if (obj, ch) != current:
            _compare_head(current, (count, h, last), head, problems)
            current, count, last, h = (obj, ch), 0, -1, ril.chain_start(obj, ch)
        if n != count + 1 or index <= last:
            problems.add(f"event {n} of {obj} follows event {count}", index)
        count, last, h = n, index, ril.chain_next(h, hashed)
        head = tuple(stored)
    _compare_head(current, (count, h, last), head, problems)


def _compare_head(
    key: tuple[uuid.UUID, str] | None,
    computed: tuple[int, bytes, int],
    stored: tuple[Any, ...],
    problems: _Problems,
) -> None:
    if key is not None and computed != stored:
        problems.add(f"the head of {key[0]} does not follow from its entries", computed[2])


def _verify_outbox(log: Log, problems: _Problems) -> None:
    """What was recorded is in the log or waits: nothing vanished in between."""
    rows = _stream(
        "ledger_outbox",
        "SELECT o.obj, o.n, coalesce(h.n, 0), coalesce(p.waiting, 0) "
        "FROM ledger_object o LEFT JOIN ledger_head h USING (obj, ch) LEFT JOIN ("
        "SELECT obj, ch, count(*) AS waiting FROM ledger_pending WHERE log_id = %(log)s "
        "GROUP BY obj, ch) p USING (obj, ch) "
        "WHERE o.log_id = %(log)s AND o.n <> coalesce(h.n, 0) + coalesce(p.waiting, 0)",
        {"log": log.log_id},
    )
    for obj, recorded, integrated, waiting in rows:
        problems.add(
            f"{recorded} events recorded of {obj}, {integrated} in the log, {waiting} waiting",
            "ledger_object",
        )
