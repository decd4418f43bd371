"""Saved searches, and what was used."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class View(Schema):
    id: uuid.UUID
    name: str
    source: str
    query: str
    owner: str
    own: bool
    shared_with: uuid.UUID | None


class Views(Schema):
    items: list[View]


class NewView(Closed):
    name: str = Field(min_length=1, max_length=120)
    source: Literal["search", "dossiers", "documents"]
    query: str = Field(default="", max_length=3000)
    shared_with: uuid.UUID | None = None


class ChangeView(Closed):
    name: str = Field(min_length=1, max_length=120)
    shared_with: uuid.UUID | None = None


class Use(Schema):
    id: uuid.UUID
    at: dt.datetime
    kind: str
    person: str | None
    body: uuid.UUID
    object: uuid.UUID | None
    serial: str


class Uses(Schema):
    items: list[Use]
    next: str | None
