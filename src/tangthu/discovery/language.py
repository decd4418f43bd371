"""The query language: words, "phrases", -exclusions, codes and field:value, in either language.

A word typed with diacritics means that very word; typed without, any word that folds to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tangthu.standards.vietnamese import fold, nfc, words

MAX_QUERY = 400
MAX_TERMS = 24

# Folded field names as typed, and the field they mean.
FIELDS = {
    "so": "code", "sokyhieu": "code", "skh": "code", "code": "code", "ma": "code",
    "loai": "type", "type": "type",
    "nam": "year", "year": "year",
    "ngay": "date", "date": "date", "tu": "from", "from": "from", "den": "to", "to": "to",
    "cq": "issuer", "coquan": "issuer", "issuer": "issuer",
    "td": "title", "tieude": "title", "trichyeu": "title", "title": "title",
    "thbq": "retention", "thoihan": "retention", "retention": "retention",
}  # fmt: skip

_PIECE = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[^\W\d_]{1,12}):)?(?:"(?P<phrase>[^"]*)"|(?P<word>\S+))'
)


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase to be found (or excluded): its tokens, and whether accents count."""

    tokens: tuple[str, ...]
    exact: bool
    excluded: bool
    only_title: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: terms that all must hold, and field conditions by field name."""

    text: str
    terms: tuple[Term, ...] = ()
    conditions: dict[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.conditions or self.codes)


def parse(text: str) -> Query:
    """Parse what a person typed; never raises, whatever is typed. Too much is cut, not refused."""
    clean = nfc(text.replace("\0", " "))[:MAX_QUERY]
    terms: list[Term] = []
    conditions: dict[str, str] = {}
    codes: list[str] = []
    for match in _PIECE.finditer(clean):
        value = match["phrase"] if match["phrase"] is not None else match["word"] or ""
        name = FIELDS.get(fold(match["field"] or "").replace(" ", ""))
        if match["field"] and name is None:
            value = f"{match['field']} {value}"
        if name == "code":
            codes.append(value)
        elif name is not None and name != "title":
            conditions[name] = value
        elif match["phrase"] is None and name is None and not match["minus"] and _is_code(value):
            codes.append(value)
        else:
            term = _term(value, excluded=bool(match["minus"]), only_title=name == "title")
            if term is not None:
                terms.append(term)
    return Query(clean, tuple(terms[:MAX_TERMS]), conditions, tuple(codes[:4]))


def _is_code(value: str) -> bool:
    """Whether a code was typed among the words: around a slash, or a dotted archive code."""
    return bool(re.fullmatch(r"\d[\w.]*/[\w\-./]+|[\w]+(?:\.[\w]+){3,}", value))


def _term(value: str, *, excluded: bool, only_title: bool) -> Term | None:
    found = list(words(value))
    if not found:
        return None
    exact = any(word.exact != word.folded for word in found)
    tokens = tuple(word.exact if exact else word.folded for word in found)
    return Term(tokens, exact, excluded, only_title)
