"""Read a CSV index: encoding and delimiter are detected, or refused when they cannot be told."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

from tangthu.archive.batch.cells import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TABLE_TEXT,
    Row,
    Sheet,
    clean,
)
from tangthu.archive.batch.errors import DamagedError, TooLargeError, UnknownEncodingError

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200_000


def read_csv(path: Path, recognise: Callable[[str], bool]) -> Sheet:
    """The rows of the CSV at `path`; `recognise` tells whether a text is a known column heading.

    UTF-8 (with or without BOM) and UTF-16 are certain. CP1258 (Windows Vietnamese) is taken only
    when decoding it yields known headings; TCVN3 and VNI look like any other one-byte text and are
    refused. Raises UnknownEncodingError, DamagedError, TooLargeError.
    """
    size = path.stat().st_size
    if size > MAX_TABLE_TEXT:
        raise TooLargeError(name=path.name, what=f"{size} byte", limit=MAX_TABLE_TEXT)
    text = _decode(path, path.read_bytes(), recognise)
    delimiter, text = _delimiter(text, recognise)
    rows: list[Row] = []
    try:
        for number, values in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            if number > MAX_ROWS:
                raise TooLargeError(name=path.name, what=f"quá {MAX_ROWS} dòng", limit=MAX_ROWS)
            if len(values) > MAX_COLUMNS:
                raise TooLargeError(name=path.name, what=f"{len(values)} cột", limit=MAX_COLUMNS)
            cleaned = [clean(value[:MAX_CELL]) for value in values]
            if any(cleaned):
                rows.append(Row(number, tuple(cleaned)))
    except csv.Error as error:
        raise DamagedError(name=path.name) from error
    return Sheet("", tuple(rows))


def _decode(path: Path, data: bytes, recognise: Callable[[str], bool]) -> str:
    if data[:3] == b"\xef\xbb\xbf":
        return _strictly(path, data[3:], "utf-8")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strictly(path, data, "utf-16")
    head = data[:2000]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) >= head[0::2].count(0)
        return _strictly(path, data, "utf-16-le" if little else "utf-16-be")
    if b"\0" in data:
        raise DamagedError(name=path.name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    if "\ufffd" not in text and _headings(text, recognise) >= 3:
        return text
    raise UnknownEncodingError(name=path.name)


def _strictly(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DamagedError(name=path.name) from error


def _headings(text: str, recognise: Callable[[str], bool]) -> int:
    """How many non-ASCII known headings stand in the text: plain ASCII ones prove no encoding."""
    return max(
        sum(1 for cell in row if not cell.isascii() and recognise(clean(cell)))
        for delimiter in DELIMITERS
        for row in _first_rows(text, delimiter) or [[]]
    )


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text[:_SAMPLE]), delimiter=delimiter):
            rows.append(row)
            if len(rows) == 30:
                break
    except csv.Error:
        return rows
    return rows


def _delimiter(text: str, recognise: Callable[[str], bool]) -> tuple[str, str]:
    """The delimiter and the text after an Excel `sep=` line; known headings decide, then counts."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], "\n" + rest

    def score(delimiter: str) -> tuple[int, int]:
        rows = _first_rows(text, delimiter)
        known = max((sum(1 for cell in row if recognise(clean(cell))) for row in rows), default=0)
        return known, max((len(row) for row in rows), default=0)

    return max(DELIMITERS, key=score), text
