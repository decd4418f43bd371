"""Exports of lists."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class Export(Schema):
    id: uuid.UUID
    source: str
    asked: dict[str, str]
    columns: list[str]
    format: str
    serial: str
    ready: bool
    rows: int | None
    size: int | None
    sha256: str
    ordered_at: dt.datetime
    finished_at: dt.datetime | None
    expires_at: dt.datetime
    job: uuid.UUID | None


class Exports(Schema):
    items: list[Export]
    next: str | None


class OrderExport(Closed):
    source: Literal["search", "dossiers", "documents", "dossier-documents"]
    asked: dict[str, str] = Field(default_factory=dict, max_length=20)
    columns: list[str] = Field(default_factory=list, max_length=60)
    format: Literal["xlsx", "docx", "doc", "pdf"] = "xlsx"
