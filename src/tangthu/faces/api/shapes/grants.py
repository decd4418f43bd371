"""Rights on one thing."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class Grant(Schema):
    id: uuid.UUID
    state: Literal["waiting", "unconfirmed", "standing", "refused", "ended"]
    body: uuid.UUID
    right: str
    scope_kind: str
    scope: uuid.UUID | None
    holder_kind: str
    holder: uuid.UUID
    holder_name: str
    effective_from: dt.date
    effective_to: dt.date | None
    decision: str
    asked_by: str
    asked_at: dt.datetime


class Grants(Schema):
    items: list[Grant]
    next: str | None


class NewGrant(Closed):
    right: str = Field(min_length=1, max_length=40)
    scope_kind: Literal["dossier", "document", "fonds", "body"]
    scope: uuid.UUID
    holder_kind: Literal["person", "position", "unit", "group"]
    holder: uuid.UUID
    decision: str = Field(min_length=1, max_length=200)
    until: dt.date | None = None
