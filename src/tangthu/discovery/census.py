"""The census: how many entries there are, kept by body, level, kind and every value to filter by.

A register over millions of entries tells its counts from it, exactly, instead of counting them.
Triggers on the index (migrations 0003 and 0005) note each change in `discovery_censuschange`, so
that writers never wait for each other; a round adds the changes up into `discovery_census`. What
holds is always the sum of both.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from tangthu.discovery.condition import Condition
from tangthu.kernel import advisory

# The columns by which the census counts within a body and level.
COLUMNS = (
    "kind", "record_type", "year", "retention_code", "sealed", "fonds_id", "tangled",
)  # fmt: skip
# Filters, and fields of a query, that ask for one value of one of those columns.
FIELDS = frozenset({"kind", "type", "year", "retention", "sealed", "fonds"})
# How often the changes are added up, in seconds.
EVERY = 60.0

_KEY = ", ".join(("body_id", "access_level", *COLUMNS))
_SETTLE = (
    f"WITH noted AS (DELETE FROM discovery_censuschange RETURNING {_KEY}, n) "
    f"INSERT INTO discovery_census AS c ({_KEY}, n) "
    f"SELECT {_KEY}, sum(n) FROM noted GROUP BY {_KEY} HAVING sum(n) <> 0 "
    f"ON CONFLICT ({_KEY}) DO UPDATE SET n = c.n + EXCLUDED.n"
)
_CORRECT = (
    f"INSERT INTO discovery_censuschange ({_KEY}, n) SELECT {_KEY}, sum(n) FROM ("
    f"SELECT {_KEY}, count(*) AS n FROM discovery_entry GROUP BY {_KEY} "
    f"UNION ALL SELECT {_KEY}, -n FROM discovery_census "
    f"UNION ALL SELECT {_KEY}, -n FROM discovery_censuschange) c "
    f"GROUP BY {_KEY} HAVING sum(n) <> 0"
)


def settle() -> None:
    """Add up the changes noted so far."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTLE)
        cursor.execute("DELETE FROM discovery_census WHERE n = 0")


def correct() -> int:
    """Count all entries and note what the census lacks; returns how many of its counts were wrong.

    One statement, hence one view of the index and of the census: writers need not stop. Two at once
    would both note what is lacking: the second waits.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        advisory.until_commit("census")
        cursor.execute(_CORRECT)
        return int(cursor.rowcount)


def tally(
    cursor: Any,
    open_: Sequence[Condition],
    conditions: Sequence[Condition],
    columns: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Counts of what meets one of `open_`, no two of which hold of one entry, and all `conditions`.

    All of them name columns of the census only. One row (mask, count, *values) for each value of
    each of the columns, as GROUPING gives the mask: the bit of the column that the row is about is
    not set. One more row, with all bits set, has the count of all.
    """
    if not columns:
        return _read(cursor, open_, conditions, "0, COALESCE(sum(n), 0)::bigint", "n", "")
    shown = ", ".join(columns)
    sets = ", ".join(f"({column})" for column in columns)
    return _read(
        cursor, open_, conditions,
        f"GROUPING({shown}), COALESCE(sum(n), 0)::bigint, {shown}", f"n, {shown}",
        f"GROUP BY GROUPING SETS ({sets}, ())",
    )  # fmt: skip


def by_fonds(cursor: Any, open_: Sequence[Condition]) -> list[tuple[uuid.UUID | None, str, int]]:
    """How many entries of what meets one of `open_` each fonds has, by kind."""
    return _read(
        cursor, open_, [], "fonds_id, kind, sum(n)::bigint", "n, fonds_id, kind", "GROUP BY 1, 2"
    )


def _read(
    cursor: Any,
    open_: Sequence[Condition],
    conditions: Sequence[Condition],
    shown: str,
    columns: str,
    grouping: str,
) -> list[tuple[Any, ...]]:
    """What is settled and what is noted since, together.

    Each way in which things are open is read for itself, so that it can follow the index.
    """
    parts: list[str] = []
    values: list[Any] = []
    for one in open_ or [Condition("FALSE")]:
        where = " AND ".join(found.sql for found in (one, *conditions))
        for table in ("discovery_census", "discovery_censuschange"):
            parts.append(f"SELECT {columns} FROM {table} WHERE {where}")
            values += [value for found in (one, *conditions) for value in found.values]
    cursor.execute(f"SELECT {shown} FROM ({' UNION ALL '.join(parts)}) c {grouping}", values)
    return list(cursor.fetchall())
