"""What sealing would fix, and the order to do so."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class OpenPoint(Schema):
    ordinal: int | None
    words: str
    blocks: bool


class Ahead(Schema):
    version: int | None
    documents: int | None
    files: int | None
    bytes: int | None
    open: list[OpenPoint]
    state: str
    behind: bool


class Seal(Closed):
    state: str = Field(min_length=1, max_length=64)
