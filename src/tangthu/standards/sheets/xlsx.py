"""A list as .xlsx, streamed: nothing in it is ever a formula or a link.

Every cell is text, but for whole numbers in the columns of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from tangthu.standards.sheets.model import Row, Sheet, clean

MAX_CELL = 32_767  # Excel's own limit for the text of a cell
MAX_ROWS = 1_048_000
_MAX_FOOTER = 240
_WIDTH = 130
_EXACT = 15  # digits that Excel keeps of a number


class TooManyRowsError(ValueError):
    """A list is longer than a sheet."""


def write_xlsx(path: Path, sheet: Sheet, rows: Iterable[Row], *, temporary: Path) -> int:
    """Write the list to `path`; `temporary` holds what is streamed meanwhile. Raises OSError.

    Returns how many rows there were. Raises TooManyRowsError beyond MAX_ROWS: no more fit a sheet.
    """
    options = {
        "constant_memory": True, "tmpdir": str(temporary), "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        if sheet.origin:
            book.set_custom_property("Origin", clean(sheet.origin), "text")
        font = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
        plain = book.add_format(font)
        bold = book.add_format({**font, "bold": True})
        title = book.add_format({**font, "bold": True, "font_size": 14})
        small = book.add_format({**font, "italic": True, "font_size": 9})
        heading = book.add_format(
            {**font, "bold": True, "border": 1, "text_wrap": True, "align": "center",
             "bg_color": "#EDEDED"}
        )  # fmt: skip
        cells = [
            book.add_format({**font, "border": 1, "text_wrap": True, "align": column.align})
            for column in sheet.columns
        ]
        page = book.add_worksheet()
        for number, width in enumerate(sheet.widths(max(_WIDTH, 12 * len(sheet.columns)))):
            page.set_column(number, number, max(5, width), plain)
        at = 0
        lines = [(sheet.body, bold), (sheet.title, title), (sheet.mark, small)]
        lines += [(f"{label}: {value}", plain) for label, value in sheet.facts]
        for text, style in lines:
            page.write_string(at, 0, _fit(text), style)
            at += 1
        at += 1
        for number, column in enumerate(sheet.columns):
            page.write_string(at, number, _fit(column.heading), heading)
        _set_print(page, sheet, at)
        count = 0
        for row in rows:
            count += 1
            if count > MAX_ROWS:
                raise TooManyRowsError(f"{MAX_ROWS} rows fit a sheet")
            at += 1
            for number, text in enumerate(row):
                if sheet.columns[number].number and _is_count(text):
                    page.write_number(at, number, int(text), cells[number])
                else:
                    page.write_string(at, number, _fit(text), cells[number])
        page.write_string(at + 2, 0, _fit(sheet.closing(count)), plain)
    return count


def _is_count(text: str) -> bool:
    """Whether the text is a number that a cell holds exactly, and shows as it stands."""
    plain = text.isascii() and text.isdigit() and len(text) <= _EXACT
    return plain and (text == "0" or not text.startswith("0"))


def _fit(text: str) -> str:
    return clean(text)[:MAX_CELL]


def _set_print(page: object, sheet: Sheet, headings: int) -> None:
    """Page set-up: A4, headings on every page, the mark above and the number below."""
    page.set_paper(9)  # type: ignore[attr-defined]
    if sheet.landscape:
        page.set_landscape()  # type: ignore[attr-defined]
    page.fit_to_pages(1, 0)  # type: ignore[attr-defined]
    page.repeat_rows(headings)  # type: ignore[attr-defined]
    page.freeze_panes(headings + 1, 0)  # type: ignore[attr-defined]
    mark = clean(sheet.mark).replace("\n", " ")
    # An ampersand begins a command there, and Excel refuses more than 255 characters in all.
    shown = mark.replace("&", "&&")[:_MAX_FOOTER]
    if (len(shown) - len(shown.rstrip("&"))) % 2:
        shown = shown[:-1]
    page.set_header(f"&L{shown}")  # type: ignore[attr-defined]
    page.set_footer(f"&C{sheet.page} &P / &N")  # type: ignore[attr-defined]
