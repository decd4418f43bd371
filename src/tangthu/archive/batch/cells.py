"""Clean text from cells, and the shape of a table after its file format is gone."""

from __future__ import annotations

import bisect
import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_SHEETS = 50
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELL = 32_767  # Excel's own limit for the text of a cell
MAX_TABLE_TEXT = 400_000_000

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SPACES = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number as the spreadsheet shows it, and clean text by column."""

    number: int
    values: tuple[str, ...]

    def value(self, column: int) -> str:
        """The text of column `column` (0 is A); "" where the row is shorter."""
        return self.values[column] if column < len(self.values) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows with text (empty ones left out) and its merged ranges, 1-based."""

    name: str
    rows: tuple[Row, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last c.


@dataclass(frozen=True, slots=True)
class Column:
    """A column under a heading; `group` is a merged heading above it, if there is one."""

    index: int
    heading: str
    group: str = ""

    @property
    def letter(self) -> str:
        """The spreadsheet's letters for the column: A, B, … AT."""
        return letters(self.index)


@dataclass(frozen=True, slots=True)
class Table:
    """The index: the columns of the header row and the rows of data below it."""

    name: str
    sheet: str
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    other_sheets: tuple[str, ...] = field(default=())

    def address(self, row: int, column: int) -> str:
        """Where a cell stands, as people write it: `Sheet1!AA15`."""
        return f"{self.sheet}!{letters(column)}{row}" if self.sheet else f"{letters(column)}{row}"


def letters(index: int) -> str:
    """Spreadsheet letters of a 0-based column index: 0 is A, 45 is AT."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def clean(text: str) -> str:
    """NFC text on one line, without control and invisible characters, cut at MAX_CELL characters.

    Direction overrides go too: they can make one number look like another.
    """
    if not text:
        return ""
    text = text[:MAX_CELL]
    if text.isascii() and text.isprintable() and "_x" not in text and "  " not in text:
        return text.strip()
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    text = "".join(" " if ch < " " or "\x7f" <= ch <= "\x9f" else ch for ch in text)
    text = "".join(ch for ch in text if not 0xD800 <= ord(ch) <= 0xDFFF)
    return _SPACES.sub(" ", text).strip()


def text_of(value: object, number_format: str = "General") -> str:
    """What a cell says as clean text.

    Whole numbers lose their `.0`, keep the zeros a format such as `00` shows; dates become
    DD/MM/YYYY; spreadsheet errors (`#REF!`) and empty cells become "".
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in _ERRORS else clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        if isinstance(value, float):
            if not value.is_integer():
                return repr(value)
            value = int(value)
        width = len(number_format) if number_format.strip("0") == "" else 0
        return str(value).zfill(min(width, 20)) if abs(value) < 10**30 else ""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return clean(str(value))


def spread_merged(sheet: Sheet, first_row: int) -> tuple[Row, ...]:
    """The rows from `first_row` on, with the value of a merged range in each row it covers.

    Archivists merge the dossier's cells over its documents; each of those rows means the value.
    Only rows that exist are filled, so a range over a million rows costs nothing.
    """
    ranges: Sequence[tuple[int, int, int, int]] = [
        r for r in sheet.merged if r[2] > r[0] and r[0] >= first_row
    ]
    rows = [row for row in sheet.rows if row.number >= first_row]
    if not ranges:
        return tuple(rows)
    numbers = [row.number for row in rows]
    changed: dict[int, list[str]] = {}
    budget = 2_000_000
    for top, left, bottom, right in ranges:
        start = bisect.bisect_left(numbers, top)
        if start == len(numbers) or numbers[start] != top:
            continue
        value = rows[start].value(left - 1)
        if not value or right < left:
            continue
        for position in range(start + 1, bisect.bisect_right(numbers, bottom)):
            budget -= 1
            if budget < 0:
                return tuple(rows)
            values = changed.setdefault(position, list(rows[position].values))
            values.extend([""] * (left - len(values)))
            values[left - 1] = value
    for position, values in changed.items():
        rows[position] = Row(rows[position].number, tuple(values))
    return tuple(rows)
