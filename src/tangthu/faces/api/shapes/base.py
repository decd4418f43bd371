"""What every other shape is made of."""

from __future__ import annotations

import uuid

from ninja import Schema
from pydantic import ConfigDict

Value = str | int | bool | list[str] | None


class Closed(Schema):
    """A document that is sent: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)


class Count(Schema):
    total: int
    capped: bool


class BodyRef(Schema):
    id: uuid.UUID
    code: str
    name: str
