"""Answer a query: what the viewer may see, best first, with the words lit.

Cut, filters and matching are one SQL statement over the index; counts stop at COUNT_CAP, ranking
looks at the first RANK_CAP matches, so that one broad word cannot hold the database.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from tangthu.discovery.language import Query, Term
from tangthu.discovery.vectors import quote
from tangthu.identity.policies import Viewer
from tangthu.standards.vietnamese import code_key, words
from tangthu.standards.vietnamese import fold as fold_text

COUNT_CAP = 1000
RANK_CAP = 1000
_SNIPPET = 220


@dataclass(frozen=True, slots=True)
class Hit:
    """One found thing, with the parts of its title and text that matched (start, end offsets)."""

    obj: uuid.UUID
    kind: str
    code: str
    title: str
    subtitle: str
    issuer: str
    date_from: str
    record_type: str
    dossier_id: uuid.UUID | None
    title_lit: tuple[tuple[int, int], ...]
    snippet: str
    snippet_lit: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A page of hits; `count` is exact below COUNT_CAP; `widened` says accents were dropped."""

    hits: tuple[Hit, ...]
    count: int
    capped: bool
    widened: bool


def visible(viewer: Viewer) -> tuple[str, list[Any]]:
    """SQL condition on discovery_entry that holds for what `viewer` may see, with parameters."""
    pairs = [(body, level) for body, levels in viewer.levels() for level in levels]
    if not pairs:
        return "FALSE", []
    return (
        "(body_id, access_level) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))",
        [[body for body, _ in pairs], [level for _, level in pairs]],
    )


def _tsquery(term: Term) -> str:
    suffix = ":A" if term.only_title else ""
    return "(" + " <-> ".join(quote(token) + suffix for token in term.tokens) + ")"


def conditions_sql(query: Query, filters: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    """SQL conditions and parameters of a parsed query and of the page's filter links."""
    where: list[str] = []
    values: list[Any] = []
    for exact in (True, False):
        terms = [term for term in query.terms if term.exact == exact]
        if terms:
            column = "exact" if exact else "folded"
            parts = [("!" if term.excluded else "") + _tsquery(term) for term in terms]
            where.append(f"{column} @@ %s::tsquery")
            values.append(" & ".join(parts))
    for code in query.codes:
        where.append("code_keys && %s::varchar[]")
        values.append([key[:200] for key in (code_key(code), fold_text(code)) if key])
    for name, value in {**filters, **query.conditions}.items():
        sql, parameters = _condition(name, value)
        where.append(sql)
        values.extend(parameters)
    return where, values


def _condition(name: str, value: str) -> tuple[str, list[Any]]:
    if name in {"kind", "retention"}:
        column = {"kind": "kind", "retention": "retention_code"}[name]
        return f"{column} = %s", [value[:20]]
    if name == "type":
        return "record_type = %s", [value[:10]]
    if name == "year":
        return ("year = %s", [int(value)]) if re.fullmatch(r"\d{4}", value) else ("FALSE", [])
    if name == "date":
        return "date_from <= %s AND date_to >= %s", [_iso(value) + "~", _iso(value)]
    if name == "from":
        return "date_to >= %s", [_iso(value)]
    if name == "to":
        return "date_from <= %s AND date_from <> ''", [_iso(value) + "~"]
    if name == "issuer":
        tokens = [quote(word.folded) + ":B" for word in words(value)]
        return "folded @@ %s::tsquery", [" & ".join(tokens) or "''"]
    if name in {"fonds", "inventory", "dossier"}:
        try:
            return f"{name}_id = %s", [uuid.UUID(value)]
        except ValueError:
            return "FALSE", []
    if name == "sealed":
        return "sealed = %s", [value == "1"]
    return "TRUE", []


def _iso(value: str) -> str:
    """A date as typed (04/02/2010, 02/2010, 2010 or ISO) as a partial ISO date, else as it is."""
    parts = re.split(r"[/.\-]", value.strip())
    if len(parts) > 1 and len(parts[-1]) == 4:
        parts.reverse()
    return "-".join(part.zfill(2) for part in parts)[:10]


def search(
    viewer: Viewer,
    query: Query,
    *,
    filters: Mapping[str, str] | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Result:
    """The hits of `query` that `viewer` may see, best first.

    If words typed with diacritics find nothing, the same words without diacritics are tried and
    the result says so.
    """
    result = _run(viewer, query, filters or {}, offset, limit, widened=False)
    if result.count == 0 and any(term.exact for term in query.terms):
        terms = tuple(
            replace(term, tokens=tuple(map(fold_text, term.tokens)), exact=False)
            for term in query.terms
        )
        wider = replace(query, terms=terms)
        result = _run(viewer, wider, filters or {}, offset, limit, widened=True)
    return result


def _run(
    viewer: Viewer,
    query: Query,
    filters: Mapping[str, str],
    offset: int,
    limit: int,
    *,
    widened: bool,
) -> Result:
    cut, cut_values = visible(viewer)
    where, values = conditions_sql(query, filters)
    condition = " AND ".join([cut, *where])
    wanted = " & ".join(_tsquery(term) for term in query.terms if not term.excluded)
    column = "exact" if any(term.exact for term in query.terms) else "folded"
    rank = f"ts_rank({column}, %s::tsquery)" if wanted else "0"
    rank_values = [wanted] if wanted else []
    statement = f"""
        WITH matched AS MATERIALIZED (
            SELECT obj, {rank} AS rank, place FROM discovery_entry WHERE {condition}
            LIMIT {RANK_CAP + 1}
        )
        SELECT e.obj, e.kind, e.code, e.title, e.subtitle, e.issuer, e.date_from, e.record_type,
               e.dossier_id, left(e.text, 60000), (SELECT count(*) FROM matched)
        FROM (SELECT * FROM matched ORDER BY rank DESC, place, obj OFFSET %s LIMIT %s) top
        JOIN discovery_entry e USING (obj) ORDER BY top.rank DESC, top.place, top.obj
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rank_values, *cut_values, *values, offset, limit])
        rows = cursor.fetchall()
    count = rows[0][-1] if rows else 0
    hits = tuple(_hit(row, query.terms) for row in rows)
    return Result(hits, min(count, COUNT_CAP), count > COUNT_CAP, widened)


def _hit(row: Sequence[Any], terms: Sequence[Term]) -> Hit:
    obj, kind, code, title, subtitle, issuer, date_from, record_type, dossier_id, text = row[:10]
    snippet, snippet_lit = _best_snippet(text, terms)
    return Hit(
        obj, kind, code, title, subtitle, issuer, date_from, record_type, dossier_id,
        lit(title, terms), snippet, snippet_lit,
    )  # fmt: skip


def lit(text: str, terms: Sequence[Term]) -> tuple[tuple[int, int], ...]:
    """Offsets (start, end) of the words of `text` that stand in the terms."""
    exact = {t for term in terms if term.exact and not term.excluded for t in term.tokens}
    folded = {t for term in terms if not term.exact and not term.excluded for t in term.tokens}
    return tuple(
        (word.start, word.end)
        for word in words(text)
        if word.exact in exact or word.folded in folded
    )


def _best_snippet(text: str, terms: Sequence[Term]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The stretch of `text` with most matched words, at most _SNIPPET characters, and its words."""
    found = lit(text, terms)
    if not found:
        return "", ()
    best, best_count, last = 0, 0, 0
    for first, (start, _) in enumerate(found):
        last = max(last, first)
        while last < len(found) and found[last][1] - start <= _SNIPPET - 40:
            last += 1
        if last - first > best_count:
            best, best_count = first, last - first
    begin = max(0, found[best][0] - 40)
    while begin > 0 and not text[begin - 1].isspace() and begin > found[best][0] - 60:
        begin -= 1
    piece = text[begin : begin + _SNIPPET]
    shown = tuple(
        (start - begin, end - begin)
        for start, end in found
        if start >= begin and end <= begin + len(piece)
    )
    return " ".join(piece.split("\n")), shown
