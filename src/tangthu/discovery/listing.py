"""Entries of the index as lines of a list, with the records behind them where columns need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from tangthu.discovery import findable, lists
from tangthu.identity.policies import Viewer
from tangthu.kernel import shown
from tangthu.records.levels import degree_of
from tangthu.ui.tables import Cell, Column, Label


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: what the index says, and where asked for the record and its place.

    `record` is None where it was not read, or the viewer may not see it (any more). `whole`: what
    counts a dossier's documents may be shown, for none of them can be hidden from the viewer.
    `ordinal` is its own in a list that numbers its lines otherwise than one after another.
    `body`: the name that its body bore on the record's day, where it was asked for.
    `numbered`: the row's code is a document's number and symbol; without them it is listed under
    its archive code, which is neither.
    """

    row: lists.Row
    record: Any = None
    place: Any = None
    whole: bool = False
    ordinal: int | None = None
    numbered: bool = True
    body: str = ""


def read(viewer: Viewer, rows: Sequence[lists.Row], *, wanted: Iterable[str]) -> list[Listed]:
    """The rows with what the columns `wanted` need of their records, in the same order.

    Whoever shows or hands out a list reads it here, so the degrees of its rows are noted (AR-128).
    """
    for row in rows:
        shown.note(degree_of(row.access_level))
    keys = frozenset(wanted)
    found: dict[Any, Listed] = {}
    for kind in findable.kinds():
        own = [row for row in rows if row.kind == kind.name]
        if own and kind.read is not None:
            found |= {one.row.obj: one for one in kind.read(viewer, own, keys)}
    return [found.get(row.obj, Listed(row)) for row in rows]


def columns_of(kind: str) -> tuple[Column[Listed], ...]:
    """The columns of lists of `kind`; of lists of every kind for "", each column once."""
    if kind:
        return findable.kind(kind).columns()
    every = {one.name: {c.key: c for c in one.columns()} for one in findable.kinds()}
    merged: dict[str, Column[Listed]] = {"kind": _kind_column(), "code": _code_column()}
    for columns in every.values():
        for key, column in columns.items():
            merged.setdefault(key, _merged(column, every))
    return tuple(merged.values())


def _kind_column() -> Column[Listed]:
    return Column(
        "kind", _("Loại kết quả"), lambda one: str(findable.kind(one.row.kind).label), "short"
    )


def _code_column() -> Column[Listed]:
    return Column("code", _("Số, ký hiệu, mã"), lambda one: one.row.code, "code", sortable=True)


def _merged(column: Column[Listed], every: dict[str, dict[str, Column[Listed]]]) -> Column[Listed]:
    """A column that asks for each line the column of the line's own kind."""

    def value(listed: Listed) -> Label | Cell | int | None:
        own = every.get(listed.row.kind, {}).get(column.key)
        return own.value(listed) if own is not None else ""

    # The codes of every kind stand in one column already.
    extra = column.extra or column.key == "place"
    label = _("Tiêu đề, trích yếu") if column.primary else column.label
    return replace(column, label=label, value=value, extra=extra)
