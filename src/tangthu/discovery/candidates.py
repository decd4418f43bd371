"""The matches of a query: so many of them as are ranked or counted, each with its score.

Which ones is not left to chance where there are more: first those whose description (`head`) holds
all that is asked, for they would come first anyway; then those of which only the text does. Words
so common that their lists in the index are long are looked for in some segments of the index first,
the newest, and in all only if those do not hold enough.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tangthu.discovery import findable, frequency
from tangthu.discovery.condition import Condition
from tangthu.discovery.cut import cut_of
from tangthu.discovery.frequency import Shares
from tangthu.discovery.language import Query, Term, wanted
from tangthu.discovery.matching import (
    beside_index,
    conditions,
    is_narrow,
    must_hold,
    must_not,
    segments_tsquery,
    share,
    tsquery,
    with_marks,
)
from tangthu.discovery.vectors import SEGMENT, code_token, cut_token, quote
from tangthu.identity.policies import Viewer

CAP = 1000
# Segments are looked in first where this share of them should hold so many times CAP matches. To go
# through more of them, one by one, takes longer than to list all matches.
_NARROW = 0.17
_AHEAD = 3
# The part of the expected matches that a further word or filter leaves.
_LEFT_BY_A_WORD = 0.4
# Whether words stand side by side can only be seen in each vector itself; in so many it is looked.
LOOKED_AT = 10_000
# So many matches of which only the text holds what was asked are compared with each other.
COMPARED = 150
_WEIGHTS = "'{0.1, 0.3, 0.5, 1.0}'"


@dataclass(frozen=True, slots=True)
class Match:
    """A match that takes part in the ranking; `score` is 0 where none was asked for."""

    obj: uuid.UUID
    kind: str
    place: str
    score: float


class Candidates:
    """One run of a query: how its matches are got, and what each is worth."""

    def __init__(
        self,
        cursor: Any,
        viewer: Viewer,
        query: Query,
        filters: Mapping[str, str],
        typed: Query | None = None,
        *,
        scored: bool = True,
    ) -> None:
        """`typed` is the query as the person typed it, where `query` is a wider one."""
        self._cursor = cursor
        self._scored = scored
        self._cut = cut_of(viewer)
        self._seen = self._cut.marks()
        self._query = query
        self._positive = must_hold(query)
        self._apart = must_hold(query, apart=True)
        self.complete = True
        self._negative = must_not(query)
        self._filters = conditions(query, filters)
        self._visible = self._cut.visible()
        self._narrow = is_narrow(filters)
        self._all_filters = filters
        self._kinds = [filters["kind"]] if "kind" in filters else [k.name for k in findable.kinds()]
        self._ranked_by = _ranking_words(query, typed or query)
        self._phrase = _phrase(query)

    def matches(self) -> list[Match]:
        """At most CAP + 1 matches, the surest first; fewer are all, if `complete` says so after."""
        if not self._seen:
            return []
        if not self._positive:
            return self._unranked()
        if not all(term.in_description for term in wanted(self._query)):
            # Only the whole vector has the fields of a description one by one.
            return list(self._by_index("whole", self._text_score()).values())
        found = self._by_index("head", self._head_score())
        if len(found) <= CAP and any(not term.field for term in wanted(self._query)):
            found = self._by_index("whole", self._text_score()) | found
        return list(found.values())[: CAP + 1]

    def _unranked(self) -> list[Match]:
        """Matches of a query that only has fields or exclusions: by place."""
        sql, values = self._joined([*self._filters, *self._exclusion()])
        ordered = f"ORDER BY place, obj LIMIT {CAP + 1}"
        walked, given = self._cut.walk("obj, kind, place", self._kinds, sql, values, ordered)
        self._cursor.execute(f"SELECT obj, kind, place, 0 FROM ({walked}) e {ordered}", given)
        return [Match(*row) for row in self._cursor.fetchall()]

    def _by_index(self, column: str, score: Condition) -> dict[uuid.UUID, Match]:
        """Matches in a vector, by its index, in no order."""
        found: dict[uuid.UUID, Match] = {}
        for segments in self._portions(column, found):
            found |= self._in_segments(column, segments, score)
            if len(found) > CAP or not self.complete:
                break
        return found

    def _portions(self, column: str, found: Mapping[uuid.UUID, Match]) -> Iterator[str]:
        """Tsqueries of the segments to look in, one after the other; the last is "", for all.

        Of common words enough matches stand in the newest segments; how many were `found` in those
        tells how many more must be looked through.
        """
        known = frequency.standing()
        newest = known.written // SEGMENT
        expected = self._expected(known.shares(column), known.written)
        if known.marked and expected:
            width = 1 + math.ceil(_AHEAD * CAP * (newest + 1) / expected)
            if width <= newest * _NARROW:
                yield segments_tsquery(newest, width)
                missing = CAP + 1 - len(found)
                more = math.ceil(1.3 * width * missing / max(1, len(found)))
                if more <= newest * _NARROW:
                    yield segments_tsquery(newest - width, more)
        yield ""

    def _expected(self, shares: Shares, written: int) -> float:
        """About how many matches there are, from how common the words are; too many at worst.

        Syllables come in pairs (`quyết định`), so that the second of two says nothing new; of more,
        each leaves a part. What filters and exclusions leave is not known.
        """
        syllables = sum(len(term.tokens) for term in wanted(self._query) if term.group == 0)
        expected = share(self._query, shares) * written
        expected *= _LEFT_BY_A_WORD ** max(0, (syllables - 1) // 2)
        visible = sum(shares.of(cut_token(*pair)) for pair in self._seen)
        if visible:
            expected *= visible
        if self._all_filters or self._query.conditions or self._negative:
            expected *= _LEFT_BY_A_WORD
        return expected

    def _in_segments(self, column: str, segments: str, score: Condition) -> dict[uuid.UUID, Match]:
        words = f"{segments} & ({self._apart})" if segments else self._apart
        asked = with_marks(words, self._seen, self._query, self._all_filters, column)
        beside = [self._visible, *self._filters]
        if self._narrow:
            # The indexes of dossiers and inventories begin with them.
            beside.append(Condition("kind = ANY(%s)", (self._kinds,)))
        else:
            beside = [beside_index(one) for one in beside]
        sql, values = self._joined(beside)
        strict, limit = list(self._exclusion()), CAP + 1
        if self._apart != self._positive:
            strict.append(Condition(f"ts_match_vq({column}, %s::tsquery)", (self._positive,)))
        if strict:
            limit = LOOKED_AT
        only, only_values = self._joined(strict)
        # The scores are worked out only for the matches that are kept.
        self._cursor.execute(
            f"WITH near AS MATERIALIZED (SELECT obj, kind, place, head, whole FROM discovery_entry "
            f"WHERE {column} @@ %s::tsquery {sql} LIMIT {limit}), found AS MATERIALIZED ("
            f"SELECT *, row_number() OVER () AS number FROM near WHERE TRUE {only} "
            f"LIMIT {CAP + 1}), looked AS (SELECT CASE WHEN (SELECT count(*) FROM found) > {CAP} "
            "THEN 0 ELSE (SELECT count(*) FROM near) END AS at) "
            f"SELECT looked.at, obj, kind, place, {score.sql} FROM looked LEFT JOIN found ON TRUE",
            [asked, *values, *only_values, *score.values],
        )
        rows = self._cursor.fetchall()
        if strict and rows[0][0] >= LOOKED_AT:
            self.complete = False
        return {row[1]: Match(*row[1:]) for row in rows if row[1] is not None}

    def _exclusion(self) -> list[Condition]:
        if not self._negative:
            return []
        return [Condition("NOT ts_match_vq(whole, %s::tsquery)", (self._negative,))]

    @staticmethod
    def _joined(all_of: Sequence[Condition]) -> tuple[str, list[Any]]:
        sql = "".join(f" AND {one.sql}" for one in all_of)
        return sql, [value for one in all_of for value in one.values]

    def _head_score(self) -> Condition:
        """A whole code before all, then the words side by side in the title, then all in the title;
        more than any score of the text alone.
        """
        if not self._scored:
            return Condition("0")
        parts: list[str] = ["3"]
        values: list[Any] = []
        keys = [quote(code_token(key)) for term in wanted(self._query) for key in term.keys]
        keys += [quote(code_token(code)) for code, no in self._query.archive_codes if not no]
        if keys:
            parts.append("12 * (head @@ %s::tsquery)::int")
            values.append(" | ".join(keys))
        if self._phrase:
            parts.append("4 * (head @@ %s::tsquery)::int")
            values.append(self._phrase_in_title())
        title = _all_in_title(self._query)
        if title:
            parts.append("2 * (head @@ %s::tsquery)::int")
            values.append(title)
        if self._ranked_by:
            parts.append(f"ts_rank({_WEIGHTS}, head, %s::tsquery, 1)")
            values.append(self._ranked_by)
        return Condition(" + ".join(parts), tuple(values))

    def _phrase_in_title(self) -> str:
        return " <-> ".join(f"{quote(token)}:A" for token in self._phrase)

    def _text_score(self) -> Condition:
        if not (self._ranked_by and self._scored):
            return Condition("0")
        parts = [f"ts_rank({_WEIGHTS}, whole, %s::tsquery, 1)"]
        values = [self._ranked_by]
        if self._phrase:
            parts.append("(whole @@ %s::tsquery)::int")
            values.append(" <-> ".join(quote(token) for token in self._phrase))
        sql = " + ".join(parts)
        return Condition(f"CASE WHEN number <= {COMPARED} THEN {sql} ELSE 0 END", tuple(values))


def _ranking_words(query: Query, typed: Query) -> str:
    """Tsquery of any of the words, for ts_rank; those typed with diacritics count as such too."""
    tokens = [token for one in (query, typed) for term in wanted(one) for token in term.tokens]
    return " | ".join(quote(token) for token in dict.fromkeys(tokens))


def _phrase(query: Query) -> tuple[str, ...]:
    """All words asked for, if they may be taken as one phrase; else nothing."""
    terms = list(wanted(query))
    if len({term.group for term in terms}) > 1 or any(t.prefix for t in terms):
        return ()
    tokens = tuple(token for term in terms for token in term.tokens)
    return tokens if len(tokens) > 1 else ()


def _all_in_title(query: Query) -> str:
    """Tsquery that holds where all words asked for stand in the title; "" for alternatives."""
    terms = list(wanted(query))
    if len({term.group for term in terms}) > 1:
        return ""
    in_title = [
        Term(term.tokens, adjacent=term.adjacent, prefix=term.prefix, field="title")
        for term in terms
        if term.tokens and term.field in {"", "title"}
    ]
    return " & ".join(tsquery(term) for term in in_title)
