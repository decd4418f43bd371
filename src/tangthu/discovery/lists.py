"""Register pages over the index: filters that are links, counts beside them, paging by key."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tangthu.discovery.language import Query, parse
from tangthu.discovery.search import conditions_sql, visible
from tangthu.identity.policies import Viewer

COUNT_CAP = 10_000

# Orders a person may choose: the column, always followed by obj so that paging by key is exact.
ORDERS = {"place": "place", "date": "date_from", "code": "code"}
_FACETS = {
    "type": "record_type",
    "year": "year",
    "retention": "retention_code",
    "fonds": "fonds_id",
    "sealed": "sealed",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a register."""

    obj: uuid.UUID
    kind: str
    code: str
    title: str
    issuer: str
    date_from: str
    date_to: str
    record_type: str
    retention_code: str
    access_level: str
    sealed: bool
    dossier_id: uuid.UUID | None
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a register; the keys are those to continue after, or before, this page."""

    rows: tuple[Row, ...]
    has_next: bool
    has_previous: bool
    count: int
    capped: bool


_COLUMNS = (
    "obj, kind, code, title, issuer, date_from, date_to, record_type, retention_code, "
    "access_level, sealed, dossier_id"
)


def page(
    viewer: Viewer,
    kind: str,
    *,
    text: str = "",
    filters: Mapping[str, str] | None = None,
    order: str = "place",
    descending: bool = False,
    after: tuple[str, uuid.UUID] | None = None,
    before: tuple[str, uuid.UUID] | None = None,
    limit: int = 50,
) -> Page:
    """One page of the things of `kind` that the viewer may see.

    `after` / `before` are (sort value, obj) of the last / first row of the neighbouring page.
    Counting stops at COUNT_CAP.
    """
    column = ORDERS.get(order, "place")
    condition, values = _condition(viewer, kind, text, filters or {})
    backwards = before is not None
    upward = descending == backwards
    sign, direction = (">", "ASC") if upward else ("<", "DESC")
    keyset, key_values = "", []
    key = before or after
    if key is not None:
        keyset, key_values = f"AND ({column}, obj) {sign} (%s, %s)", list(key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS}, {column} FROM discovery_entry WHERE {condition} {keyset} "
            f"ORDER BY {column} {direction}, obj {direction} LIMIT %s",
            [*values, *key_values, limit + 1],
        )
        found = cursor.fetchall()
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM discovery_entry WHERE {condition} "
            f"LIMIT {COUNT_CAP + 1}) capped",
            values,
        )
        count = cursor.fetchone()[0]
    more = len(found) > limit
    rows = [Row(*row) for row in found[:limit]]
    if backwards:
        rows.reverse()
    return Page(
        tuple(rows),
        has_next=more if not backwards else True,
        has_previous=more if backwards else after is not None,
        count=min(count, COUNT_CAP),
        capped=count > COUNT_CAP,
    )


def facet(
    viewer: Viewer,
    kind: str,
    name: str,
    *,
    text: str = "",
    filters: Mapping[str, str] | None = None,
) -> list[tuple[Any, int]]:
    """Values of one facet with their counts (capped), the most frequent first, at most 30.

    The facet's own filter is left out, so that its other values stay choosable.
    """
    column = _FACETS[name]
    others = {key: value for key, value in (filters or {}).items() if key != name}
    condition, values = _condition(viewer, kind, text, others)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, count(*) FROM (SELECT {column} FROM discovery_entry "
            f"WHERE {condition} LIMIT {COUNT_CAP}) capped WHERE {column} IS NOT NULL "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 30",
            values,
        )
        return [(value, count) for value, count in cursor.fetchall() if value != ""]


def _condition(
    viewer: Viewer, kind: str, text: str, filters: Mapping[str, str]
) -> tuple[str, Sequence[Any]]:
    cut, cut_values = visible(viewer)
    query = parse(text) if text else Query("")
    where, values = conditions_sql(query, filters)
    return " AND ".join(["kind = %s", cut, *where]), [kind, *cut_values, *values]
