"""The query language: words, "phrases", -exclusions, beginnings*, hoặc, codes and field:value.

A word typed with diacritics means that very word; typed without, any word that folds to it.
Whatever is typed is a query: what makes no sense as one is sought as words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tangthu.discovery import described
from tangthu.discovery.vectors import token_of
from tangthu.standards.rules import RuleSet
from tangthu.standards.vietnamese import code_key, fold, nfc, words
from tangthu.standards.vietnamese.dates import DateError, parse_date

MAX_QUERY = 400
MAX_TERMS = 24
MAX_CODES = 4
# A shorter beginning would be half of the index.
MIN_PREFIX = 3

# Folded field names as typed, and the field they mean.
FIELDS = {
    **described.NAMES,
    "so": "code", "sokyhieu": "code", "skh": "code", "code": "code", "ma": "code",
    "loai": "type", "type": "type",
    "nam": "year", "year": "year",
    "ngay": "date", "date": "date", "tu": "from", "from": "from", "den": "to", "to": "to",
    "cq": "issuer", "coquan": "issuer", "issuer": "issuer",
    "td": "title", "tieude": "title", "trichyeu": "title", "title": "title",
    "thbq": "retention", "thoihan": "retention", "retention": "retention",
}  # fmt: skip
# Fields sought by words; they take the words that follow, up to the next field, quote or sign.
_WORD_FIELDS = frozenset({"title", "issuer"}) | described.WORD_FIELDS
# Fields whose values are names out of a list; they take the words that follow, while it is one.
_NAME_LISTS = {"type": "document_types", "retention": "maintenance", **described.NAME_LISTS}

_PIECE = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[^\W\d_]{1,20}):[ ]?)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
_CODE = re.compile(r"\d[\w.]*/[\w\-./&]*\w")
# As typists space them: `12 / QĐ - UBND`, `12/T.Tr- CC`. A dash before a word alone excludes it.
_SPACED_SLASH = re.compile(r"(?<![\w/.])(\d{1,6}[^\W\d_]?) ?/ ?(?=[^\W_])")
_SPACED_DASH = re.compile(
    r"(/[\w.&]{1,12}|[^\W\d_]-[\w.&]{1,12})(?:[-–—‐‑‒−] ?| [–—‐‑‒−-] )(?=[^\W_])"
)
_YEARS = re.compile(r"([0-9]{4})[-–]([0-9]{4})")
_ARCHIVE_CODE = re.compile(r"(?=0|.*[^\W\d_])\w+(?:\.\w+){3,}\.?")
_NUMBER = re.compile(r"\d{1,6}[a-zđ]?", re.IGNORECASE | re.ASCII)
_ABBREVIATION = re.compile(r"[^\W\d_]{1,12}")
_LONGEST_CODE = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found (or must not): words, or instead of them a whole code.

    `tokens`: those of its words (vectors.token_of), all of which must stand there, side by side
    when `adjacent`; the last is only the beginning of a word when `prefix`. `keys`: code keys any
    of which will do as well. `field`: "" anywhere, else only in the title or the issuer. `group`:
    terms of one group hold together, one group of all is enough (hoặc); exclusions hold for all.
    """

    tokens: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    adjacent: bool = False
    prefix: bool = False
    excluded: bool = False
    field: str = ""
    group: int = 0
    marks: tuple[str, ...] = ()

    @property
    def in_description(self) -> bool:
        """Whether the head of an entry can answer it: it asks for no field of `described`."""
        return not self.marks and self.field not in described.DESCRIBED

    @property
    def has_accents(self) -> bool:
        """Whether a word of it was typed with diacritics."""
        return any(token != fold(token) for token in self.tokens)

    def folded(self) -> Term:
        """The same without diacritics."""
        return replace(self, tokens=tuple(fold(token) for token in self.tokens))


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: terms, conditions by field name, and archive codes or beginnings of them.

    `without` are conditions that must not hold; `codes` are all codes as typed.
    """

    text: str
    terms: tuple[Term, ...] = ()
    conditions: dict[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    without: tuple[tuple[str, str], ...] = ()
    archive_codes: tuple[tuple[str, bool], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.terms or self.conditions or self.without or self.archive_codes)


def parse(text: str) -> Query:
    """Parse what a person typed; never raises, whatever is typed. Too much is cut, not refused."""
    return _Parser(nfc(storable(text[: MAX_QUERY * 4]))[:MAX_QUERY]).query()


def storable(text: str) -> str:
    """`text` without what PostgreSQL cannot hold: NUL, and halves of characters."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


class _Parser:
    """One parse: pieces are read in order; bare words wait together, for they may be one code."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._terms: list[Term] = []
        self._conditions: dict[str, str] = {}
        self._without: list[tuple[str, str]] = []
        self._codes: list[str] = []
        self._archive_codes: list[tuple[str, bool]] = []
        self._waiting: list[str] = []
        self._open_field = ""
        self._open_name = ""
        self._group = 0

    def query(self) -> Query:
        """Read the whole text."""
        for match in _PIECE.finditer(_joined_codes(self._text)):
            self._piece(match)
        self._settle()
        terms = tuple(self._terms[:MAX_TERMS])
        return Query(
            self._text, terms, self._conditions, tuple(self._codes),
            tuple(self._without), tuple(self._archive_codes),
        )  # fmt: skip

    def _mark_terms(self) -> None:
        """Make terms of what was asked of fields that have no column of their own."""
        for name in [name for name in self._conditions if name in described.DESCRIBED]:
            self._mark(name, self._conditions.pop(name), excluded=False)
        for name, value in [one for one in self._without if one[0] in described.DESCRIBED]:
            self._without.remove((name, value))
            self._mark(name, value, excluded=True)

    def _mark(self, name: str, value: str, *, excluded: bool) -> None:
        marks = tuple(described.asked(name, value)) or (described.field_token(name, ""),)
        group = 0 if excluded else self._group
        self._terms.append(Term(marks=marks, excluded=excluded, field=name, group=group))

    def _piece(self, match: re.Match[str]) -> None:
        excluded = bool(match["minus"])
        typed = match["field"] or ""
        name = FIELDS.get(fold(typed), "")
        quoted = match["phrase"] is not None
        value = match["phrase"] if quoted else match["word"]
        if typed and not name:
            self._waiting.append(typed)
        if name or quoted or excluded:
            self._settle()
        elif self._open_name and self._names_on(value):
            return
        if name and name not in _WORD_FIELDS:
            self._field(name, value, excluded)
        elif name or quoted or excluded:
            self._words(value, name, quoted=quoted, excluded=excluded)
        elif value in {"hoặc", "hoac", "Hoặc", "HOẶC", "OR", "|"}:
            self._settle()
            self._group += bool(self._terms) and self._terms[-1].group == self._group
        else:
            self._bare(value)

    def _field(self, name: str, value: str, excluded: bool) -> None:
        if name == "code":
            self._code(value, excluded, cited=False)
        elif excluded:
            self._without.append((name, value))
        elif name == "year" and (years := _YEARS.fullmatch(value)):
            self._conditions |= {"from": years[1], "to": years[2]}
        else:
            self._conditions[name] = value
            self._open_name = name if name in _NAME_LISTS else ""

    def _names_on(self, value: str) -> bool:
        """Whether `value` was one more word of the name that a field was given: loại:quyết định."""
        longer = f"{self._conditions[self._open_name]} {value}"
        if any(f"{one} ".startswith(f"{fold(longer)} ") for one in _names(self._open_name)):
            self._conditions[self._open_name] = longer
            return True
        self._open_name = ""
        return False

    def _words(self, value: str, name: str, *, quoted: bool, excluded: bool) -> None:
        if not name and not quoted and _is_code(value):
            self._code(value, excluded, cited=not excluded)
            return
        self._add(value, field=name, excluded=excluded)
        if name and not quoted and not excluded:
            self._open_field = name

    def _bare(self, value: str) -> None:
        """A word without any sign: part of an open field, a code, a date, or one that waits."""
        if self._open_field:
            self._add(value, field=self._open_field)
        elif _is_code(value):
            label = self._waiting[-1:]
            if label and fold(label[0]) in {"so", "ngay"}:
                self._waiting.pop()
            self._settle()
            if (day := _full_date(value)) is not None:
                self._conditions["date"] = day
            else:
                self._code(value, excluded=False, cited=True)
        else:
            self._waiting.append(value)

    def _settle(self) -> None:
        """Make terms of the words that wait, and close an open field."""
        self._open_field = self._open_name = ""
        self._mark_terms()
        waiting, self._waiting = self._waiting, []
        at = 0
        while at < len(waiting):
            labelled = fold(waiting[at]) == "so" and at + 1 < len(waiting)
            start = at + labelled
            end = _code_end(waiting, start) if _NUMBER.fullmatch(waiting[start]) else start
            if end - start > 1 or (labelled and end > start):
                self._spelled_code(waiting[start:end], labelled)
                at = end
            else:
                self._add(waiting[at])
                at += 1

    def _spelled_code(self, parts: list[str], labelled: bool) -> None:
        """`số 123`, `123 QĐ UBND`: that code, or else the words as typed."""
        text = " ".join(parts)
        found = tuple(token_of(word) for word in words(text))
        if labelled and len(parts) == 1:
            found = ("so", *found)
        key = code_key(text)
        adjacent = labelled and len(parts) == 1
        self._terms.append(Term(found, (key,), adjacent=adjacent, group=self._group))
        self._remember(text)

    def _code(self, value: str, excluded: bool, *, cited: bool) -> None:
        """A code as one piece; `cited`: a text in which it stands will do as well."""
        self._remember(value)
        if _ARCHIVE_CODE.fullmatch(value):
            if len(self._archive_codes) < MAX_CODES:
                self._archive_codes.append((fold(value), excluded))
            return
        keys = tuple(
            k for k in dict.fromkeys((code_key(value), fold(value))) if k.strip("/") == k != ""
        )
        found = tuple(token_of(word) for word in words(value))
        group = 0 if excluded else self._group
        if keys and not cited:
            self._terms.append(Term((), keys, excluded=excluded, group=group))
        elif found:
            adjacent = len(found) > 1
            self._terms.append(Term(found, keys, adjacent, excluded=excluded, group=group))

    def _remember(self, code: str) -> None:
        if len(self._codes) < MAX_CODES:
            self._codes.append(code)

    def _add(self, value: str, *, field: str = "", excluded: bool = False) -> None:
        found = tuple(token_of(word) for word in words(value))
        if not found:
            return
        prefix = value.endswith("*") and len(found[-1]) >= MIN_PREFIX
        self._terms.append(
            Term(
                found,
                adjacent=len(found) > 1,
                prefix=prefix,
                excluded=excluded,
                field=field,
                group=0 if excluded else self._group,
            )
        )


def _joined_codes(text: str) -> str:
    """`text` with the spaces taken out that stand around the slash and the dashes of a code."""
    if "/" not in text:
        return text
    parts = text.split('"')
    # What stands between quotes is left as it is.
    for at in range(0, len(parts), 2):
        part = _SPACED_SLASH.sub(r"\1/", parts[at])
        parts[at] = _SPACED_DASH.sub(r"\1-", _SPACED_DASH.sub(r"\1-", part))
    return '"'.join(parts)


@functools.cache
def _names(field: str) -> tuple[str, ...]:
    """The folded names that a field may be given."""
    return tuple(fold(one.vi) for one in RuleSet.packaged().newest_codes(_NAME_LISTS[field]))


def _is_code(value: str) -> bool:
    """Whether a code was typed among the words: around a slash, or a dotted archive code."""
    bare = value.rstrip(",;:")
    return bool(_CODE.fullmatch(bare.rstrip(".")) or _ARCHIVE_CODE.fullmatch(bare))


def _code_end(parts: list[str], start: int) -> int:
    """Where the code ends that begins with the number at `start`: after its abbreviations.

    Abbreviations are in capitals; or, when only a few words were typed in all, in any letters.
    """
    end = start + 1
    short = len(parts) - start <= _LONGEST_CODE
    while (
        end < len(parts)
        and end - start < _LONGEST_CODE
        and _ABBREVIATION.fullmatch(parts[end])
        and (short or parts[end].isupper())
    ):
        end += 1
    return end


def _full_date(value: str) -> str | None:
    """`value` if it is a day of the calendar written with day, month and year, else None."""
    try:
        day = parse_date(value)
    except DateError:
        return None
    return value if day.day is not None else None


def accented(query: Query) -> bool:
    """Whether a word that must be found was typed with diacritics."""
    return any(term.has_accents for term in query.terms if not term.excluded)


def without_accents(query: Query) -> Query:
    """The same query with the words that must be found taken without diacritics."""
    return replace(query, terms=tuple(t if t.excluded else t.folded() for t in query.terms))


def wanted(query: Query) -> Iterator[Term]:
    """The terms that must be found."""
    return (term for term in query.terms if not term.excluded)
