"""The register of stores."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from ninja import Schema
from pydantic import Field

from tangthu.faces.api.shapes.base import Closed


class StoreFacts(Closed):
    site: str = Field(default="", max_length=100)
    power: str = Field(default="", max_length=100)
    operator: str = Field(default="", max_length=100)
    medium: str = Field(default="", max_length=100)
    vendor: str = Field(default="", max_length=100)
    carrier_since: dt.date | None = None
    carrier_years: int | None = Field(default=None, ge=0, le=32767)
    pace: int = Field(default=0, ge=0, le=2_147_483_647)
    lock_days: int = Field(default=0, ge=0, le=2_147_483_647)


class ChangeStore(StoreFacts):
    """What is not sent stays as it is."""


class NewStore(StoreFacts):
    name: str = Field(min_length=1, max_length=40)
    path: str = Field(min_length=1, max_length=1000)
    kind: Literal["folder", "s3"] = "folder"


class RegisteredStore(Schema):
    uid: uuid.UUID
    name: str
    kind: str
    state: str
    path: str | None
    site: str
    power: str
    operator: str
    medium: str
    vendor: str
    carrier_since: dt.date | None
    carrier_years: int | None
    pace: int
    lock_days: int


class RegisteredStores(Schema):
    items: list[RegisteredStore]


class RetireStore(Closed):
    reason: str = Field(min_length=1, max_length=500)
    decision: str = Field(min_length=1, max_length=500)
