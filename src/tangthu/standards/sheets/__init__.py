"""Long lists as office files: Word (ECMA-376 WordprocessingML and RTF 1.9), Excel and PDF.

Rows come as an iterator and go out as they come, so that memory does not grow with the list. Every
page of a Word or PDF list, and every printed page of an Excel one, carries the sheet's mark.
"""

from tangthu.standards.sheets.docx import write_docx
from tangthu.standards.sheets.model import Column, Row, Sheet, clean, lies
from tangthu.standards.sheets.pdf import PdfList
from tangthu.standards.sheets.rtf import write_rtf
from tangthu.standards.sheets.xlsx import write_xlsx

__all__ = [
    "Column", "PdfList", "Row", "Sheet", "clean", "lies", "write_docx", "write_rtf", "write_xlsx",
]  # fmt: skip
