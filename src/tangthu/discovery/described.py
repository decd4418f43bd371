"""Every input field of a description by which it can be asked (RM-661 d, AR-27).

The great fields (title, issuer, dates, type, retention, code) have columns and weights of their
own. All others stand in the vector of an entry as tokens without a place: `=field:value`. Fields of
words have one token for each word, so that `ghichú:"thiếu trang"` asks for both words in the note.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tangthu.standards.rules import RuleSet
from tangthu.standards.vietnamese import fold, word_forms
from tangthu.standards.vietnamese.dates import DateError, parse_date

Shape = Literal["words", "value", "code", "number", "flag", "date"]
# Of a longer text the words beyond this many are found by the text alone, not by its field.
MAX_WORDS = 600
MAX_RANGE = 500
_YES = frozenset({"1", "co", "yes", "true"})
_NO = frozenset({"0", "khong", "no", "false"})


@dataclass(frozen=True, slots=True)
class Described:
    """A field: the folded names by which it may be asked, and how its values are compared."""

    names: tuple[str, ...]
    shape: Shape
    code_list: str = ""


DESCRIBED: Mapping[str, Described] = {
    "language_codes": Described(("ngonngu", "language"), "code", "language"),
    "page_count": Described(("sotrang", "numberofpage", "pages"), "number"),
    "keywords": Described(("tukhoa", "keyword"), "words"),
    "info_symbol": Described(("kyhieuthongtin", "inforsign"), "words"),
    "access_level": Described(("chedo", "mode"), "code", "mode"),
    "sensitivity": Described(("nhan", "sensitivity"), "code", "sensitivity"),
    "reliability": Described(("tincay", "confidencelevel"), "code", "confidence_level"),
    "handwriting": Described(("buttich", "autograph"), "words"),
    "physical_condition": Described(("vatly", "format"), "code", "physical_condition"),
    "has_process_file": Described(("quytrinh", "process"), "flag"),
    "note": Described(("ghichu", "description", "note"), "words"),
    "type_text": Described(("tenloai", "typetext"), "words"),
    "number": Described(("sovanban", "codenumber"), "value"),
    "symbol": Described(("kyhieu", "codenotation"), "value"),
    "record_archive_code": Described(("maluutru", "arcdoccode", "doccode"), "value"),
    "archive_file_code": Described(("mahosoluutru", "arcfilecode"), "value"),
    "file_code": Described(("mahoso", "filecode"), "value"),
    "start_date": Described(("batdau", "startdate"), "date"),
    "end_date": Described(("ketthuc", "enddate"), "date"),
    "record_count": Described(("sotailieu", "totaldoc"), "number"),
    "declared_record_count": Described(("sokekhai", "declaredtotaldoc"), "number"),
    "sheet_count": Described(("soto", "numberofpaper"), "number"),
    "retention_years": Described(("sonam", "retentionyears"), "number"),
    "paper_file_code": Described(("mahosogiay", "paperfilecode"), "value"),
    "backup_required": Described(("duphong", "riskrecovery"), "flag"),
    "backup_status": Described(
        ("tinhtrangduphong", "riskrecoverystatus"), "code", "risk_recovery_status"
    ),
    "extra": Described(("bosung", "extra"), "words"),
    "fonds": Described(("phong", "fonds"), "value"),
    "inventory": Described(("mucluc", "inventory"), "value"),
    "box": Described(("hop", "box"), "value"),
    "place_number": Described(("hososo", "placenumber"), "value"),
}
# The same names the other way round: what may be typed before a colon.
NAMES: Mapping[str, str] = {name: field for field, one in DESCRIBED.items() for name in one.names}
WORD_FIELDS = frozenset(field for field, one in DESCRIBED.items() if one.shape == "words")
NAME_LISTS = {field: one.code_list for field, one in DESCRIBED.items() if one.shape == "code"}


def field_token(field: str, value: str) -> str:
    """The token of one value, or of one word, of a field."""
    return f"={field}:{value}"


def marks_of(values: Mapping[str, Any]) -> list[str]:
    """The tokens of an entry by the raw values of its fields; unknown fields are KeyErrors."""
    marks: dict[str, None] = {}
    for field, value in values.items():
        for one in _values(DESCRIBED[field].shape, value):
            marks[field_token(field, one)] = None
    return list(marks)


def _values(shape: Shape, value: Any) -> Iterator[str]:
    if value is None or value == "" or value == []:
        return
    if shape == "words":
        for number, (exact, folded) in enumerate(word_forms(str(value))):
            if number >= MAX_WORDS:
                return
            yield folded
            if exact != folded:
                yield exact
    elif shape == "code":
        yield from map(str, value if isinstance(value, list | tuple) else [value])
    elif shape == "flag":
        yield "1" if value else "0"
    elif shape == "date":
        parts = str(value).split("-")
        yield from ("-".join(parts[:length]) for length in range(1, len(parts) + 1))
    else:
        yield fold(str(value))


def asked(field: str, value: str) -> list[str]:
    """The tokens any of which answers `value` asked of `field`; none if no entry can have it."""
    one = DESCRIBED[field]
    return [field_token(field, found) for found in _asked(one, value.strip())]


def _asked(one: Described, value: str) -> Iterable[str]:
    if not value:
        return []
    if one.shape == "code":
        return codes_named(one.code_list, value)
    if one.shape == "number":
        return _numbers(value)
    if one.shape == "flag":
        folded = fold(value)
        return ["1"] if folded in _YES else ["0"] if folded in _NO else []
    if one.shape == "date":
        return _dates(value)
    return [fold(value)]


def _numbers(value: str) -> list[str]:
    ends = value.replace("–", "-").split("-")
    if len(ends) > 2 or not all(end.isascii() and end.isdigit() and len(end) < 10 for end in ends):
        return []
    first, last = int(ends[0]), int(ends[-1])
    return [str(number) for number in range(first, min(last, first + MAX_RANGE - 1) + 1)]


def _dates(value: str) -> list[str]:
    try:
        day = parse_date(value)
    except DateError:
        return []
    parts = [f"{day.year:04d}"]
    if day.month is not None:
        parts.append(f"{day.month:02d}")
    if day.day is not None:
        parts.append(f"{day.day:02d}")
    return ["-".join(parts)]


def codes_named(code_list: str, value: str) -> list[str]:
    """The codes of a list whose code is `value` or whose name begins so, in either language."""
    folded = fold(value)
    return [
        code
        for code, names in _names(code_list)
        if value == code or any(name.startswith(folded) for name in names if folded)
    ]


@functools.cache
def _names(code_list: str) -> tuple[tuple[str, tuple[str, str]], ...]:
    codes = RuleSet.packaged().newest_codes(code_list)
    return tuple((code.code, (fold(code.vi), fold(code.en))) for code in codes)
