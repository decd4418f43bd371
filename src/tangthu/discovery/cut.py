"""The cut: which entries of the index a viewer may see, as SQL that indexes answer.

What roles open is told by body and level. What is granted for less (Viewer.scopes_open) comes
beside it: whole fonds, and dossiers and documents by name. A document that stands in several
dossiers of its body is opened by a grant for itself or the body alone, for none of its dossiers
speaks for the others (AR-121). No grant opens a secret.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tangthu.discovery.condition import Condition
from tangthu.identity.policies import LEVELS_OF, Viewer

Pair = tuple[uuid.UUID, str]
# Body, the fonds, dossier or document, and a level that is open in it.
Opened = tuple[uuid.UUID, uuid.UUID, str]

_EACH = (
    "unnest(%s::uuid[], %s::text[]) AS cut(body, level) CROSS JOIN unnest(%s::text[]) AS kinds(one)"
)
_IN_EACH = "body_id = cut.body AND access_level = cut.level AND kind = kinds.one"
_EACH_FONDS = (
    "unnest(%s::uuid[], %s::uuid[]) AS cut(body, fonds) CROSS JOIN unnest(%s::text[]) AS kinds(one)"
)
# A fonds is of one body. PostgreSQL does not know that and would expect far too few entries, so
# that the body is asked for in a way that it does not reckon with.
_IN_EACH_FONDS = (
    "fonds_id = cut.fonds AND body_id IS NOT DISTINCT FROM cut.body "
    "AND access_level = ANY(%s) AND kind = kinds.one AND NOT tangled"
)
_PAIRS = "SELECT * FROM unnest(%s::uuid[], %s::text[])"
_TRIPLES = "SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[])"


@dataclass(frozen=True, slots=True)
class Cut:
    """What is open: `pairs` of body and level, and beside them what is granted for less."""

    pairs: tuple[Pair, ...]
    fonds: tuple[Opened, ...] = ()
    dossiers: tuple[Opened, ...] = ()
    documents: tuple[Opened, ...] = ()

    def wholly(self) -> list[Condition]:
        """What is open by body and level, and what by whole fonds; no entry is in both.

        Each holds of entries and of rows of the census, which tells them apart.
        """
        parts: list[Condition] = []
        if self.pairs:
            parts.append(
                Condition(f"(body_id, access_level) IN ({_PAIRS})", _columns(self.pairs, 2))
            )
        if self.fonds:
            parts.append(
                Condition(
                    f"(NOT tangled AND (body_id, fonds_id, access_level) IN ({_TRIPLES}))",
                    _columns(self.fonds, 3),
                )
            )
        return parts

    def by_name(self) -> Condition | None:
        """What is open beside that, by the name of a dossier or of the document itself.

        No entry is in both. None if nothing is.
        """
        if not (self.dossiers or self.documents):
            return None
        named = self._named()
        if not self.fonds:
            return named
        return Condition(
            f"({named.sql} AND COALESCE((body_id, fonds_id, access_level) NOT IN ({_TRIPLES}) "
            "OR tangled, TRUE))",
            (*named.values, *_columns(self.fonds, 3)),
        )

    def visible(self) -> Condition:
        """All that is open."""
        named = [self._named()] if self.dossiers or self.documents else []
        return _either([*self.wholly(), *named])

    def marks(self) -> tuple[Pair, ...]:
        """Bodies and levels of which at least something is open."""
        partly = ((body, level) for body, _id, level in self._all_opened())
        return tuple(dict.fromkeys([*self.pairs, *partly]))

    def walk(
        self,
        columns: str,
        kinds: Sequence[str],
        rest: str,
        values: Sequence[Any],
        ordered: str,
    ) -> tuple[str, list[Any]]:
        """SQL of `columns` of all entries of `kinds` that are open, with its parameters.

        Each body and level, each fonds, and what is open by name is read for itself, under the
        conditions `rest` and up to the limit in `ordered`, so that each can follow an index.
        """

        def part(source: str, where: str) -> str:
            return (
                f"SELECT e.* FROM {source} CROSS JOIN LATERAL (SELECT {columns} "
                f"FROM discovery_entry WHERE {where} {rest} {ordered}) e"
            )

        parts = [part(_EACH, _IN_EACH)]
        given: list[Any] = [*_columns(self.pairs, 2), list(kinds), *values]
        for levels, fonds in _by_levels(self.fonds).items():
            parts.append(part(_EACH_FONDS, _IN_EACH_FONDS))
            given += [*_columns(fonds, 2), list(kinds), list(levels), *values]
        named = self.by_name()
        if named is not None:
            parts.append(
                f"(SELECT {columns} FROM discovery_entry WHERE {named.sql} "
                f"AND kind = ANY(%s) {rest} {ordered})"
            )
            given += [*named.values, list(kinds), *values]
        return " UNION ALL ".join(parts), given

    def _named(self) -> Condition:
        """What is open by the name of a dossier or of the document itself."""
        return _either(
            [
                *_by_id("NOT tangled AND dossier_id", self.dossiers),
                *_by_id("obj", self.documents),
            ]
        )

    def _all_opened(self) -> tuple[Opened, ...]:
        return (*self.fonds, *self.dossiers, *self.documents)


def _by_levels(
    opened: Sequence[Opened],
) -> dict[tuple[str, ...], list[tuple[uuid.UUID, uuid.UUID]]]:
    """Bodies and ids by the levels that are open in them."""
    levels: dict[tuple[uuid.UUID, uuid.UUID], list[str]] = {}
    for body, one, level in opened:
        levels.setdefault((body, one), []).append(level)
    alike: dict[tuple[str, ...], list[tuple[uuid.UUID, uuid.UUID]]] = {}
    for place, at in levels.items():
        alike.setdefault(tuple(sorted(at)), []).append(place)
    return alike


def _by_id(column: str, opened: Sequence[Opened]) -> list[Condition]:
    """Conditions on `column`, one for all that is open in the same body at the same levels."""
    found: list[Condition] = []
    for levels, places in _by_levels(opened).items():
        ids: dict[uuid.UUID, list[uuid.UUID]] = {}
        for body, one in places:
            ids.setdefault(body, []).append(one)
        found += [
            Condition(
                f"({column} = ANY(%s) AND body_id = %s AND access_level = ANY(%s))",
                (those, body, list(levels)),
            )
            for body, those in ids.items()
        ]
    return found


def _either(parts: Sequence[Condition]) -> Condition:
    """One of several conditions holds; of none, nothing does."""
    if not parts:
        return Condition("FALSE")
    return Condition(
        "(" + " OR ".join(one.sql for one in parts) + ")",
        tuple(value for one in parts for value in one.values),
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> tuple[list[Any], ...]:
    """Rows as one list for each column."""
    return tuple([row[at] for row in rows] for at in range(width))


def cut_of(viewer: Viewer) -> Cut:
    """What is open to the viewer."""
    pairs = tuple((body, level) for body, levels in viewer.levels() for level in levels)
    known = frozenset(pairs)
    opened: dict[str, dict[Opened, None]] = {"fonds": {}, "dossier": {}, "document": {}}
    for scope in viewer.scopes_open():
        for level in LEVELS_OF[scope.right]:
            if (scope.body, level) not in known:
                opened[scope.kind][(scope.body, scope.id, level)] = None
    return Cut(pairs, tuple(opened["fonds"]), tuple(opened["dossier"]), tuple(opened["document"]))
