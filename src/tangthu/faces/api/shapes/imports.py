"""Batches: what was sent, what was found, what is decided."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import BodyRef, Closed
from tangthu.faces.api.shapes.work import Job


class Batch(Schema):
    id: uuid.UUID
    name: str
    state: str
    body: BodyRef
    fonds: uuid.UUID
    created_at: dt.datetime
    checked_at: dt.datetime | None
    answers: dict[str, str]
    refused_secret: int


class Batches(Schema):
    items: list[Batch]
    next: str | None


class Begun(Schema):
    batch: Batch
    job: Job


class Ready(Schema):
    dossiers: int
    documents: int


class BatchState(Batch):
    job: Job | None
    rows: int | None
    files: int | None
    open: dict[str, int]
    complete: Ready | None
    all_proposals: Ready | None
    all_taken: bool | None
    lists: list[str]
    held: int
    outcome: dict[str, Any] | None


class Repair(Schema):
    field: str
    value: str
    basis: str
    snippet: str


class Finding(Schema):
    id: str
    shape: str
    code: str
    severity: str
    target: str
    place: str
    words: str
    state: str
    takeable: bool
    repairs: list[Repair]


class Findings(Schema):
    items: list[Finding]
    total: int
    next: str | None


class Waiting(Schema):
    target: str
    reasons: list[str]


class WaitingList(Schema):
    items: list[Waiting]
    total: int
    next: str | None


class Decision(Closed):
    kind: Literal["take", "edit", "ignore"]
    target: str = Field(min_length=1, max_length=400)
    field: str = Field(default="", max_length=100)
    value: str = Field(default="", max_length=20_000)


class Decisions(Closed):
    decisions: list[Decision] = Field(min_length=1, max_length=5000)


class Answers(Closed):
    answers: dict[str, str] = Field(min_length=1, max_length=20)


class Columns(Closed):
    """The field of each column by its number; null for none."""

    columns: dict[str, str | None] = Field(min_length=1, max_length=400)


class ChooseIndex(Closed):
    path: str = Field(max_length=1000)


class FromFolder(Closed):
    fonds: uuid.UUID
    folder: str = Field(min_length=1, max_length=1000)
    name: str = Field(default="", max_length=200)
    answers: dict[str, str] = Field(default_factory=dict, max_length=20)


class Accept(Closed):
    accept: Literal["complete", "all-proposals"]
