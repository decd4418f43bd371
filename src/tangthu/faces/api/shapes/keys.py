"""The key that asks, and where its person works."""

from __future__ import annotations

import datetime as dt

from ninja import Schema

from tangthu.faces.api.shapes.base import BodyRef


class Me(Schema):
    key: str
    name: str
    person: str
    position: str
    body: BodyRef
    scopes: list[str]
    rights: list[str]
    expires_at: dt.datetime
    requests_per_minute: int
    burst: int


class Bodies(Schema):
    items: list[BodyRef]
