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
    "unnest(%s::uuid[], %s::uuid[], %s::text[]) AS cut(body, fonds, level) "
    "CROSS JOIN unnest(%s::text[]) AS kinds(one)"
)
_IN_EACH_FONDS = (
    "body_id = cut.body AND fonds_id = cut.fonds AND access_level = cut.level "
    "AND kind = kinds.one AND NOT tangled"
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

    def __bool__(self) -> bool:
        return bool(self.pairs or self.fonds or self.dossiers or self.documents)

    def wholly(self) -> Condition:
        """What is open by body and level or by whole fonds.

        Holds of entries and of rows of the census, which tells it apart.
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
        return _either(parts) if parts else Condition("FALSE")

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
        whole = self.wholly()
        if not (self.dossiers or self.documents):
            return whole
        return _either([whole, self._named()])

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
        if self.fonds:
            parts.append(part(_EACH_FONDS, _IN_EACH_FONDS))
            given += [*_columns(self.fonds, 3), list(kinds), *values]
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
        return Condition(
            "((dossier_id = ANY(%s) OR obj = ANY(%s)) AND "
            f"(NOT tangled AND (body_id, dossier_id, access_level) IN ({_TRIPLES}) OR "
            f"(body_id, obj, access_level) IN ({_TRIPLES})))",
            (
                [one for _body, one, _level in self.dossiers],
                [one for _body, one, _level in self.documents],
                *_columns(self.dossiers, 3),
                *_columns(self.documents, 3),
            ),
        )

    def _all_opened(self) -> tuple[Opened, ...]:
        return (*self.fonds, *self.dossiers, *self.documents)


def _either(parts: Sequence[Condition]) -> Condition:
    """One of several conditions holds."""
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
