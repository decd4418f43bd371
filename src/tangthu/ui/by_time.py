"""Registers in order of time: a page of rows by a moment and, among equals, by their id."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from tangthu.ui.tables import EmptyState, Register, RegisterPage

Row = TypeVar("Row", bound=Model)


def page_by_time(
    register: Register[Row],
    found: QuerySet[Row],
    moment: str,
    *,
    total: int | None = None,
    prepare: Callable[[Sequence[Row]], None] = lambda rows: None,
    trouble: EmptyState | None = None,
) -> RegisterPage:
    """The page of `found` that the register's cursor asks for, in the register's direction.

    `moment` names a timestamp of the rows that is never empty; their keys are UUIDs. Reads one row
    more than the page shows. `prepare` sees the rows before their cells are drawn. `trouble`: what
    was asked for cannot be read; it is shown instead of rows.
    """
    if trouble is not None:
        return register.page([], sort_values=lambda row: (str(row.pk),), trouble=trouble)
    cursor = register.cursor(width=2)
    descending = register.descending != bool(cursor and cursor.backwards)
    if cursor is not None:
        edge, last = parse_datetime(str(cursor.values[0])), uuid.UUID(str(cursor.values[1]))
        side = "lt" if descending else "gt"
        found = found.filter(
            Q(**{f"{moment}__{side}": edge}) | Q(**{moment: edge, f"id__{side}": last})
        )
    sign = "-" if descending else ""
    rows: list[Any] = list(found.order_by(f"{sign}{moment}", f"{sign}id")[: register.page_size + 1])
    prepare(rows)
    return register.page(
        rows,
        sort_values=lambda row: (getattr(row, moment).isoformat(), str(row.pk)),
        cursor=cursor,
        total=total,
    )
