"""Register pages over the index: filters that are links, counts beside them, paging by key.

A register is read body by body and level by level, each in the order of an index, and merged: the
cost of a page depends on the length of the page, not on how much there is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from tangthu.discovery.asked import Asked, Facet, rows_named
from tangthu.discovery.guarded import LIMIT_MS
from tangthu.discovery.language import parse
from tangthu.identity.policies import Viewer

# How long the database may take for a portion of a list that is written out in the background.
LONG_MS = 60_000

# Orders a person may choose: the column, always followed by obj so that paging by key is exact.
ORDERS = {"place": "place", "date": "date_from", "code": "code"}


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
    facets: Mapping[str, Facet] = field(default_factory=dict)


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
    facets: Sequence[str] = (),
) -> Page:
    """One page of the things of `kind` that the viewer may see, with the `facets` that are named.

    `kind` "" means things of every kind.

    `after` / `before` are (sort value, obj) of the last / first row of the neighbouring page.
    What the census knows is counted exactly. Else counting stops at COUNT_CAP, at TEXT_COUNT_CAP
    where words are asked for. A facet's own filter is left out, so that its other values stay
    choosable; it has at most FACET_VALUES, counted among the first FACET_CAP matches
    (TEXT_COUNT_CAP where words are asked for). Raises TooBroad if the database would need too long.
    """
    filters = filters or {}
    asked = Asked(viewer, kind, parse(text), filters)
    backwards = before is not None
    with asked.reading() as cursor:
        found = asked.rows(
            cursor,
            ORDERS.get(order, "place"),
            "ASC" if descending == backwards else "DESC",
            before or after,
            limit + 1,
        )
        unfiltered = [name for name in facets if name not in filters]
        count, capped, counted = asked.counted(cursor, unfiltered)
        for name in filters:
            if name in facets:
                others = {key: value for key, value in filters.items() if key != name}
                counted |= Asked(viewer, kind, asked.query, others).facets(cursor, [name])
    more = len(found) > limit
    rows = [Row(*row) for row in found[:limit]]
    if backwards:
        rows.reverse()
    return Page(
        tuple(rows),
        has_next=more if not backwards else True,
        has_previous=more if backwards else after is not None,
        count=count,
        capped=capped,
        facets=counted,
    )


def portion(
    viewer: Viewer,
    kind: str,
    *,
    text: str = "",
    filters: Mapping[str, str] | None = None,
    order: str = "place",
    descending: bool = False,
    after: tuple[str, uuid.UUID] | None = None,
    limit: int = 500,
    limit_ms: int = LIMIT_MS,
) -> list[Row]:
    """The next `limit` rows after `after`, uncounted.

    Work in the background may give it LONG_MS instead of the few seconds of a page; raises TooBroad
    beyond.
    """
    asked = Asked(viewer, kind, parse(text), filters or {})
    with asked.reading(limit_ms) as cursor:
        direction = "DESC" if descending else "ASC"
        found = asked.rows(cursor, ORDERS.get(order, "place"), direction, after, limit)
    return [Row(*row) for row in found]


def named(viewer: Viewer, kind: str, ids: Sequence[uuid.UUID]) -> list[Row]:
    """The rows of some things of `kind` that the viewer may see, in the order of `ids`."""
    with connection.cursor() as cursor:
        found = rows_named(cursor, viewer, kind, ids)
    rows = {row.obj: row for row in (Row(*one) for one in found)}
    return [rows[one] for one in ids if one in rows]


def count(
    viewer: Viewer,
    kind: str,
    *,
    text: str = "",
    filters: Mapping[str, str] | None = None,
    limit_ms: int = LIMIT_MS,
) -> tuple[int, bool]:
    """How many rows such a list has, up to the caps, and whether there are more.

    `limit_ms` as for `portion`; raises TooBroad beyond.
    """
    asked = Asked(viewer, kind, parse(text), filters or {})
    with asked.reading(limit_ms) as cursor:
        return asked.count(cursor)


def facet(viewer: Viewer, kind: str, name: str) -> Facet:
    """Values of one facet of all that the viewer may see."""
    asked = Asked(viewer, kind, parse(""), {})
    with asked.reading() as cursor:
        return asked.facets(cursor, [name])[name]
