"""Reading the index under a limit of time: one person's broad question must not hold the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from tangthu.discovery import frequency
from tangthu.kernel.errors import HouseError

LIMIT_MS = 3000
_SETTINGS = (
    "set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true), "
    "set_config('jit', 'off', true), set_config('work_mem', '32MB', true)"
)


class TooBroad(HouseError):
    """A query for which the database would need too long."""


@contextmanager
def reading(limit_ms: int = LIMIT_MS) -> Iterator[Any]:
    """A cursor for reading the index. Raises TooBroad when a statement takes longer than that.

    The settings hold for this block only: it ends in a rollback, which also restores them when it
    stands inside another transaction. PostgreSQL does not count what it costs to unpack a long
    vector, so that it must be told never to read the whole table.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                due = frequency.is_due()
                cursor.execute(
                    f"SELECT {_SETTINGS}{', ' + frequency.SQL if due else ''}", [str(limit_ms)]
                )
                if due:
                    frequency.keep(cursor.fetchone()[-1])
                yield cursor
            transaction.set_rollback(True)
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooBroad(
                _("Câu tìm quá rộng."),
                hint=_("Thêm từ, năm hoặc loại văn bản, hoặc gõ từ đầy đủ hơn."),
            ) from error
        raise
