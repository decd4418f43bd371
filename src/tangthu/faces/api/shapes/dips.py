"""Use packages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed
from tangthu.faces.api.shapes.work import Job


class Dip(Schema):
    id: uuid.UUID
    code: str
    state: Literal["ordered", "ready", "removed"]
    documents: list[uuid.UUID]
    files: int
    bytes: int
    sha256: str
    ordered_at: dt.datetime
    expires_at: dt.datetime | None
    job: Job | None


class Dips(Schema):
    items: list[Dip]
    next: str | None


class OrderDip(Closed):
    dossier: uuid.UUID | None = None
    places: str = Field(default="", max_length=400)
    documents: list[uuid.UUID] = Field(default_factory=list, max_length=2000)
    purpose_code: str = Field(max_length=10)
    purpose_text: str = Field(max_length=500)
    fee_class: str = Field(default="10", max_length=10)
    research_topic: str = Field(default="", max_length=250)
    note: str = Field(default="", max_length=2000)
