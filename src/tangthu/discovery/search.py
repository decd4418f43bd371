"""Answer a query: what the viewer may see, best first, with the words lit.

Counts stop at COUNT_CAP, and of more matches only so many are ranked (see candidates), so that one
broad word cannot hold the database.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tangthu.discovery import findable
from tangthu.discovery.candidates import CAP, Candidates, Match
from tangthu.discovery.guarded import TooBroad, reading
from tangthu.discovery.language import Query, accented, without_accents
from tangthu.discovery.lighting import lit, snippet
from tangthu.identity.policies import Viewer

__all__ = ["COUNT_CAP", "Hit", "Result", "TooBroad", "search"]

COUNT_CAP = CAP
_TEXT_READ = 60_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One found thing, with the parts of its title and text that matched (start, end offsets)."""

    obj: uuid.UUID
    kind: str
    code: str
    title: str
    subtitle: str
    issuer: str
    date_from: str
    record_type: str
    dossier_id: uuid.UUID | None
    access_level: str
    title_lit: tuple[tuple[int, int], ...]
    snippet: str
    snippet_lit: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A page of hits; `capped`: there may be more than `count`; `widened`: accents were dropped.

    `by_kind` counts each kind, also when one was chosen; None where there are too many in all.
    """

    hits: tuple[Hit, ...]
    count: int
    capped: bool
    widened: bool
    by_kind: Mapping[str, int | None] = field(default_factory=dict)


def search(
    viewer: Viewer, query: Query, *, kind: str = "", offset: int = 0, limit: int = 20
) -> Result:
    """The hits of `query`, of `kind` if one is given, that `viewer` may see, best first.

    If words typed with diacritics find nothing of any kind, the same words without diacritics are
    tried and the result says so. Raises TooBroad if the database would need too long.
    """
    with reading() as cursor:
        asked, widened = query, False
        way = Candidates(cursor, viewer, query, {})
        found = way.matches()
        if not found and accented(query):
            asked = without_accents(query)
            way = Candidates(cursor, viewer, asked, {}, query)
            found = way.matches()
            widened = bool(found)
        capped = len(found) > CAP or not way.complete
        by_kind = _by_kind(found, capped=capped)
        if kind and capped:
            way = Candidates(cursor, viewer, asked, {"kind": kind}, query)
            found = way.matches()
            capped = len(found) > CAP or not way.complete
        elif kind:
            found = [match for match in found if match.kind == kind]
        found.sort(key=lambda match: (-match.score, match.place, match.obj))
        hits = _hits(cursor, [m.obj for m in found[:COUNT_CAP][offset : offset + limit]], asked)
    return Result(hits, min(len(found), COUNT_CAP), capped, widened, by_kind)


def _by_kind(found: Sequence[Match], *, capped: bool) -> dict[str, int | None]:
    """How many there are of each kind; not known where not all were found."""
    counts = Counter(match.kind for match in found)
    return {one.name: None if capped else counts[one.name] for one in findable.kinds()}


def _hits(cursor: Any, objs: Sequence[uuid.UUID], query: Query) -> tuple[Hit, ...]:
    """The entries `objs`, in that order, with the words lit."""
    if not objs:
        return ()
    cursor.execute(
        "SELECT obj, kind, code, title, subtitle, issuer, date_from, record_type, dossier_id, "
        f"access_level, left(text, {_TEXT_READ}) FROM discovery_entry WHERE obj = ANY(%s)",
        [list(objs)],
    )
    rows = {row[0]: row for row in cursor.fetchall()}
    return tuple(_hit(rows[obj], query) for obj in objs)


def _hit(row: Sequence[Any], query: Query) -> Hit:
    *plain, text = row
    shown, shown_lit = snippet(text, query.terms)
    return Hit(
        *plain, title_lit=lit(plain[3], query.terms, "title"), snippet=shown, snippet_lit=shown_lit
    )
