"""Our copy of an index without some of its rows: nothing else of the old file is kept.

The file is written anew from the texts that were read, so that comments, other sheets, caches and
shared strings of the old one cannot keep what was taken out. Row numbers stay as they were.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import os
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]

from tangthu.archive.batch.cells import Sheet
from tangthu.archive.batch.tables import read_sheets, table_of
from tangthu.standards import durable

_NO_DATE = dt.datetime(2000, 1, 1)  # noqa: DTZ001


def blank_rows(path: Path, numbers: Set[int]) -> None:
    """Take the rows `numbers` out of the index at `path`; the old bytes are overwritten.

    Can be repeated after a crash at any moment. Raises OSError, or a BatchError for a file that is
    no index.
    """
    _finish(path)
    sheets = read_sheets(path)
    table = table_of(path.name, sheets)
    sheet = next(one for one in sheets if one.name == table.sheet)
    kept = {row.number: row.values for row in sheet.rows if row.number <= table.header_row}
    kept.update({row.number: row.values for row in table.rows if row.number not in numbers})
    is_csv = path.suffix.lower() == ".csv"
    data = _csv(kept) if is_csv else _xlsx(sheet, kept, table.header_row)
    os.link(path, _old(path))
    durable.write_file(path, [data], what="batch.index", mode=0o600)
    _finish(path)


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _finish(path: Path) -> None:
    """Do away with the old file that an interrupted run may have left beside the new one."""
    old = _old(path)
    if not old.exists():
        return
    if path.exists() and old.samefile(path):
        old.unlink()
    else:
        durable.overwrite_and_remove(old)


def _csv(rows: Mapping[int, tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for number in range(1, max(rows, default=0) + 1):
        writer.writerow(rows.get(number, ()))
    return out.getvalue().encode("utf-8-sig")


def _xlsx(sheet: Sheet, rows: Mapping[int, tuple[str, ...]], header_row: int) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": False}) as book:
        book.set_properties({"created": _NO_DATE})  # blanked twice after a crash, the same bytes
        page = book.add_worksheet(sheet.name[:31])
        _merge(page, rows, (area for area in sheet.merged if area[2] <= header_row))
        for number, values in rows.items():
            for column, value in enumerate(values):
                if value:
                    page.write_string(number - 1, column, value)
    return buffer.getvalue()


def _merge(
    page: Any,
    rows: Mapping[int, tuple[str, ...]],
    areas: Iterable[tuple[int, int, int, int]],
) -> None:
    for top, left, bottom, right in areas:
        values = rows.get(top, ())
        value = values[left - 1] if left <= len(values) else ""
        with contextlib.suppress(XlsxWriterException):
            page.merge_range(top - 1, left - 1, bottom - 1, right - 1, value)
