"""What a register page asks of the index: rows in order, how many there are, filters to offer."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

import psycopg
from django.db import OperationalError, connection, transaction

from tangthu.discovery import census, findable
from tangthu.discovery.candidates import Candidates, Match
from tangthu.discovery.condition import Condition
from tangthu.discovery.cut import cut_of
from tangthu.discovery.frequency import standing
from tangthu.discovery.guarded import LIMIT_MS, reading
from tangthu.discovery.language import Query, storable
from tangthu.discovery.matching import (
    beside_index,
    conditions,
    is_narrow,
    must_hold,
    must_not,
    share,
    with_marks,
)
from tangthu.identity.policies import Viewer

COUNT_CAP = 10_000
# A phrase may have to be looked up in every text, so that fewer matches of words are counted.
TEXT_COUNT_CAP = 1_000
# Where the census does not know, so many entries are looked at for a facet; what is not among them
# is neither offered nor counted.
FACET_CAP = 100_000
FACET_VALUES = 30
# From this share of entries on, a walk in order is tried first, for so long.
WALK_SHARE = 0.02
WALK_MS = 150
_COLUMNS = (
    "obj, kind, code, title, issuer, date_from, date_to, record_type, retention_code, "
    "access_level, sealed, dossier_id"
)
_FACETS = {
    "type": "record_type",
    "year": "year",
    "retention": "retention_code",
    "fonds": "fonds_id",
    "sealed": "sealed",
}

# The values of a facet with their counts, the most frequent first.
Facet = list[tuple[Any, int]]


class Asked:
    """What a register page asks for: the cut, the words and the filters."""

    def __init__(self, viewer: Viewer, kind: str, query: Query, filters: Mapping[str, str]) -> None:
        self.query = query
        self._viewer = viewer
        self._filters = {**filters, "kind": kind} if kind else dict(filters)
        self._kinds = [kind] if kind else [one.name for one in findable.kinds()]
        self._limit_ms = LIMIT_MS
        self._found: list[Match] | None = None
        self._all_found = True
        self._cut = cut_of(viewer)
        self._positive = must_hold(query)
        found = conditions(query, filters)
        self._excluding = must_not(query)
        if self._excluding:
            found.append(Condition("NOT ts_match_vq(whole, %s::tsquery)", (self._excluding,)))
        self._census = census.FIELDS.issuperset({*filters, *query.conditions}) and not (
            query.terms or query.without or query.archive_codes
        )
        self._conditions = found
        self._sql = "".join(f" AND {one.sql}" for one in found)
        self._values = [value for one in found for value in one.values]

    def reading(self, limit_ms: int = LIMIT_MS) -> AbstractContextManager[Any]:
        """A cursor to read with; under the limit of time where words are asked for.

        Without words the cost is bounded by the caps.
        """
        self._limit_ms = limit_ms
        if self._positive or self._excluding:
            return reading(limit_ms)
        return cast("AbstractContextManager[Any]", connection.cursor())

    def rows(
        self,
        cursor: Any,
        column: str,
        direction: str,
        key: tuple[str, uuid.UUID] | None,
        limit: int,
    ) -> list[tuple[Any, ...]]:
        """The rows that follow `key` in the order of `column`, nearest first."""
        keyset, key_values = "", []
        if key is not None:
            keyset = f"AND ({column}, obj) {'>' if direction == 'ASC' else '<'} (%s, %s)"
            key_values = [storable(key[0]), key[1]]
        ordered = f"ORDER BY {column} {direction}, obj {direction} LIMIT {limit}"
        rest = f"{self._sql} {keyset}"
        values = [*self._values, *key_values]
        if self._positive:
            found = self._candidates(cursor)
            few = len(found) <= TEXT_COUNT_CAP
            if not (few and self._all_found):
                in_order = self._walked(cursor, column, direction, rest, values, limit)
                if in_order is not None:
                    return in_order
            if few:
                cursor.execute(
                    f"SELECT {_COLUMNS}, {column} FROM discovery_entry WHERE obj = ANY(%s) "
                    f"{keyset} {ordered}",
                    [[match.obj for match in found], *key_values],
                )
                return list(cursor.fetchall())
            return self._rows_by_index(cursor, column, rest, values, ordered)
        return self._in_order(cursor, column, direction, rest, values, limit)

    def _walked(
        self, cursor: Any, column: str, direction: str, rest: str, values: Sequence[Any], limit: int
    ) -> list[tuple[Any, ...]] | None:
        """The rows by a walk in order, where a word is so common that enough are met soon."""
        if share(self.query, standing().whole) < WALK_SHARE:
            return None
        rest = f"AND ts_match_vq(whole, %s::tsquery) {rest}"
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(WALK_MS)])
                return self._in_order(
                    cursor, column, direction, rest, [self._positive, *values], limit
                )
        except OperationalError as error:
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                return None
            raise
        finally:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [str(self._limit_ms)]
            )

    def _in_order(
        self, cursor: Any, column: str, direction: str, rest: str, values: Sequence[Any], limit: int
    ) -> list[tuple[Any, ...]]:
        """The rows of each part of the cut in the order of an index, merged."""
        ordered = f"ORDER BY {column} {direction}, obj {direction} LIMIT {limit}"
        columns = f"{_COLUMNS}, {column} AS sort_key"
        sql, given = self._cut.walk(columns, self._kinds, rest, values, ordered)
        cursor.execute(
            f"SELECT * FROM ({sql}) e ORDER BY sort_key {direction}, obj {direction} LIMIT {limit}",
            given,
        )
        return list(cursor.fetchall())

    def _rows_by_index(
        self, cursor: Any, column: str, rest: str, values: Sequence[Any], ordered: str
    ) -> list[tuple[Any, ...]]:
        """The rows by the index of words: all matches are found first, and then put in order."""
        cut = self._cut.visible()
        if not is_narrow(self._filters):
            cut = beside_index(cut)
        words = with_marks(self._positive, self._cut.marks(), self.query, self._filters, "whole")
        cursor.execute(
            f"WITH found AS MATERIALIZED (SELECT {column}, obj FROM discovery_entry "
            f"WHERE whole @@ %s::tsquery AND {cut.sql} AND kind = ANY(%s) {rest}), "
            f"first AS MATERIALIZED (SELECT obj FROM found {ordered}) "
            f"SELECT {_COLUMNS}, {column} FROM discovery_entry JOIN first USING (obj) {ordered}",
            [words, *cut.values, self._kinds, *values],
        )
        return list(cursor.fetchall())

    def counted(self, cursor: Any, names: Sequence[str]) -> tuple[int, bool, dict[str, Facet]]:
        """How many there are, whether more than were counted, and each of the named facets."""
        if not self._census:
            return *self.count(cursor), self.facets(cursor, names)
        columns = [_FACETS[name] for name in names]
        rows = census.tally(cursor, self._cut.wholly(), self._told_apart(), columns)
        # The count of all is the row that no column was grouped by.
        known = sum(count for mask, count, *_row in rows if mask == (1 << len(names)) - 1)
        cap = FACET_CAP if names else COUNT_CAP + 1
        named = self._named(cursor, ", ".join(columns) or "1", cap)
        facets = _facets(rows + _tallied(named, columns), names)
        return known + min(len(named), COUNT_CAP), len(named) > COUNT_CAP, facets

    def count(self, cursor: Any) -> tuple[int, bool]:
        """How many there are, and whether there are more than were counted."""
        if self._census:
            return self.counted(cursor, ())[:2]
        if self._positive:
            cap = TEXT_COUNT_CAP
            found = len(self._candidates(cursor))
            if not self._all_found:
                return min(found, cap), True
        else:
            cap = COUNT_CAP
            sql, given = self._cut.walk(
                "1", self._kinds, self._sql, self._values, f"LIMIT {cap + 1}"
            )
            cursor.execute(f"SELECT count(*) FROM ({sql} LIMIT {cap + 1}) capped", given)
            found = cursor.fetchone()[0]
        return min(found, cap), found > cap

    def facets(self, cursor: Any, names: Sequence[str]) -> dict[str, Facet]:
        """Each of the named facets, all in one pass."""
        if not names:
            return {}
        if self._census:
            return self.counted(cursor, names)[2]
        return _facets(self._grouped(cursor, [_FACETS[name] for name in names]), names)

    def _told_apart(self) -> list[Condition]:
        """The conditions by which the census counts, beside what is open."""
        return [Condition("kind = ANY(%s)", (self._kinds,)), *self._conditions]

    def _named(self, cursor: Any, columns: str, limit: int) -> list[tuple[Any, ...]]:
        """Columns of what is open by name alone, which the census does not tell apart."""
        named = self._cut.by_name()
        if named is None:
            return []
        cursor.execute(
            f"SELECT {columns} FROM discovery_entry WHERE {named.sql} AND kind = ANY(%s) "
            f"{self._sql} LIMIT {limit}",
            [*named.values, self._kinds, *self._values],
        )
        return list(cursor.fetchall())

    def _grouped(self, cursor: Any, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Rows like those of census.tally, by a look at the entries."""
        columns = ", ".join(names)
        if self._positive:
            source = f"SELECT {columns} FROM discovery_entry WHERE obj = ANY(%s)"
            values: list[Any] = [[match.obj for match in self._candidates(cursor)]]
        else:
            walked, values = self._cut.walk(
                columns, self._kinds, self._sql, self._values, f"LIMIT {FACET_CAP}"
            )
            source = f"{walked} LIMIT {FACET_CAP}"
        sets = ", ".join(f"({name})" for name in names)
        cursor.execute(
            f"SELECT GROUPING({columns}), count(*), {columns} FROM ({source}) found "
            f"GROUP BY GROUPING SETS ({sets})",
            values,
        )
        return list(cursor.fetchall())

    def _candidates(self, cursor: Any) -> list[Match]:
        if self._found is None:
            way = Candidates(cursor, self._viewer, self.query, self._filters, scored=False)
            self._found = way.matches()[: TEXT_COUNT_CAP + 1]
            self._all_found = way.complete
        return self._found


def rows_named(
    cursor: Any, viewer: Viewer, kind: str, ids: Sequence[uuid.UUID]
) -> list[tuple[Any, ...]]:
    """The rows of some things of a kind that the viewer may see, in no order."""
    cut = cut_of(viewer).visible()
    cursor.execute(
        f"SELECT {_COLUMNS}, place FROM discovery_entry WHERE obj = ANY(%s) AND kind = %s "
        f"AND {cut.sql}",
        [list(ids), kind, *cut.values],
    )
    return list(cursor.fetchall())


def _facets(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> dict[str, Facet]:
    """The facets of rows (mask, count, *values) as `census.tally` gives them."""
    sums: dict[str, Counter[Any]] = {name: Counter() for name in names}
    for mask, count, *row in rows:
        # The bit of the column that was grouped by is the one that is not set.
        at = next((n for n in range(len(names)) if not mask >> (len(names) - 1 - n) & 1), None)
        if at is not None and count > 0 and row[at] is not None and row[at] != "":
            sums[names[at]][row[at]] += count
    return {
        name: sorted(found.items(), key=lambda one: (-one[1], one[0]))[:FACET_VALUES]
        for name, found in sums.items()
    }


def _tallied(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Counts of each value of each column of `rows`, as `census.tally` gives them."""
    found: list[tuple[Any, ...]] = []
    for at in range(len(names)):
        mask = (1 << len(names)) - 1 & ~(1 << (len(names) - 1 - at))
        for value, count in Counter(row[at] for row in rows).items():
            found.append((mask, count, *(value if n == at else None for n in range(len(names)))))
    return found
