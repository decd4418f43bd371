"""Where events are told to."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class Delivery(Schema):
    id: uuid.UUID
    made_at: dt.datetime
    tried_at: dt.datetime | None
    events: int
    attempts: int
    outcome: str
    status: int
    done: bool


class Hook(Schema):
    id: uuid.UUID
    name: str
    url: str
    body: uuid.UUID
    kinds: list[str]
    key_id: str
    public_key: str
    state: Literal["on", "paused", "stopped"]
    why: str
    created_at: dt.datetime
    failing_since: dt.datetime | None


class HookRead(Hook):
    deliveries: list[Delivery]


class Hooks(Schema):
    items: list[Hook]


class NewHook(Closed):
    name: str = Field(min_length=1, max_length=120)
    url: str = Field(min_length=1, max_length=500)
    kinds: list[str] = Field(min_length=1, max_length=100)
