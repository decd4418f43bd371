"""Entries made for tests, and people who see them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from tangthu.discovery import candidates, frequency, matching, vectors
from tangthu.discovery import index as writing
from tangthu.discovery.index import Findable
from tangthu.discovery.language import parse
from tangthu.discovery.search import Result, search
from tangthu.identity.models import Role
from tangthu.identity.policies import Scope, Viewer
from tangthu.standards.vietnamese import code_keys

BODIES = tuple(uuid.UUID(int=number) for number in range(1, 5))
HOME = BODIES[0]
_numbers = itertools.count(1)


def person(*roles: tuple[uuid.UUID, str], scopes: Iterable[Scope] = ()) -> Viewer:
    """A person with these (body, role) pairs, and with grants for less than a body."""
    positions = tuple((b, r, "") for b, r in roles)
    return Viewer(uuid.UUID(int=99), "Nguyễn Văn Thử", positions, scopes=tuple(scopes))


ARCHIVIST = person((HOME, Role.ARCHIVIST))
CLERK = person((HOME, Role.CLERK))


def entry(title: str = "", **given: Any) -> Findable:
    """An entry of the home body, public, a document, unless told otherwise."""
    number = next(_numbers)
    code = given.get("code", "")
    keys = code_keys(code)
    values: dict[str, Any] = {
        "obj": uuid.UUID(int=(1 << 100) + number),
        "kind": "document",
        "body_id": HOME,
        "access_level": "01",
        "code": code,
        "code_keys": [keys.full, keys.yearless],
        "title": title,
        "place": f"001.03.08.h30.81.2010.01.{number:07d}",
        **given,
    }
    return Findable(**values)


def put(*entries: Findable) -> None:
    """Index these."""
    writing.put(entries)


def ask(text: str, viewer: Viewer = ARCHIVIST, **options: Any) -> Result:
    """The result of a query as typed."""
    return search(viewer, parse(text), **{"limit": 1000, **options})


def titles(text: str, viewer: Viewer = ARCHIVIST, **options: Any) -> list[str]:
    """The titles found, best first."""
    return [hit.title for hit in ask(text, viewer, **options).hits]


def found(text: str, one: Findable, viewer: Viewer = ARCHIVIST) -> bool:
    """Whether the entry is among the hits, and not by dropping diacritics."""
    result = ask(text, viewer)
    return one.obj in {hit.obj for hit in result.hits} and not result.widened


def rare() -> None:
    """Let every word count as rare, as in a small archive."""
    frequency.keep({"marked": True})


def outdated() -> None:
    """Let no mark be asked for, as long as an older version's entries stand in the index."""
    frequency.keep({"marked": False})


@contextmanager
def in_small_segments() -> Iterator[None]:
    """Let a segment hold a few entries, and search look in some of them first for any word."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (vectors, matching, candidates):
            patch.setattr(module, "SEGMENT", 8)
        patch.setattr(candidates, "_NARROW", 0.5)
        patch.setattr(candidates, "_AHEAD", 0.001)
        yield


def counted() -> None:
    """Let PostgreSQL count the words, and search know of it, as in a great archive."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE discovery_entry")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {frequency.SQL}")
        frequency.keep(cursor.fetchone()[0])
