"""The report as an Excel workbook, to correct away from the screen.

Sheets: Hồ sơ, Tài liệu, Tệp, Phát hiện; a row for each thing, its id in a hidden column. Proposed
values are coloured and stand in their cells; codes are chosen from lists; keys are protected. Every
text is written as text: nothing in a cell is ever a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from tangthu.archive.batch.cells import clean
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.duties import LISTS
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.layout import (
    DOCUMENTS,
    DOSSIERS,
    FILE_COLUMNS,
    FILES,
    FINDING_COLUMNS,
    FINDINGS,
    FORMAT,
    MARK,
    Cell,
    ColumnSpec,
    document_columns,
    document_rows,
    dossier_columns,
    dossier_rows,
    file_rows,
    finding_rows,
)
from tangthu.archive.batch.model import BatchReport

_LISTS_SHEET = "Danh mục"


def write_report(path: Path, report: BatchReport, lists: CodeLists) -> None:
    """Write the report as .xlsx to `path`, streamed row by row. Raises OSError."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        styles = _styles(book)
        about: dict[str, list[Finding]] = {}
        for finding in report.findings:
            about.setdefault(finding.target, []).append(finding)
        validations = _Validations(lists)
        _write_sheet(book, styles, DOSSIERS, dossier_columns(),
                     dossier_rows(report, about, lists), validations)  # fmt: skip
        _write_sheet(book, styles, DOCUMENTS, document_columns(),
                     document_rows(report, about, lists), validations)  # fmt: skip
        _write_sheet(book, styles, FILES, FILE_COLUMNS, file_rows(report, about), validations)
        _write_sheet(book, styles, FINDINGS, FINDING_COLUMNS, finding_rows(report), validations)
        validations.write(book)
        mark = book.add_worksheet(MARK)
        mark.very_hidden()
        mark.write_string(0, 0, FORMAT)
        mark.write_string(0, 1, report.digest)


def _styles(book: Any) -> Mapping[str, Any]:
    base = {"valign": "top", "text_wrap": True, "num_format": "@"}
    colours: Mapping[str, Mapping[str, Any]] = {
        "key": {"bg_color": "#F2F2F2"},
        "edit": {"locked": False},
        "proposed": {"locked": False, "bg_color": "#FFF3C4"},
        "missing": {"locked": False, "bg_color": "#F8D0C8"},
        "blocks": {"bg_color": "#F8D0C8"},
        "asks": {"bg_color": "#FFF3C4"},
        "repairs": {"bg_color": "#D8ECD0"},
        "note": {},
        "head": {"bold": True, "bg_color": "#DDE6EE"},
    }
    return {name: book.add_format({**base, **colour}) for name, colour in colours.items()}


class _Validations:
    """Lists of codes to choose from, on a sheet of their own: some are longer than a cell rule."""

    def __init__(self, lists: CodeLists) -> None:
        self._names = sorted(set(LISTS.values()))
        self._choices = {
            name: [
                f"{code} {label}"
                for code, label in lists.labels.get(name, {}).items()
                if not (name == "mode" and code == "03")
            ]
            for name in self._names
        }

    def rule(self, name: str) -> Mapping[str, Any]:
        """The validation of a cell that takes a code of list `name`."""
        column = chr(65 + self._names.index(name))
        last = max(len(self._choices[name]), 1)
        return {
            "validate": "list",
            "source": f"='{_LISTS_SHEET}'!${column}$1:${column}${last}",
            "error_type": "warning",
            "error_title": "Danh mục",
            "error_message": "Chọn một mã trong danh mục.",
        }

    def write(self, book: Any) -> None:
        """Add the sheet of the lists."""
        sheet = book.add_worksheet(_LISTS_SHEET)
        sheet.hide()
        height = max(len(choices) for choices in self._choices.values())
        for row in range(height):
            for column, name in enumerate(self._names):
                if row < len(self._choices[name]):
                    sheet.write_string(row, column, self._choices[name][row])


def _write_sheet(
    book: Any,
    styles: Mapping[str, Any],
    name: str,
    columns: Sequence[ColumnSpec],
    rows: Iterator[list[Cell]],
    validations: _Validations,
) -> None:
    sheet = book.add_worksheet(name)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True})
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width, None, {"hidden": column.key == "#id"})
    sheet.set_row(0, None, None, {"hidden": True})
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column.key, styles["head"])
    for index, column in enumerate(columns):
        sheet.write_string(1, index, column.title, styles["head"])
    sheet.freeze_panes(2, min(4, len(columns)))
    last = 2
    for last, cells in enumerate(rows, start=2):
        for index, (text, style) in enumerate(cells):
            sheet.write_string(last, index, clean(text), styles[style])
    for index, column in enumerate(columns):
        if column.listed:
            sheet.data_validation(2, index, last, index, validations.rule(column.listed))
