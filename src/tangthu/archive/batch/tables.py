"""From a file to a table: pick the sheet, find the header row, spread merged cells.

The header row need not be the first: an index often opens with the body's name and a title. It is
the row among the first 40 with the most known headings; a row of merged group headings above it
(`HỒ SƠ`, `VĂN BẢN`) tells the two levels apart.
"""

from __future__ import annotations

import re
from pathlib import Path

from tangthu.archive.batch.cells import Column, Row, Sheet, Table, spread_merged
from tangthu.archive.batch.csvfile import read_csv
from tangthu.archive.batch.errors import DamagedError, LockedError, NoHeaderError, WrongKindError
from tangthu.archive.batch.headings import is_heading
from tangthu.archive.batch.xlsx import read_workbook
from tangthu.standards.vietnamese.text import fold

HEADER_WITHIN = 40
MIN_HEADINGS = 3
MOST_TOTALS = 3
_TOTAL = re.compile(r"\s*(tong cong|tong so|cong)\b")


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read the index at `path`, .xlsx or CSV by its bytes and not its name.

    With several sheets the one with the most known headings is taken, or the one named `sheet`;
    `other_sheets` names the rest that hold data. Raises a BatchError.
    """
    return table_of(path.name, read_sheets(path), sheet)


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """All sheets of the file at `path`. Raises a BatchError, never a library's own error."""
    try:
        with path.open("rb") as handle:
            head = handle.read(8)
    except OSError as error:
        raise DamagedError(name=path.name) from error
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise LockedError(name=path.name)
    if head.startswith(b"PK"):
        return read_workbook(path)
    if not head:
        raise NoHeaderError(name=path.name)
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF")):
        raise WrongKindError(name=path.name)
    return (read_csv(path, is_heading),)


def table_of(name: str, sheets: tuple[Sheet, ...], wanted: str | None = None) -> Table:
    """The table of one of `sheets`. Raises NoHeaderError when no sheet has a header row."""
    best: tuple[int, Sheet, int] | None = None
    for sheet in sheets:
        if wanted is not None and sheet.name != wanted:
            continue
        count, position = _header(sheet)
        if count >= MIN_HEADINGS and (best is None or count > best[0]):
            best = (count, sheet, position)
    if best is None:
        raise NoHeaderError(name=name)
    _, sheet, position = best
    header = sheet.rows[position]
    others = tuple(s.name for s in sheets if s is not sheet and s.rows)
    return Table(
        name,
        sheet.name,
        header.number,
        _columns(sheet, position),
        _data(sheet, header),
        others,
    )


def _header(sheet: Sheet) -> tuple[int, int]:
    best = (0, 0)
    for position, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        count = sum(1 for value in row.values if is_heading(value))
        if count > best[0]:
            best = (count, position)
    return best


def _columns(sheet: Sheet, position: int) -> tuple[Column, ...]:
    header = sheet.rows[position]
    groups: dict[int, str] = {}
    above = sheet.rows[position - 1] if position else None
    merged = {(top, left): right for top, left, bottom, right in sheet.merged if bottom == top}
    headings = list(header.values)
    if above is not None and header.number - above.number == 1:
        for index, value in enumerate(above.values):
            right = merged.get((above.number, index + 1))
            if value and right is not None:
                groups.update(dict.fromkeys(range(index, min(right, 400)), value))
        for top, left, bottom, right in sheet.merged:  # a heading merged downwards
            if top <= above.number and bottom == header.number and left == right:
                headings.extend([""] * (left - len(headings)))
                headings[left - 1] = headings[left - 1] or above.value(left - 1)
    width = max([len(headings), *(len(row.values) for row in sheet.rows[position + 1 :][:1000])])
    headings.extend([""] * (width - len(headings)))
    return tuple(Column(i, text, groups.get(i, "")) for i, text in enumerate(headings))


def _data(sheet: Sheet, header: Row) -> tuple[Row, ...]:
    """Rows below the header, without repeated headers, the line of column numbers below them and
    the line of the totals.
    """
    rows = []
    for row in spread_merged(sheet, header.number + 1):
        filled = [value for value in row.values if value]
        if row.values == header.values or not filled:
            continue
        if len(filled) <= MOST_TOTALS and _TOTAL.match(fold(filled[0])):
            continue
        numbers = [value.strip("()") for value in filled]
        if (
            row.number == header.number + 1
            and numbers == [str(i) for i in range(1, len(numbers) + 1)]
            and len(numbers) >= MIN_HEADINGS
        ):
            continue
        rows.append(row)
    return tuple(rows)
