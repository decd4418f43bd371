"""Changes of descriptions."""

from __future__ import annotations

import uuid

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed, Value


class Change(Closed):
    """Fields of a description and, all of them, the further rows."""

    description: dict[str, Value] = Field(default_factory=dict, max_length=100)
    extra: dict[str, str] | None = Field(default=None, max_length=200)


class Changed(Schema):
    changed: list[str]
    warnings: dict[str, list[str]]
    state: str
    waits: uuid.UUID | None = None
