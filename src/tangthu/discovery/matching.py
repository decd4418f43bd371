"""A parsed query as PostgreSQL conditions on discovery_entry."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence

from django.db import connection

from tangthu.discovery.condition import Condition
from tangthu.discovery.cut import Pair
from tangthu.discovery.described import DESCRIBED, field_token
from tangthu.discovery.frequency import Shares, standing
from tangthu.discovery.language import Query, Term, storable, wanted
from tangthu.discovery.vectors import (
    LONG_SPAN,
    SEGMENT,
    code_token,
    cut_token,
    pair_token,
    quote,
    segment_token,
    year_tokens,
)
from tangthu.kernel.rulebook import rulebook
from tangthu.standards.vietnamese import fold, match_type, words
from tangthu.standards.vietnamese.dates import DateError, PartialDate, parse_date

_WEIGHTS = {"": "", "title": "A", "issuer": "C"}
_MAX_ELSEWHERE = 1000
_LAST = "\U0010ffff"
# Of more bodies than this the index is not asked for each: the SQL condition alone cuts.
_MAX_CUTS = 12
# Who may see this share of all entries or more need not be told apart by the index.
_MOST = 0.3


def beside_index(condition: Condition) -> Condition:
    """The same condition in a form that no index answers, for use beside the index of words.

    PostgreSQL would otherwise list half a million entries of a body in order to intersect them with
    the few that hold the words.
    """
    return Condition(f"COALESCE({condition.sql}, FALSE)", condition.values)


# Filters that leave little, so that their index is of use beside that of the words.
_NARROW = frozenset({"dossier", "inventory"})
# A span of more years than this is left to the condition alone.
_MOST_YEARS = 12


def is_narrow(filters: Mapping[str, str]) -> bool:
    """Whether a filter leaves few entries by itself."""
    return not _NARROW.isdisjoint(filters)


def with_marks(
    words: str, seen: Sequence[Pair], query: Query, filters: Mapping[str, str], column: str
) -> str:
    """Tsquery of `words` in a column, by which the index leaves out other bodies and other years.

    The conditions beside it decide, so that it is only ever wider than what they leave.
    """
    parts = [cut_tsquery(seen, standing().shares(column)), f"({words})"]
    if standing().marked:
        parts += [_year_tsquery(filters), _year_tsquery(query.conditions)]
    return " & ".join(part for part in parts if part)


def _year_tsquery(asked: Mapping[str, str]) -> str:
    """Tsquery of the years in which what is asked may lie; "" if any, or too many."""
    try:
        days = {
            name: parse_date(storable(asked[name]).strip())
            for name in ("year", "date", "from", "to")
            if name in asked
        }
    except DateError:
        return ""
    parts = []
    for first, last in (("year", "year"), ("date", "date"), ("from", "to")):
        if first in days and last in days:
            years = range(days[first].first_day().year, days[last].last_day().year + 1)
            if 0 < len(years) <= _MOST_YEARS:
                marks = [token for year in years for token in year_tokens([year])]
                parts.append("(" + " | ".join(map(quote, [*marks, LONG_SPAN])) + ")")
    return " & ".join(parts)


def cut_tsquery(found: Sequence[Pair], shares: Shares) -> str:
    """Tsquery of the marks of `found`, so that the index leaves out the rest; "" if of no use."""
    marks = [cut_token(*pair) for pair in found[: _MAX_CUTS + 1]]
    if not 0 < len(marks) <= _MAX_CUTS or sum(map(shares.of, marks)) > _MOST:
        return ""
    return "(" + " | ".join(map(quote, marks)) + ")"


def segments_tsquery(newest: int, count: int) -> str:
    """Tsquery of `count` segments, the last of which has the number `newest`."""
    numbers = range(newest, max(-1, newest - count), -1)
    return "(" + " | ".join(quote(segment_token(number * SEGMENT)) for number in numbers) + ")"


def tsquery(term: Term, *, apart: bool = False) -> str:
    """Tsquery of one term, its sign left aside; `apart`: its words need not be side by side."""
    if not term.in_description:
        return _tsquery_of_field(term)
    weight = _WEIGHTS[term.field]
    either = []
    if term.tokens:
        last = len(term.tokens) - 1
        marks = [
            ":" + "*" * (term.prefix and at == last) + weight
            if weight or (term.prefix and at == last)
            else ""
            for at in range(last + 1)
        ]
        joiner = " <-> " if term.adjacent and not apart else " & "
        parts = (quote(token) + mark for token, mark in zip(term.tokens, marks, strict=True))
        either.append(" & ".join(["(" + joiner.join(parts) + ")", *_pairs_of_phrase(term)]))
    for key in term.keys:
        either.append(quote(code_token(key)))
        # The beginning of a code is sought up to where a part of it ends.
        either.append(quote(code_token(key + ("-" if "/" in key else "/"))) + ":*")
    return "(" + " | ".join(either) + ")"


def _pairs_of_phrase(term: Term) -> list[str]:
    """What a phrase says of numbers and the words behind them: the beginning of a cited code."""
    if not (term.adjacent and standing().marked):
        return []
    found = []
    for at, (one, following) in enumerate(itertools.pairwise(map(fold, term.tokens))):
        if one[0].isdigit():
            open_end = term.prefix and at == len(term.tokens) - 2
            found.append(quote(pair_token(one, following)) + ":*" * open_end)
    return found


def _field_marks(term: Term) -> list[str]:
    """The tokens of a term of a field of `described`: all of its words, or any of its values."""
    return list(term.marks) or [field_token(term.field, token) for token in term.tokens]


def _tsquery_of_field(term: Term) -> str:
    quoted = [quote(mark) for mark in _field_marks(term)]
    if term.marks:
        return "(" + " | ".join(quoted) + ")"
    quoted[-1] += ":*" * term.prefix
    return "(" + " & ".join(quoted) + ")"


def must_hold(query: Query, *, apart: bool = False) -> str:
    """Tsquery of what must be found: the groups, one of which is enough; "" if nothing must.

    `apart`: a wider one, which asks for the words of phrases but not that they are side by side.
    """
    groups: dict[int, list[str]] = {}
    for term in wanted(query):
        groups.setdefault(term.group, []).append(tsquery(term, apart=apart))
    return " | ".join("(" + " & ".join(parts) + ")" for parts in groups.values())


def must_not(query: Query) -> str:
    """Tsquery of what must not be found; "" if there is no such thing."""
    return " | ".join(tsquery(term) for term in query.terms if term.excluded)


def share(query: Query, shares: Shares) -> float:
    """Highest share of the entries that may hold what must be found: of each group the rarest word.

    The rarest alone, not the product: syllables come in company, `quyết` with `định`.
    """
    groups: dict[int, float] = {}
    for term in wanted(query):
        if term.field in DESCRIBED:
            each = [shares.of(mark) for mark in _field_marks(term)]
            each = [min(1.0, sum(each))] if term.marks else each
        else:
            each = [shares.of(token) for token in term.tokens]
        if term.prefix and term.field not in DESCRIBED:
            each[-1] = shares.of_beginning(term.tokens[-1])
        most = min(each, default=0.0)
        groups[term.group] = min(groups.get(term.group, 1.0), most)
    return min(1.0, sum(groups.values()))


def conditions(query: Query, filters: Mapping[str, str]) -> list[Condition]:
    """Conditions of the fields of a query, of its archive codes and of the page's filter links."""
    found = [_condition(name, value) for name, value in filters.items()]
    found += [_condition(name, value) for name, value in query.conditions.items()]
    for name, value in query.without:
        one = _condition(name, value)
        found.append(Condition(f"NOT COALESCE(({one.sql}), FALSE)", one.values))
    for code, excluded in query.archive_codes:
        one = _below(code)
        found.append(Condition(f"NOT {one.sql}", one.values) if excluded else one)
    return found


def _below(code: str) -> Condition:
    """What has an archive code that begins so; and the few that once had it and stand elsewhere.

    Those are looked up first: a condition that asks for either would be answered by no index.
    """
    below = Condition("(place >= %s AND place < %s)", (code, code + _LAST))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT obj FROM discovery_entry WHERE head @@ %s::tsquery AND NOT {below.sql} "
            f"LIMIT {_MAX_ELSEWHERE}",
            [quote(code_token(code)), *below.values],
        )
        elsewhere = [row[0] for row in cursor.fetchall()]
    if not elsewhere:
        return below
    return Condition(f"({below.sql} OR obj = ANY(%s))", (*below.values, elsewhere))


_NEVER = Condition("FALSE")


def _condition(name: str, value: str) -> Condition:
    """Condition of one field. A value that no entry can have leaves nothing; KeyError: no field."""
    value = storable(value).strip()
    if name == "kind":
        return Condition("kind = %s", (value[:20],))
    if name == "type":
        return _one_of("record_type", _type_code(value))
    if name == "retention":
        return _one_of("retention_code", _retention_code(value))
    if name == "sensitivity":
        return Condition("whole @@ %s::tsquery", (quote(field_token(name, value[:2])),))
    if name == "sealed":
        return Condition("sealed = %s", (value == "1",))
    if name == "issuer":
        parts = " & ".join(quote(word.folded) + ":C" for word in words(value[:200]))
        return Condition("head @@ %s::tsquery", (parts,)) if parts else _NEVER
    if name in {"fonds", "inventory", "dossier"}:
        try:
            return Condition(f"{name}_id = %s", (uuid.UUID(value),))
        except ValueError:
            return _NEVER
    return _in_time(name, value)


def _one_of(column: str, code: str) -> Condition:
    """Condition of a column of codes; what is no code is that of no entry, not of those without."""
    return Condition(f"{column} = %s", (code,)) if code else _NEVER


def _in_time(name: str, value: str) -> Condition:
    """Dates overlap: a year found by a day in it, and a day by its year."""
    try:
        day = parse_date(value)
    except DateError:
        return _NEVER
    if name == "year":
        return Condition("year = %s", (day.year,)) if day.month is None else _NEVER
    return {
        "date": _span(day, day),
        "from": Condition("last_day >= %s", (day.first_day(),)),
        "to": Condition("first_day <= %s", (day.last_day(),)),
    }[name]


def _span(first: PartialDate, last: PartialDate) -> Condition:
    return Condition("(first_day <= %s AND last_day >= %s)", (last.last_day(), first.first_day()))


def _type_code(value: str) -> str:
    """The code of a record type given as its code, name or abbreviation."""
    if value.isascii() and value.isdigit():
        return value[:10]
    return match_type(value, rulebook()).code or ""


def _retention_code(value: str) -> str:
    """The code of a retention given as its code or as (the beginning of) its name."""
    asked = fold(value)
    if value.isascii() and value.isdigit() and len(value) <= 2:
        return value
    for code in rulebook().newest_codes("maintenance"):
        if asked and fold(code.vi).startswith(asked):
            return code.code
    return value[:10]
