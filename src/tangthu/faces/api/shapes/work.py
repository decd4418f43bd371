"""Work in the background."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Schema


class Job(Schema):
    id: uuid.UUID
    kind: str
    label: str
    state: str
    done: int
    total: int | None
    unit: str
    stop_requested: bool
    subject: uuid.UUID | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    message: str
    hint: str


class Jobs(Schema):
    items: list[Job]
    next: str | None
