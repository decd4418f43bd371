"""How often a key may ask: a token bucket in the database, so that all web processes share it."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

_LEFT = "LEAST(%(burst)s, tokens + EXTRACT(EPOCH FROM clock_timestamp() - refilled_at) * %(rate)s)"
# One statement: PostgreSQL locks the row, and computes anew for whoever waited for it.
_TAKE = (
    f"UPDATE programs_keyuse SET tokens = {_LEFT} - 1, refilled_at = clock_timestamp(), "
    f"last_used_at = clock_timestamp() WHERE key_id = %(key)s AND {_LEFT} >= 1 RETURNING tokens"
)
_LOOK = f"SELECT {_LEFT} FROM programs_keyuse WHERE key_id = %(key)s"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a minute, and so many at once after a pause."""

    per_minute: int
    burst: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a request is let in, how many more there could be now, and seconds to wait if not."""

    admitted: bool
    left: int
    wait: int
    limit: Limit


def limit_of(body_code: str) -> Limit:
    """The limit of keys of a body: its own from the settings, else that of all."""
    per_minute, burst = settings.API_LIMITS.get(body_code, settings.API_LIMITS["*"])
    return Limit(per_minute, burst)


def take(key_id: uuid.UUID, limit: Limit) -> Taken:
    """Take one token of a key, if it has one."""
    values = {"burst": float(limit.burst), "rate": limit.per_minute / 60, "key": key_id}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
        if row is not None:
            return Taken(True, int(row[0]), 0, limit)
        cursor.execute(_LOOK, values)
        row = cursor.fetchone()
    left = float(row[0]) if row else 0.0
    return Taken(False, 0, max(1, math.ceil((1 - left) / (limit.per_minute / 60))), limit)
