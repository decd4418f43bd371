"""Reading the text of PDF pages with pdfium inside a sandbox worker: plain, or words with boxes.

Boxes are in points of the page as shown (rotation and crop applied): x from the left edge, y from
the top edge downwards. Text is NFC; control characters and pdfium's hyphen marks are dropped.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

_SCALE = 100
_BREAKS = {0x0A, 0x0D, 0x0B, 0x0C, 0x2028, 0x2029}
_ZERO_WIDTH = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF, 0x0002, 0x00AD}


def plain_pages(path: str, max_pages: int, max_characters: int) -> dict[str, Any]:
    """Texts of the first `max_pages` pages, at most `max_characters` in all.

    Returns ``{"page_count": n, "texts": [...], "complete": bool}``. Raises PdfiumError when the
    file cannot be opened.
    """
    document = pdfium.PdfDocument(path)
    try:
        count = len(document)
        left = max_characters
        texts: list[str] = []
        for index in range(min(count, max_pages)):
            if left <= 0:
                break
            text = _clean(_page_text(document, index, left))
            left -= len(text)
            texts.append(text)
        return {"page_count": count, "texts": texts, "complete": left > 0 and len(texts) == count}
    finally:
        document.close()


def _page_text(document: Any, index: int, limit: int) -> str:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return ""
    try:
        text_page = page.get_textpage()
        try:
            count = max(0, min(text_page.count_chars(), limit))
            return str(text_page.get_text_range(0, count)) if count else ""
        finally:
            text_page.close()
    except pdfium.PdfiumError:
        return ""
    finally:
        page.close()


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if ord(c) not in _ZERO_WIDTH and _printable(c))
    return unicodedata.normalize("NFC", kept)


def _printable(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"}


def word_pages(path: str, numbers: list[int], max_characters: int) -> dict[str, Any]:
    """Words with boxes of the pages `numbers` (from 1; -1 is the last, -2 the last but one).

    Returns ``{"page_count": n, "pages": [{"number", "width", "height", "lines"}]}``; a line is a
    list of ``[text, x0, y0, x1, y1]`` in the order in which the file holds them. At most
    `max_characters` per page. Raises PdfiumError when the file cannot be opened.
    """
    document = pdfium.PdfDocument(path)
    try:
        count = len(document)
        wanted = sorted({n if n > 0 else count + 1 + n for n in numbers} & set(range(1, count + 1)))
        return {
            "page_count": count,
            "pages": [_words_of(document, number, max_characters) for number in wanted],
        }
    finally:
        document.close()


def _words_of(document: Any, number: int, limit: int) -> dict[str, Any]:
    result: dict[str, Any] = {"number": number, "width": 0.0, "height": 0.0, "lines": []}
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return result
    try:
        result["width"], result["height"] = (round(side, 2) for side in page.get_size())
        text_page = page.get_textpage()
        try:
            result["lines"] = list(_lines(page, text_page, limit))
        finally:
            text_page.close()
    except pdfium.PdfiumError:
        return result
    finally:
        page.close()
    return result


def _lines(page: Any, text_page: Any, limit: int) -> Iterator[list[list[Any]]]:
    to_view = _view(page)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    line: list[list[Any]] = []
    word: list[Any] | None = None

    def finish(word: list[Any] | None) -> None:
        if word is not None and (text := unicodedata.normalize("NFC", word[0]).strip()):
            line.append([text, *(round(value, 1) for value in word[1:])])

    for index in range(min(text_page.count_chars(), limit)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in _ZERO_WIDTH:
            continue
        char = chr(code) if code < 0x110000 else " "
        if code in _BREAKS or char.isspace() or not _printable(char):
            finish(word)
            word = None
            if code in _BREAKS and line:
                yield line
                line = []
            continue
        if not raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top):
            continue
        x0, y0, x1, y1 = to_view(left.value, top.value, right.value, bottom.value)
        if word is None:
            word = [char, x0, y0, x1, y1]
        else:
            word[0] += char
            word[1:] = min(word[1], x0), min(word[2], y0), max(word[3], x1), max(word[4], y1)
    finish(word)
    if line:
        yield line


def _view(page: Any) -> Any:
    """A function from two corners in page space to (x0, y0, x1, y1) as shown, in points."""
    width, height = page.get_size()
    wide, high = max(1, int(width * _SCALE)), max(1, int(height * _SCALE))

    def point(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, wide, high, 0, x, y, across, down)
        return across.value / _SCALE, down.value / _SCALE

    origin, right, up = point(0, 0), point(1000, 0), point(0, 1000)
    a, b = (right[0] - origin[0]) / 1000, (right[1] - origin[1]) / 1000
    c, d = (up[0] - origin[0]) / 1000, (up[1] - origin[1]) / 1000

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        xs = (origin[0] + a * x0 + c * y0, origin[0] + a * x1 + c * y1)
        ys = (origin[1] + b * x0 + d * y0, origin[1] + b * x1 + d * y1)
        return min(xs), min(ys), max(xs), max(ys)

    return box
