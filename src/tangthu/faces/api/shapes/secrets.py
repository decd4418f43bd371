"""What is held back: suspects in quarantine, records reported as secret."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class Withheld(Schema):
    id: uuid.UUID
    reported_at: dt.datetime
    document_code: str


class WithheldList(Schema):
    items: list[Withheld]


class Release(Closed):
    basis: str = Field(min_length=1, max_length=200)


class Suspect(Schema):
    id: uuid.UUID
    arrived_at: dt.datetime
    size: int
    batch: uuid.UUID


class Suspects(Schema):
    items: list[Suspect]


class SuspectDecision(Closed):
    decision: Literal["not_secret", "declassified", "purged"]
    basis: str = Field(default="", max_length=200)
