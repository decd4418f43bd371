"""Our own tokens as PostgreSQL text-search vectors and queries.

The tokens are made here (tangthu.standards.vietnamese.words), never by PostgreSQL's parser, which
splits document codes and depends on the database's locale. A vector is written as its literal.
"""

from __future__ import annotations

from collections.abc import Iterable

from tangthu.standards.vietnamese import words

MAX_POSITION = 16383
MAX_PLACES = 250
MAX_TOKEN = 60
# Words of two fields must never look like neighbours to a phrase query.
_FIELD_GAP = 50


def quote(token: str) -> str:
    """`token` as a quoted lexeme of a tsvector or tsquery literal."""
    return "'" + token[:MAX_TOKEN].replace("\\", "\\\\").replace("'", "''") + "'"


def vectors(parts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Literals of the exact and the folded tsvector of `parts`, (text, weight A…D) in order."""
    exact: dict[str, list[str]] = {}
    folded: dict[str, list[str]] = {}
    place = 1
    for text, weight in parts:
        for word in words(text):
            spot = f"{min(place, MAX_POSITION)}{weight}"
            for found, token in ((exact, word.exact), (folded, word.folded)):
                places = found.setdefault(token[:MAX_TOKEN], [])
                if len(places) < MAX_PLACES and (not places or places[-1] != spot):
                    places.append(spot)
            place += 1
        place += _FIELD_GAP
    return _literal(exact), _literal(folded)


def _literal(found: dict[str, list[str]]) -> str:
    return " ".join(f"{quote(token)}:{','.join(places)}" for token, places in found.items())
