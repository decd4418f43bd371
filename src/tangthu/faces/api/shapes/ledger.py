"""The ledger of a body, and what proofs hold."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from ninja import Schema

from tangthu.faces.api.shapes.base import Closed


class Log(Schema):
    body: uuid.UUID
    origin: str
    size: int
    signed_size: int
    pending: int
    lag_seconds: float
    root: str
    signed_at: dt.datetime | None
    stopped: str


class Logs(Schema):
    items: list[Log]


class Checkpoint(Schema):
    origin: str
    checkpoint: str
    keys: list[str]


class Verify(Closed):
    """A proof document as `…/proof` gives it."""

    bundle: dict[str, Any]


class Verified(Schema):
    holds: bool
    events: int
    why: str
