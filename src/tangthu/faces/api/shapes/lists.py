"""What is found and listed: hits of a search, lines of the lists of records."""

from __future__ import annotations

import uuid

from ninja import Schema

from tangthu.faces.api.shapes.base import Count


class Hit(Schema):
    id: uuid.UUID
    kind: str
    code: str
    title: str
    issuer: str
    date: str
    record_type: str
    dossier: uuid.UUID | None
    access_level: str
    snippet: str
    title_lit: list[tuple[int, int]]
    snippet_lit: list[tuple[int, int]]


class Hits(Schema):
    items: list[Hit]
    count: Count
    by_kind: dict[str, int | None]
    widened: bool
    next: str | None


class Line(Schema):
    id: uuid.UUID
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
    dossier: uuid.UUID | None


class FacetValue(Schema):
    value: str
    count: int


class Lines(Schema):
    items: list[Line]
    count: Count
    facets: dict[str, list[FacetValue]]
    next: str | None
    previous: str | None
