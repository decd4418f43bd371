"""Our own tokens as PostgreSQL text-search vectors.

The tokens are made here (tangthu.standards.vietnamese.words), never by PostgreSQL's parser, which
splits document codes and depends on the database's locale. A vector is written as its literal.

One vector answers queries with and without diacritics: each word is its folded token, and also, at
the same place, its token with diacritics where it has any. The two never meet by chance, because a
folded token has no diacritics. Marks are tokens without a place, each with a sign before it that no
word has. A code key has `#`. The others let the index leave out most of what is not asked for; the
condition beside them decides: `@` who may see the entry (body and access level), `^` a year in
which it lies, `~` a number with the word behind it (the beginning of a code that a text cites), `%`
the segment of the index.

A segment is the entries that were written one after another. They lie side by side in the table, so
that PostgreSQL skips through the lists of common words when only one segment is asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from tangthu.standards.vietnamese import Word, word_forms

MAX_POSITION = 16383
MAX_PLACES = 250
MAX_TOKEN = 120
# Entries in a segment.
SEGMENT = 1 << 15
# What lies in more years than this bears the mark of all of them in one.
MAX_YEARS = 10
LONG_SPAN = "^*"
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


def year_tokens(years: Iterable[int]) -> list[str]:
    """The tokens of the years in which an entry lies; of many years, one token of a long span."""
    found = sorted(set(years))
    return [f"^{year}" for year in found] if len(found) <= MAX_YEARS else [LONG_SPAN]


def pair_token(number: str, following: str) -> str:
    """The token of a number and of the folded word behind it."""
    return f"~{number} {following}"


def segment_token(serial: int) -> str:
    """The token of the segment in which the entry with this serial number stands."""
    return f"%{serial // SEGMENT}"


def vector(parts: Iterable[tuple[str, str]], marks: Iterable[str]) -> str:
    """Literal of the tsvector of `parts`, (text, weight A…D) in order, and of tokens without place.

    Never too long for PostgreSQL: of a text with very many different words the last are left out.
    """
    found: dict[str, list[str]] = {mark[:MAX_TOKEN]: [] for mark in marks}
    budget = MAX_BYTES - sum(_cost(mark) for mark in found)
    place = 1
    for text, weight in parts:
        number = ""
        for exact, folded in word_forms(text):
            if number:
                pair = pair_token(number, folded)[:MAX_TOKEN]
                if pair not in found and (budget := budget - _cost(pair)) > 0:
                    found[pair] = []
            number = folded if folded[0].isdigit() else ""
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
