"""Changes of labelled records that wait for a second person, and what was decided on them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed, Value


class Edit(Schema):
    id: uuid.UUID
    body: uuid.UUID
    kind: Literal["dossier", "document"]
    record: uuid.UUID
    code: str
    title: str
    state: Literal["waiting", "approved", "refused", "withdrawn"]
    asked_by: str
    asked_at: dt.datetime
    own: bool
    decided_by: str
    decided_at: dt.datetime | None
    reason: str


class Edits(Schema):
    items: list[Edit]
    next: str | None


class Difference(Schema):
    now: Value
    then: Value


class EditRead(Edit):
    """`unseen`: fields of the change that the viewer may not read, and so not approve."""

    label: str
    fields: dict[str, Difference]
    extra: dict[str, Difference]
    unseen: list[str]
    stale: bool


class Decided(Schema):
    id: uuid.UUID
    state: Literal["approved", "refused", "withdrawn"]
    changed: list[str] = []
    warnings: dict[str, list[str]] = {}


class RefuseEdit(Closed):
    reason: str = Field(min_length=1, max_length=200)
