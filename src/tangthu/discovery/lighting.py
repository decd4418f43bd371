"""Which words of a title and of a text are those that were asked for.

Offsets are in characters of the text as given. The work is bounded: a long text is first looked
through as a whole in one pass of the regular-expression engine, and only places found so are taken
apart into words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from tangthu.discovery.language import Term
from tangthu.standards.vietnamese import fold, word_spans
from tangthu.standards.vietnamese.text import HAN_NOM

SNIPPET = 220
_BEFORE = 40
_LEEWAY = 20
_MAX_LOOKED_AT = 80
_SLOW_TEXT = 20_000
_SHORT_TEXT = 4_000
_LONGEST_WORD = 60
_HAN = re.compile(f"[{HAN_NOM}]")

Lit = tuple[tuple[int, int], ...]
# Start, end, exact and folded form of each word (word_spans).
_Words = Sequence[tuple[int, int, str, str]]


class _Sought:
    """The terms that may light words of a field, made ready to be looked for in many words."""

    def __init__(self, terms: Sequence[Term], field: str = "") -> None:
        asked = [t for t in terms if t.tokens and not t.excluded and t.field in {"", field}]
        self.terms = asked
        self._phrases = [term for term in asked if term.adjacent]
        alone = [term for term in asked if not term.adjacent]
        self._words = frozenset(token for term in alone for token in term.tokens)
        self._beginnings = tuple(term.tokens[-1] for term in alone if term.prefix)

    def places(self, found: _Words) -> set[int]:
        """Indexes of the words that are to be lit."""
        known, beginnings = self._words, self._beginnings
        at = {
            n for n, (_, _, exact, folded) in enumerate(found) if exact in known or folded in known
        }
        if beginnings:
            at.update(
                n
                for n, (_, _, exact, folded) in enumerate(found)
                if exact.startswith(beginnings) or folded.startswith(beginnings)
            )
        for term in self._phrases:
            size = len(term.tokens)
            for start in range(len(found) - size + 1):
                if _stands_at(found, start, term):
                    at.update(range(start, start + size))
        return at

    def begins(self, found: _Words) -> bool:
        """Whether the first of these words is to be lit."""
        return 0 in self.places(found)


def lit(text: str, terms: Sequence[Term], field: str = "") -> Lit:
    """Offsets (start, end) of the words of `text`, a part of `field`, that the terms ask for."""
    return _lit(text, _Sought(terms, field))


def _lit(text: str, sought: _Sought) -> Lit:
    if not sought.terms:
        return ()
    found = word_spans(text)
    return tuple(found[at][:2] for at in sorted(sought.places(found)))


def _stands_at(found: _Words, start: int, term: Term) -> bool:
    last = len(term.tokens) - 1
    for at, token in enumerate(term.tokens):
        _, _, *forms = found[start + at]
        if token in forms:
            continue
        if not (term.prefix and at == last and any(form.startswith(token) for form in forms)):
            return False
    return True


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, Lit]:
    """The stretch of `text` with most words asked for, and where they stand in it.

    A `…` at its ends says that the text goes on; without any of the words there is no stretch.
    """
    sought = _Sought(terms)
    found = _spots(text, sought)
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
    places = tuple((start + len(before), stop + len(before)) for start, stop in _lit(piece, sought))
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


def _spots(text: str, sought: _Sought) -> list[int]:
    """Where in `text` terms stand, ascending; not more than a bounded number of them."""
    if not sought.terms:
        return []
    folded = fold(text)
    if len(text) <= _SHORT_TEXT or len(folded) != len(text):
        # A short text; or letters that fold to two, a text that is not composed: the offsets in
        # its folded form would not be those here.
        return [start for start, _ in _lit(text[:_SLOW_TEXT], sought)]
    longest = max(len(term.tokens) if term.adjacent else 1 for term in sought.terms)
    spots = []
    for match in itertools.islice(_pattern(sought.terms).finditer(folded), _MAX_LOOKED_AT):
        ahead = word_spans(text[match.start() : match.end() + _LONGEST_WORD])
        if sought.begins(ahead[:longest]):
            spots.append(match.start())
    return spots


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
