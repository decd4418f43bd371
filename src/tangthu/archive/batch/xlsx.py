"""Read sheets from a hostile .xlsx: sizes and XML are checked before the workbook library sees it.

Formulas are never evaluated: the value the spreadsheet program stored last is taken, as the person
who saved the file saw it. No DTD, no entity, no external part is ever followed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from tangthu.archive.batch.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    MAX_TABLE_TEXT,
    Row,
    Sheet,
    text_of,
)
from tangthu.archive.batch.errors import BatchError, DamagedError, HostileError, TooLargeError

MAX_PARTS = 2_000
MAX_PART = 600_000_000
MAX_TOTAL = 900_000_000
MAX_RATIO = 300
SMALL = 2_000_000  # a part below this size may be packed as tightly as it likes
MAX_MERGED = 100_000
MAX_CELLS = 40_000_000

_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_LIBRARY = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    InvalidFileException,
)
Merged = tuple[int, int, int, int]


def read_workbook(
    path: Path, *, formulas: bool = False, only: Collection[str] | None = None
) -> tuple[Sheet, ...]:
    """All sheets of the workbook at `path` with their non-empty rows and merged ranges.

    `only` names the sheets to read, all by default. With `formulas` a formula cell gives its text
    (`=A1`) rather than its last value; the returned report is read so, because what is typed there
    must stay text. Raises DamagedError, HostileError, TooLargeError.
    """
    merged = _inspect(path)
    try:
        return tuple(_sheets(path, merged, formulas, only))
    except BatchError:
        raise
    except _LIBRARY as error:
        raise DamagedError(name=path.name) from error


def _sheets(
    path: Path,
    merged: dict[str, list[Merged]],
    formulas: bool,
    only: Collection[str] | None,
) -> Iterator[Sheet]:
    with path.open("rb") as handle:
        book = openpyxl.load_workbook(
            handle, read_only=True, data_only=not formulas, keep_links=False, keep_vba=False
        )
        try:
            if len(book.worksheets) > MAX_SHEETS:
                raise TooLargeError(
                    name=path.name, what=f"{len(book.worksheets)} sheet", limit=MAX_SHEETS
                )
            budget = MAX_TABLE_TEXT
            for sheet in book.worksheets:
                if only is not None and sheet.title not in only:
                    continue
                rows, budget = _rows(path.name, sheet, budget)
                part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
                yield Sheet(str(sheet.title), tuple(rows), tuple(merged.get(part, ())))
        finally:
            book.close()


def _rows(name: str, sheet: Any, budget: int) -> tuple[list[Row], int]:
    sheet.reset_dimensions()
    rows: list[Row] = []
    seen: dict[str, str] = {}
    width = MAX_CELLS
    for number, cells in enumerate(
        sheet.iter_rows(min_row=1, max_row=MAX_ROWS + 1, min_col=1, max_col=None), start=1
    ):
        if not cells:
            continue
        width -= len(cells)
        if width < 0:
            raise TooLargeError(name=name, what="quá nhiều ô", limit=MAX_CELLS)
        if len(cells) > MAX_COLUMNS:
            cells = _within(name, cells)
        values = [_text(cell) for cell in cells]
        while values and not values[-1]:
            values.pop()
        if not values:
            continue
        if number > MAX_ROWS:
            raise TooLargeError(name=name, what=f"quá {MAX_ROWS} dòng", limit=MAX_ROWS)
        for position, value in enumerate(values):
            known = seen.get(value)
            if known is not None:
                values[position] = known
                continue
            budget -= len(value)
            if len(seen) < 200_000:
                seen[value] = value
        if budget < 0:
            raise TooLargeError(name=name, what="quá nhiều chữ", limit=MAX_TABLE_TEXT)
        rows.append(Row(number, tuple(values)))
    return rows, budget


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text_of(value, cell.number_format or "General")
    return text_of(value)


def _within(name: str, cells: tuple[Any, ...]) -> tuple[Any, ...]:
    if any(cell.value is not None for cell in cells[MAX_COLUMNS:]):
        raise TooLargeError(name=name, what=f"quá {MAX_COLUMNS} cột", limit=MAX_COLUMNS)
    return cells[:MAX_COLUMNS]


def _inspect(path: Path) -> dict[str, list[Merged]]:
    """Refuse bombs and DTDs; return the merged ranges by sheet part, which openpyxl leaves out."""
    merged: dict[str, list[Merged]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise HostileError(name=path.name, what=f"{len(parts)} phần")
            if sum(part.file_size for part in parts) > MAX_TOTAL:
                raise HostileError(name=path.name, what="giải nén quá lớn")
            if len({part.filename for part in parts}) != len(parts):
                raise HostileError(name=path.name, what="hai phần trùng tên")
            for part in parts:
                _inspect_part(path.name, archive, part, merged)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError,
            RuntimeError) as error:  # fmt: skip
        raise DamagedError(name=path.name) from error
    return merged


def _inspect_part(
    name: str,
    archive: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    merged: dict[str, list[Merged]],
) -> None:
    if part.flag_bits & 0x1:
        raise HostileError(name=name, what="phần có mật khẩu")
    packed = max(part.compress_size, 1)
    if part.file_size > MAX_PART or (
        part.file_size > SMALL and part.file_size / packed > MAX_RATIO
    ):
        raise HostileError(name=name, what=f"tỷ lệ nén bất thường ở {part.filename[:60]}")
    if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    tail = b""
    first = True
    with archive.open(part) as stream:
        while piece := stream.read(1 << 20):
            if first and piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise HostileError(name=name, what="XML không phải UTF-8")
            if first and re.search(rb"encoding\s*=\s*[\"'](?!utf-8|us-ascii)", piece[:200], re.I):
                raise HostileError(name=name, what="XML không phải UTF-8")
            first = False
            window = tail + piece
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise HostileError(name=name, what="XML có DTD")
            if b"mergeCell " in window or b"mergeCell\n" in window:
                _collect(window, merged.setdefault(part.filename, []))
            tail = window[-300:]


def _collect(window: bytes, found: list[Merged]) -> None:
    for match in _MERGED.finditer(window):
        if len(found) >= MAX_MERGED:
            return
        left, top, right, bottom = match.groups()
        entry = (int(top), _column(left), int(bottom), _column(right))
        if not found or found[-1] != entry:
            found.append(entry)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
