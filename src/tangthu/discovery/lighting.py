"""Which words of a title and of a text are those that were asked for.

Offsets are in characters of the text as given. The work is bounded: a long text is first looked
through as a whole in one pass of the regular-expression engine, and only places found so are taken
apart into words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from tangthu.discovery.language import Term
from tangthu.standards.vietnamese import Word, fold, words
from tangthu.standards.vietnamese.text import HAN_NOM

SNIPPET = 220
_BEFORE = 40
_LEEWAY = 20
_MAX_LOOKED_AT = 80
_SLOW_TEXT = 20_000
_LONGEST_WORD = 60
_HAN = re.compile(f"[{HAN_NOM}]")

Lit = tuple[tuple[int, int], ...]


def lit(text: str, terms: Sequence[Term], field: str = "") -> Lit:
    """Offsets (start, end) of the words of `text`, a part of `field`, that the terms ask for."""
    asked = _asked(terms, field)
    if not asked:
        return ()
    found = list(words(text))
    at: set[int] = set()
    for term in asked:
        at.update(_places(found, term))
    return tuple((found[index].start, found[index].end) for index in sorted(at))


def _asked(terms: Sequence[Term], field: str) -> list[Term]:
    return [t for t in terms if t.tokens and not t.excluded and t.field in {"", field}]


def _places(found: Sequence[Word], term: Term) -> Iterator[int]:
    """Indexes of the words at which the term stands."""
    size = len(term.tokens)
    if not term.adjacent:
        for index, word in enumerate(found):
            if any(_is(word, term, at) for at in range(size)):
                yield index
        return
    for start in range(len(found) - size + 1):
        if all(_is(found[start + at], term, at) for at in range(size)):
            yield from range(start, start + size)


def _is(word: Word, term: Term, at: int) -> bool:
    token = term.tokens[at]
    if term.prefix and at == len(term.tokens) - 1:
        return word.exact.startswith(token) or word.folded.startswith(token)
    return token in (word.exact, word.folded)


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, Lit]:
    """The stretch of `text` with most words asked for, and where they stand in it.

    A `…` at its ends says that the text goes on; without any of the words there is no stretch.
    """
    found = _spots(text, _asked(terms, ""))
    if not found:
        return "", ()
    best, best_count, last = 0, 0, 0
    for first, start in enumerate(found):
        last = max(last, first)
        while last < len(found) and found[last] - start <= SNIPPET - 2 * _BEFORE:
            last += 1
        if last - first > best_count:
            best, best_count = first, last - first
    begin, end = _whole_words(text, found[best])
    piece = text[begin:end]
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    places = tuple((start + len(before), stop + len(before)) for start, stop in lit(piece, terms))
    return before + re.sub(r"\s", " ", piece) + after, places


def _whole_words(text: str, spot: int) -> tuple[int, int]:
    """Where the stretch around `spot` begins and ends, moved a little so that no word is cut."""
    begin = max(0, spot - _BEFORE)
    while begin > 0 and not text[begin - 1].isspace() and begin > spot - _BEFORE - _LEEWAY:
        begin -= 1
    end = min(len(text), begin + SNIPPET)
    shorter = end
    while shorter < len(text) and not text[shorter].isspace() and shorter > end - _LEEWAY:
        shorter -= 1
    return begin, shorter


def _spots(text: str, terms: Sequence[Term]) -> list[int]:
    """Where in `text` terms stand, ascending; not more than a bounded number of them."""
    if not terms:
        return []
    folded = fold(text)
    if len(folded) != len(text):
        # Letters that fold to two, or a text that is not composed: offsets would not be those here.
        return [start for start, _ in lit(text[:_SLOW_TEXT], terms)]
    return [
        match.start()
        for match in itertools.islice(_pattern(terms).finditer(folded), _MAX_LOOKED_AT)
        if _begins(text[match.start() : match.end() + _LONGEST_WORD], terms)
    ]


def _begins(text: str, terms: Sequence[Term]) -> bool:
    """Whether a term stands at the very beginning of `text`."""
    found = lit(text, terms)
    return bool(found) and found[0][0] == 0


def _pattern(terms: Sequence[Term]) -> re.Pattern[str]:
    """Finds at least every place in folded text at which a term stands."""
    either = []
    for term in terms:
        parts = [re.escape(fold(token)) for token in term.tokens]
        for one in [r"[\W_]{0,20}".join(parts)] if term.adjacent else parts:
            # A Hán-Nôm character is a word of its own beside any other.
            before = "" if _HAN.match(one) else r"(?<![^\W_])"
            either.append(before + one)
    return re.compile("|".join(either))
