"""Write and drop index entries; called by actions inside their own transaction.

The index is derived: it carries no event and can be rebuilt from the records at any time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tangthu.discovery.vectors import (
    code_token,
    cut_token,
    segment_token,
    vector,
    year_tokens,
)
from tangthu.standards.vietnamese.dates import DateError, from_iso

MAX_TEXT = 200_000
# `head` is read by the thousand when ranking, so that no field may make it big.
MAX_HEAD = 2_000
# How an entry's vectors are written. Those of layout 1 lack marks.
LAYOUT = 2


@dataclass(frozen=True, slots=True)
class Findable:
    """What an app wants found: facets, sort places and the texts by importance.

    `code_keys` are keys of standards.vietnamese.code_keys, or folded archive codes; `place` is
    folded; dates are partial ISO dates; `marks` come from described.marks_of.
    """

    obj: uuid.UUID
    kind: str
    body_id: uuid.UUID
    access_level: str
    code: str
    title: str
    place: str
    fonds_id: uuid.UUID | None = None
    inventory_id: uuid.UUID | None = None
    dossier_id: uuid.UUID | None = None
    code_keys: Sequence[str] = ()
    subtitle: str = ""
    record_type: str = ""
    retention_code: str = ""
    issuer: str = ""
    date_from: str = ""
    date_to: str = ""
    year: int | None = None
    sealed: bool = False
    tangled: bool = False
    keywords: str = ""
    marks: Sequence[str] = ()
    text: str = field(default="", repr=False)


# Columns that are taken over as they are.
_PLAIN = (
    "obj", "kind", "body_id", "access_level", "fonds_id", "inventory_id", "dossier_id", "code",
    "title", "subtitle", "record_type", "retention_code", "issuer", "date_from", "date_to", "year",
    "sealed", "tangled", "place",
)  # fmt: skip
_COLUMNS = (*_PLAIN, "text", "first_day", "last_day", "layout", "head", "whole")
_SERIALS = "SELECT nextval('discovery_entry_serial') FROM generate_series(1, %s)"
_PUT = (
    f"INSERT INTO discovery_entry ({', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join(['%s'] * (len(_COLUMNS) - 2))}, %s::tsvector, %s::tsvector) "
    "ON CONFLICT (obj) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
)


def put(entries: Iterable[Findable]) -> int:
    """Add or replace index entries; returns how many."""
    given = list(entries)
    if given:
        with connection.cursor() as cursor:
            cursor.execute(_SERIALS, [len(given)])
            serials = [serial for (serial,) in cursor.fetchall()]
            cursor.executemany(_PUT, list(map(entry_row, given, serials)))
    return len(given)


def entry_row(entry: Findable, serial: int) -> list[Any]:
    """The values of an entry in the order of the columns; `serial` counts what is written."""
    text = entry.text.replace("\0", " ")[:MAX_TEXT]
    head, whole = entry_vectors(entry, text, serial)
    days = span(entry.date_from, entry.date_to)
    return [*(getattr(entry, name) for name in _PLAIN), text, *days, LAYOUT, head, whole]


def entry_vectors(entry: Findable, text: str, serial: int) -> tuple[str, str]:
    """Literals of the head and the whole vector of an entry.

    Weights: A the title, B what describes it further, C the issuer, D the text.
    """
    description = [
        (entry.title[:MAX_HEAD], "A"),
        (entry.code, "B"),
        (entry.subtitle[:MAX_HEAD], "B"),
        (entry.keywords[:MAX_HEAD], "B"),
        (entry.issuer, "C"),
    ]
    marks = [code_token(key) for key in entry.code_keys if key]
    marks += [cut_token(entry.body_id, entry.access_level), segment_token(serial)]
    marks += year_tokens(_years(entry))
    rest = [
        (entry.title[MAX_HEAD:], "A"),
        (entry.subtitle[MAX_HEAD:], "B"),
        (entry.keywords[MAX_HEAD:], "B"),
        (text, "D"),
    ]
    return vector(description, marks), vector([*description, *rest], [*marks, *entry.marks])


def span(date_from: str, date_to: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that two partial ISO dates may mean; None where there is no date."""
    try:
        first = from_iso(date_from)
    except DateError:
        return None, None
    try:
        last = from_iso(date_to)
    except DateError:
        last = first
    return first.first_day(), max(last.last_day(), first.last_day())


def _years(entry: Findable) -> Iterable[int]:
    """The years in which the dates of an entry lie, and the one by which it is listed."""
    first, last = span(entry.date_from, entry.date_to)
    years = set() if first is None or last is None else set(range(first.year, last.year + 1))
    return years if entry.year is None else years | {entry.year}


def drop(objs: Sequence[uuid.UUID]) -> None:
    """Remove the entries of `objs`; absent ones are fine."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry WHERE obj = ANY(%s)", [list(objs)])


def outdated(after: uuid.UUID, limit: int) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """Entries of an older layout behind `after`: each with the dossier it is, or stands in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj, CASE kind WHEN 'dossier' THEN obj ELSE dossier_id END "
            "FROM discovery_entry WHERE obj > %s AND layout < %s ORDER BY obj LIMIT %s",
            [after, LAYOUT, limit],
        )
        return list(cursor.fetchall())


def settle_layout() -> None:
    """Let marks be asked for again, once no entry of an older layout is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE discovery_indexstate SET outdated = "
            "EXISTS (SELECT 1 FROM discovery_entry WHERE layout < %s)",
            [LAYOUT],
        )
