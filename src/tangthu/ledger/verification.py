"""Check a whole log: files against signatures, files against rows, rows against each other."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection

from tangthu.ledger.logs import Log
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.signer import Signer
from tangthu.standards.ril import events as ril
from tangthu.standards.ril.errors import RilError
from tangthu.standards.tlog.audit import verify_log
from tangthu.standards.tlog.errors import TileMissingError, TlogError
from tangthu.standards.tlog.merkle import leaf_hash


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


def verify(log: Log, report: Callable[[int], None] | None = None) -> LogVerdict:
    """Recompute `log` from its files, and compare every entry, chain value and head with the rows.

    `report(entries done)` is called along the way. Never raises for a damaged log: that is a verdict.
    """
    verdict = LogVerdict(log.origin)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, signed_size, coalesce(stopped, ''), "
            "(SELECT count(*) FROM ledger_pending p WHERE p.log_id = t.log_id) "
            "FROM ledger_tree t WHERE log_id = %s",
            [log.log_id],
        )
        rows_size, signed_size, verdict.stopped, verdict.pending = cursor.fetchone()
    if verdict.stopped:
        verdict.problems.append(verdict.stopped)
    rows = _Rows(log)
    key = Signer(settings.HOME, log.log_id, log.origin).verifier_key

    def visit(first: int, entries: Sequence[bytes]) -> None:
        rows.compare(first, entries)
        if report is not None:
            report(first + len(entries))

    try:
        audit = verify_log(tree_folder(settings.HOME, log), log.origin, [key], visit=visit)
        verdict.size = audit.head.checkpoint.size
        verdict.root = audit.head.checkpoint.root.hex()
        if verdict.size != signed_size:
            rows.problems.append(f"{log.origin}: checkpoint {verdict.size}, database {signed_size}")
    except TileMissingError as error:
        if signed_size or rows_size:
            rows.problems.append(f"{log.origin}: {error}")
    except (TlogError, OSError) as error:
        rows.problems.append(f"{log.origin}: {error}")
    rows.compare_heads(rows_size)
    verdict.problems.extend(rows.problems)
    return verdict


class _Rows:
    """The database's side of a log, compared bundle by bundle."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._heads: dict[tuple[uuid.UUID, str], tuple[int, bytes]] = {}
        self._next = 0
        self.problems: list[str] = []

    def compare(self, first: int, entries: Sequence[bytes] | None, count: int = 0) -> None:
        """Compare rows first … with the files' entries, and continue every object's chain."""
        wanted = len(entries) if entries is not None else count
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT leaf_index, obj, ch, n, leaf, leaf_hash FROM ledger_entry "
                "WHERE log_id = %s AND leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index",
                [self._log.log_id, first, first + wanted],
            )
            rows = cursor.fetchall()
        if [row[0] for row in rows] != list(range(first, first + wanted)):
            self._problem(first, "rows are missing")
            return
        for place, (index, obj, ch, n, stored, stored_hash) in enumerate(rows):
            leaf = bytes(stored)
            if entries is not None and entries[place] != leaf:
                self._problem(index, "the row differs from the published entry")
            if leaf_hash(leaf) != bytes(stored_hash):
                self._problem(index, "the row's leaf hash is wrong")
            self._follow(index, obj, ch, n, leaf)
        self._next = first + wanted

    def _follow(self, index: int, obj: uuid.UUID | None, ch: str, n: int, leaf: bytes) -> None:
        try:
            ril.parse_leaf(leaf)
        except RilError as error:
            self._problem(index, str(error))
        if obj is None:
            return
        before, h = self._heads.get((obj, ch), (0, ril.chain_start(obj, ch)))
        if n != before + 1:
            self._problem(index, f"event {n} follows event {before}")
        self._heads[(obj, ch)] = (n, ril.chain_next(h, leaf_hash(leaf)))

    def compare_heads(self, size: int) -> None:
        """Take in the rows that are not published yet, then compare all heads with ledger_head."""
        while self._next < size and not self.problems:
            self.compare(self._next, None, min(4096, size - self._next))
        if self.problems:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT h.obj, h.ch, h.n, h.h FROM ledger_head h JOIN ledger_object o "
                "USING (obj, ch) WHERE o.log_id = %s",
                [self._log.log_id],
            )
            stored = {(obj, ch): (n, bytes(h)) for obj, ch, n, h in cursor.fetchall()}
        if stored != self._heads:
            self._problem(size, "the heads do not match the entries")

    def _problem(self, index: int, words: str) -> None:
        if len(self.problems) < 100:
            self.problems.append(f"{self._log.origin} #{index}: {words}")
