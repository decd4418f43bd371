"""One act for many records."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed, Value


class NewBulkAct(Closed):
    of: Literal["dossiers", "documents"]
    act: Literal["export", "contents", "seal", "dip", "grant", "describe", "freeze"]
    args: dict[str, Value] = Field(default_factory=dict, max_length=20)
    asked: dict[str, str] = Field(default_factory=dict, max_length=20)
    ids: list[uuid.UUID] = Field(default_factory=list, max_length=5000)


class BulkAct(Schema):
    id: uuid.UUID
    act: str
    of: str
    args: dict[str, Any]
    digest: str
    able: int
    refused: int
    done: int
    not_done: int
    made_at: dt.datetime
    expires_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    job: uuid.UUID | None


class BulkRow(Schema):
    object: uuid.UUID
    name: str
    outcome: Literal["waiting", "done", "refused"]
    why: str
    old: str | None
    new: str | None


class BulkRows(Schema):
    items: list[BulkRow]
    total: int
    next: str | None


class ConfirmBulkAct(Closed):
    digest: str = Field(max_length=64)
