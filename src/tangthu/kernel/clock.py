"""Time comes from the database server (DESIGN invariant 9); Vietnam time is shown to people."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def now() -> dt.datetime:
    """The database server's clock at this moment, as an aware datetime in Vietnam time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    value: dt.datetime = row[0]
    return value.astimezone(VIETNAM)


def from_ms(milliseconds: int) -> dt.datetime:
    """Turn an event's `t` (ms since the epoch, UTC) into an aware datetime in Vietnam time."""
    return dt.datetime.fromtimestamp(milliseconds / 1000, tz=VIETNAM)


def from_us(microseconds: int) -> dt.datetime:
    """Turn microseconds since the epoch, UTC, into an aware datetime in Vietnam time, exactly."""
    return (_EPOCH + dt.timedelta(microseconds=microseconds)).astimezone(VIETNAM)
