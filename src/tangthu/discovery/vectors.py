"""Our own tokens as PostgreSQL text-search vectors.

The tokens are made here (tangthu.standards.vietnamese.words), never by PostgreSQL's parser, which
splits document codes and depends on the database's locale. A vector is written as its literal.

One vector answers queries with and without diacritics: each word is its folded token, and also, at
the same place, its token with diacritics where it has any. The two never meet by chance, because a
folded token has no diacritics. Two more sorts of token have no place: `#` and a code key, and `@`
and the mark of who may see the entry (body and access level), by which the index itself leaves out
most of what the viewer may not see; the SQL condition beside it decides.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from tangthu.standards.vietnamese import Word, word_forms

MAX_POSITION = 16383
MAX_PLACES = 250
MAX_TOKEN = 120
# A vector of PostgreSQL holds 1 MiB; what is beyond this much of it is not found by.
MAX_BYTES = 600_000
# Words of two fields must never look like neighbours to a phrase query.
_FIELD_GAP = 50
_COST_OF_TOKEN = 10


def quote(token: str) -> str:
    """`token` as a quoted lexeme of a tsvector or tsquery literal."""
    return "'" + token[:MAX_TOKEN].replace("\\", "\\\\").replace("'", "''") + "'"


def token_of(word: Word) -> str:
    """The token by which a typed word is sought: with its diacritics if it was typed with any."""
    return word.exact if word.exact != word.folded else word.folded


def code_token(key: str) -> str:
    """The token of a code key."""
    return "#" + key


def cut_token(body_id: uuid.UUID, access_level: str) -> str:
    """The token of those who may see an entry. Short, for it saves work but decides nothing."""
    return f"@{body_id.hex[:12]}.{access_level}"


def vector(parts: Iterable[tuple[str, str]], marks: Iterable[str]) -> str:
    """Literal of the tsvector of `parts`, (text, weight A…D) in order, and of tokens without place.

    Never too long for PostgreSQL: of a text with very many different words the last are left out.
    """
    found: dict[str, list[str]] = {mark[:MAX_TOKEN]: [] for mark in marks}
    budget = MAX_BYTES - sum(_cost(mark) for mark in found)
    place = 1
    for text, weight in parts:
        for exact, folded in word_forms(text):
            spot = f"{place if place < MAX_POSITION else MAX_POSITION}{weight}"
            place += 1
            for token in (folded,) if exact == folded else (folded, exact):
                places = found.get(token[:MAX_TOKEN])
                if places is None:
                    budget -= _cost(token[:MAX_TOKEN])
                    if budget > 0:
                        found[token[:MAX_TOKEN]] = [spot]
                elif len(places) < MAX_PLACES and places[-1] != spot:
                    budget -= 2
                    places.append(spot)
        place += _FIELD_GAP
    return " ".join(
        [
            f"{quote(token)}:{','.join(places)}" if places else quote(token)
            for token, places in found.items()
        ]
    )


def _cost(token: str) -> int:
    return len(token.encode()) + _COST_OF_TOKEN
