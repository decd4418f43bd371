"""Write and drop index entries; called by actions inside their own transaction.

The index is derived: it carries no event and can be rebuilt from the records at any time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from tangthu.discovery.vectors import vectors

MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Findable:
    """What an app wants found: facets, sort places and the texts by importance."""

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
    keywords: str = ""
    text: str = field(default="", repr=False)


_COLUMNS = (
    "obj", "kind", "body_id", "access_level", "fonds_id", "inventory_id", "dossier_id", "code",
    "code_keys", "title", "subtitle", "record_type", "retention_code", "issuer", "date_from",
    "date_to", "year", "sealed", "place", "text",
)  # fmt: skip
_PUT = (
    f"INSERT INTO discovery_entry ({', '.join(_COLUMNS)}, exact, folded) "
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}, %s::tsvector, %s::tsvector) "
    "ON CONFLICT (obj) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in (*_COLUMNS[1:], "exact", "folded"))
)


def put(entries: Iterable[Findable]) -> int:
    """Add or replace index entries; returns how many."""
    rows = []
    for entry in entries:
        text = entry.text[:MAX_TEXT]
        exact, folded = vectors(
            [
                (entry.title, "A"),
                (entry.code, "A"),
                (entry.issuer, "B"),
                (entry.subtitle, "B"),
                (entry.keywords, "B"),
                (text, "D"),
            ]
        )
        values = [getattr(entry, name) for name in _COLUMNS[:-1]]
        values[_COLUMNS.index("code_keys")] = list(entry.code_keys)
        rows.append([*values, text, exact, folded])
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, rows)
    return len(rows)


def drop(objs: Sequence[uuid.UUID]) -> None:
    """Remove the entries of `objs`; absent ones are fine."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry WHERE obj = ANY(%s)", [list(objs)])
