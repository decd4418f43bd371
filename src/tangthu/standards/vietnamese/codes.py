"""Document codes (số, ký hiệu): reading them as people and scanners write them, and keys to match
by.

A code is `{number}/{year}/{group}-{group}`, where number, year and groups may each be missing
(NĐ30/2020/NĐ-CP PL.I-I-II.3). Nothing here raises on hostile text; only the first 200 characters
are read.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from tangthu.standards.rules import Code as RuleCode
from tangthu.standards.rules import RuleSet
from tangthu.standards.vietnamese.text import collapse_spaces, fold, without_tones

MAX_READ = 200
_MAX_GROUPS = 8
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−­_", "-") | {"\\": "/", "⁄": "/", "∕": "/"})
_TOKEN = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?P<digits>[0-9]+)(?P<suffix>[a-zđ]|bis)?", re.IGNORECASE)
_NUMBER_THEN_LETTERS = re.compile(r"([0-9]+)([^\W\d_][^\W_]+)")
_YEAR = re.compile(r"(?:1[89]|20)[0-9]{2}")
_LABELS = frozenset({"so", "va", "ky", "hieu", "no"})
_STOPS = frozenset({"ngay", "cua", "ve", "v", "vv", "thang", "nam", "do", "va", "tai", "theo"})
_OCR_GROUPS = {"ƯBND": "UBND", "ƯBNĐ": "UBND", "ƯB": "UB", "OĐ": "QĐ"}


@dataclass(frozen=True, slots=True)
class Code:
    """A document code taken apart.

    `number`: digits without leading zeros, with a letter suffix if written (15a), "" if missing.
    `year`: the year group of normative documents, None if missing. `groups`: the notation, as
    written but for joined dots and the case of the type. `type_abbreviation`: the official form of
    the first group if it names a type, else None; `type_code`: that type's TT05 code, else None.
    """

    number: str
    year: int | None
    type_abbreviation: str | None
    groups: tuple[str, ...]
    type_code: str | None

    @property
    def notation(self) -> str:
        """The groups joined as NĐ30 writes them, e.g. `QĐ-UBND`."""
        return "-".join(self.groups)

    @property
    def canonical(self) -> str:
        """The whole code as NĐ30 writes it: number padded to two digits, `/`, then groups."""
        parts = [f"{self.number:0>2}" if self.number else "", str(self.year or ""), self.notation]
        text = "/".join(part for part in parts if part)
        return text if self.number or not text else "/" + text


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """The key of a code with its year group, and without it (equal if there is no year group)."""

    full: str
    yearless: str


def parse_code(text: str, rules: RuleSet | None = None) -> Code:
    """Read the first document code in `text`, tolerating case, spaces, dots and a leading “Số:”.

    `rules` gives the abbreviations of types (default: the packaged rules; their newest version, for
    an old record keeps its type). Never raises on any text; text without a code gives empty parts.
    """
    number, year, groups = _read(text)
    table = _type_table(rules or RuleSet.packaged())
    joined = [_join_dots(group, table) for group in groups]
    found = table.get_type(joined[0]) if joined else None
    if found is None:
        return Code(number, year, None, tuple(joined), None)
    abbreviation, type_code = found
    return Code(number, year, abbreviation, (abbreviation, *joined[1:]), type_code)


def code_key(text: str) -> str:
    """Return the key by which codes meet: `123/QĐ-UBND`, `số 0123 / qd – ubnd` → `123/qd-ubnd`.

    ASCII for Vietnamese codes, no leading zeros, no accents, dots or spaces; a year group stays:
    `123/2024/qd-ubnd`. A notation alone gives `/qd-ubnd`, text without a code gives "".
    """
    return code_keys(text).full


def code_keys(text: str) -> CodeKeys:
    """Return the key of `text` with and without its year group, so that either can be matched."""
    number, year, groups = _read(text)
    notation = "-".join(fold(group).replace(".", "").replace("&", "") for group in groups)
    tail = "/" + notation if notation else ""
    yearless = fold(number) + tail
    return CodeKeys(f"{fold(number)}/{year}{tail}" if year is not None else yearless, yearless)


def canonical_notation(text: str, *, ocr: bool = False, rules: RuleSet | None = None) -> str:
    """Return a notation as NĐ30 writes it: `/T.Tr- CC` → `TTr-CC`, `/ QĐ-CCATVSTP` → `QĐ-CCATVSTP`.

    A number in front is left out. With `ocr`, also undo what scanners do to capitals: `ƯBND` →
    `UBND`, `ỌĐ` → `QĐ`, `QĐ- cc` → `QĐ-CC`; leave it off for text typed by people.
    """
    notation = parse_code(text, rules).notation
    if not ocr:
        return notation
    mended = "-".join(_mend(group) for group in notation.split("-"))
    return parse_code("/" + mended, rules).notation if mended else ""


def _read(text: str) -> tuple[str, int | None, list[str]]:
    """Return number, year and groups of the first code in `text`; groups keep inner dots and
    `&`."""
    source = collapse_spaces(text[:MAX_READ]).translate(_DASHES)
    tokens = list(_TOKEN.finditer(source))
    if "/" not in source and all(fold(token[0]) in _LABELS for token in tokens):
        return "", None, []
    at = _skip_label(source, tokens)
    number, year, rest = "", None, tokens[at:]
    if rest and (match := _NUMBER.fullmatch(rest[0][0])):
        number = _strip_zeros(match["digits"]) + (match["suffix"] or "").lower()
        rest = rest[1:]
    elif rest and (split := _NUMBER_THEN_LETTERS.fullmatch(rest[0][0])):
        return _strip_zeros(split[1]), None, _groups(source, rest, split[2])
    if number and rest and _YEAR.fullmatch(rest[0][0]):
        year = int(rest[0][0])
        rest = rest[1:]
    return number, year, _groups(source, rest, None)


def _skip_label(source: str, tokens: list[re.Match[str]]) -> int:
    """Return the index of the token at which the code begins: after “Số”, else the first token."""
    for index, token in enumerate(tokens[:-1]):
        if token[0][0].isdigit():
            break
        if fold(token[0]) in ("so", "no") and not source.startswith("-", token.end()):
            after = index + 1
            while after < len(tokens) - 1 and fold(tokens[after][0]) in _LABELS:
                after += 1
            return after
    return 0


def _groups(source: str, tokens: list[re.Match[str]], first: str | None) -> list[str]:
    groups: list[str] = []
    end = -1
    for token in tokens:
        word = first if first is not None and not groups else token[0]
        gap = source[end : token.start()].strip() if end >= 0 else "-"
        if (gap == "." and not source.startswith(" ", end)) or gap == "&":
            groups[-1] += gap + word
        elif len(groups) == _MAX_GROUPS or (not gap and fold(word) in _STOPS):
            break
        else:
            groups.append(word)
        end = token.end()
    return groups


def _strip_zeros(digits: str) -> str:
    return digits.lstrip("0") or "0"


@dataclass(frozen=True, slots=True)
class _TypeTable:
    """Abbreviations of types: as the decree writes them, in lower case, and without accents."""

    exact: dict[str, tuple[str, str]]
    folded: dict[str, tuple[str, str]]

    def get_type(self, group: str) -> tuple[str, str] | None:
        """Return official abbreviation and TT05 code of `group`, reading đ strictly if it can."""
        return self.exact.get(group.lower()) or self.folded.get(fold(group))


@functools.lru_cache(maxsize=8)
def _type_table(rules: RuleSet) -> _TypeTable:
    exact: dict[str, tuple[str, str]] = {}
    folded: dict[str, tuple[str, str]] = {}
    for entry in rules.newest_codes("document_types"):
        for abbreviation in _abbreviations(entry):
            named = (entry.abbreviation or abbreviation, entry.code)
            exact[abbreviation.lower()] = named
            folded.setdefault(fold(abbreviation), named)
    return _TypeTable(exact, folded)


def _abbreviations(entry: RuleCode) -> tuple[str, ...]:
    official = (entry.abbreviation,) if entry.abbreviation else ()
    return (*official, *entry.abbreviations)


def _join_dots(group: str, table: _TypeTable) -> str:
    """Drop the dots of `T.Tr`, which is a type once joined; keep those of `VP.UBND`, which is
    none."""
    joined = group.replace(".", "")
    return joined if joined != group and table.get_type(joined) else group


def _mend(group: str) -> str:
    capitals = group.upper() if group.islower() and len(group) > 1 else group
    toneless = without_tones(capitals)
    return ".".join(_OCR_GROUPS.get(part, part) for part in toneless.split("."))
