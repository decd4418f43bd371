"""Freezes and what they lock."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class Frozen(Closed):
    kind: Literal["fonds", "dossier", "document"]
    id: uuid.UUID


class Freeze(Schema):
    id: uuid.UUID
    body: uuid.UUID
    name: str
    decision: str
    frozen_at: dt.datetime
    lifted_at: dt.datetime | None
    lift_decision: str
    things: list[Frozen]
    unnamed: int


class Freezes(Schema):
    items: list[Freeze]
    next: str | None


class NewFreeze(Closed):
    name: str = Field(min_length=1, max_length=200)
    decision: str = Field(min_length=1, max_length=200)
    things: list[Frozen] = Field(min_length=1, max_length=1000)


class LiftFreeze(Closed):
    decision: str = Field(min_length=1, max_length=200)
