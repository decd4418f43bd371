"""Pages of lists: by key, with signed cursors that fit the list, its order and its filters alone.

Unlike on a page, a cursor that is not ours is refused: a program that began anew without knowing
would read the same for ever.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tangthu.faces.api.problems import BadRequest
from tangthu.ui.cursors import Cursor, CursorValue, decode_cursor, encode_cursor

MOST = 200


class Paging:
    """One list as asked for: reads its cursor, makes those of the neighbours, tells the links."""

    def __init__(self, request: Any, name: str, asked: Mapping[str, Any], width: int) -> None:
        """`asked`: what else decides the rows and their order; `width`: values in a cursor."""
        self._request = request
        told = json.dumps(asked, sort_keys=True, default=str)
        self._sort = hashlib.sha256(f"{request.key.pk} {told}".encode()).hexdigest()[:16]
        self._name = f"api:{name}"
        self.cursor = self._decoded(request.GET.get("cursor", ""), width)

    def _decoded(self, text: str, width: int) -> Cursor | None:
        if not text:
            return None
        found = decode_cursor(text, register=self._name, sort=self._sort, width=width)
        if found is None:
            raise BadRequest(
                _("cursor không phải của danh sách này."),
                hint=_("Dùng nguyên cursor mà trang trước đã trả, với cùng các tham số."),
            )
        return found

    def text(self, values: Sequence[CursorValue] | None, *, backwards: bool = False) -> str | None:
        """The cursor at a row; None for no row."""
        if values is None:
            return None
        cursor = Cursor(tuple(values), backwards)
        return encode_cursor(cursor, register=self._name, sort=self._sort)

    def links(self, following: str | None, before: str | None = None) -> dict[str, str | None]:
        """`next` and `previous` for the document, told in the Link header as well (RFC 8288)."""
        parts = []
        for rel, cursor in (("next", following), ("prev", before)):
            if cursor is not None:
                query = self._request.GET.copy()
                query["cursor"] = cursor
                address = f"{self._request.path}?{urlencode(list(_pairs(query)))}"
                parts.append(f'<{address}>; rel="{rel}"')
        if parts:
            self._request.links = ", ".join(parts)
        return {"next": following, "previous": before}


def _pairs(query: Any) -> Any:
    for name, values in query.lists():
        for value in values:
            yield name, value


def by_moment(
    request: Any,
    name: str,
    found: QuerySet[Any],
    moment: str,
    draw: Callable[[Any], Any],
    *,
    limit: int,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A page of rows, newest first, by a timestamp that is never empty and the UUID key."""
    paging = Paging(request, name, asked or {}, 2)
    if paging.cursor is not None:
        edge = parse_datetime(str(paging.cursor.values[0]))
        last = uuid.UUID(str(paging.cursor.values[1]))
        found = found.filter(Q(**{f"{moment}__lt": edge}) | Q(**{moment: edge, "pk__lt": last}))
    rows = list(found.order_by(f"-{moment}", "-pk")[: limit + 1])
    edge_row = rows[limit - 1] if len(rows) > limit else None
    key = None if edge_row is None else (getattr(edge_row, moment).isoformat(), str(edge_row.pk))
    return {"items": [draw(row) for row in rows[:limit]], **paging.links(paging.text(key))}


def by_column(
    request: Any,
    name: str,
    found: QuerySet[Any],
    column: str,
    draw: Callable[[Any], Any],
    *,
    limit: int,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A page of rows in the order of a text or number column and then the key."""
    paging = Paging(request, name, asked or {}, 2)
    if paging.cursor is not None:
        edge, last = paging.cursor.values
        found = found.filter(Q(**{f"{column}__gt": edge}) | Q(**{column: edge, "pk__gt": last}))
    rows = list(found.order_by(column, "pk")[: limit + 1])
    edge_row = rows[limit - 1] if len(rows) > limit else None
    key = None
    if edge_row is not None:
        own = edge_row.pk if isinstance(edge_row.pk, int) else str(edge_row.pk)
        key = (getattr(edge_row, column), own)
    return {"items": [draw(row) for row in rows[:limit]], **paging.links(paging.text(key))}


def by_place(
    request: Any, name: str, rows: Sequence[Any], draw: Callable[[Any], Any], *, limit: int,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A page of what is in memory already (the findings of one batch)."""

    def part(start: int, most: int) -> tuple[Sequence[Any], int]:
        return rows[start : start + most], len(rows)

    return by_part(request, name, part, draw, limit=limit, asked=asked)


def by_part(
    request: Any, name: str, part: Callable[[int, int], tuple[Sequence[Any], int]],
    draw: Callable[[Any], Any], *, limit: int, asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A page of what is read by place: `part` gives so many rows from a place on, and how many
    there are in all."""
    paging = Paging(request, name, asked or {}, 1)
    start = 0
    if paging.cursor is not None:
        start = max(0, int(paging.cursor.values[0] or 0))
    rows, total = part(start, limit)
    following = paging.text((start + limit,)) if start + limit < total else None
    return {
        "items": [draw(row) for row in rows],
        "total": total,
        **paging.links(following),
    }
