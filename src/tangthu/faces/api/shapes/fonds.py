"""Fonds and their inventories."""

from __future__ import annotations

import uuid

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import BodyRef, Closed, Count, Value


class Inventory(Schema):
    id: uuid.UUID
    code: str
    title: str


class FondsLine(Schema):
    id: uuid.UUID
    code: str
    name: str
    body: BodyRef
    status: str


class FondsList(Schema):
    items: list[FondsLine]
    next: str | None


class Fonds(FondsLine):
    agency_code: str
    description: dict[str, Value]
    inventories: list[Inventory]
    dossiers: Count
    documents: Count
    state: str


class NewFonds(Closed):
    body: uuid.UUID
    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=300)
    agency_code: str = Field(min_length=1, max_length=40)
