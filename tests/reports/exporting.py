"""How exports are made and read in tests."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

import openpyxl
import pypdfium2 as pdfium

from tangthu.kernel import jobs
from tangthu.kernel.models import Job
from tangthu.reports import files
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import Export
from tests.support.house import TestHouse

FORMATS = ("xlsx", "docx", "doc", "pdf")


def made(
    house: TestHouse, who: str = "cuc", *, source: str = "documents", format_: str = "docx",
    columns: Sequence[str] = (), **pairs: str,
) -> Export:  # fmt: skip
    """An export that was ordered and written."""
    export, job = order_export(
        house.acting(who), source=source, pairs=pairs, columns=columns, format_=format_,
        queued=False,
    )  # fmt: skip
    done = jobs.execute(job.id)
    assert done.state == Job.State.DONE, f"{done.message} {done.hint}"
    export.refresh_from_db()
    return export


def text_of(export: Export) -> str:
    """All that stands in the file, pages and headers included, in one text."""
    path = files.file_of(export)
    if export.format == "xlsx":
        page = openpyxl.load_workbook(path).active
        rows = [[str(cell) for cell in row if cell] for row in page.values]
        return "\n".join("\t".join(row) for row in rows) + page.oddHeader.left.text
    if export.format == "docx":
        with zipfile.ZipFile(path) as book:
            parts = [book.read(name).decode() for name in book.namelist() if "word/" in name]
        return re.sub(r"<[^>]+>", " ", "\n".join(parts))
    if export.format == "doc":
        plain = path.read_bytes().decode("ascii")
        return re.sub(r"\\u(-?\d+)\?", lambda one: chr(int(one[1]) % 65536), plain)
    document = pdfium.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)
