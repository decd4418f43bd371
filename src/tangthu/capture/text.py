"""The text of a PDF: plain for the search index, or lines with places for reading the heading.

Official documents (NĐ 30/2020, Phụ lục I) open with two columns: the issuing body with number on
the left, the national title with place and date on the right. A text layer often runs these
together in one line; `PageText` keeps them apart and gives left before right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from tangthu.kernel.sandbox import Sandbox

Box = tuple[float, float, float, float]
MAX_PAGES = 5_000
MAX_CHARACTERS = 20_000_000
_LAYOUT_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Word:
    """One word and its box in points from the top left corner of the page as shown."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one line within one column, from left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The box around all words."""
        return union([word.box for word in self.words])

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the box, x and y."""
        x0, y0, x1, y1 = self.box
        return (x0 + x1) / 2, (y0 + y1) / 2


@dataclass(frozen=True)
class PageText:
    """One page: number from 1, size in points, lines from top to bottom, left before right."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All lines, one per row."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def line_height(self) -> float:
        """Median height of the lines in points; 12 when there are none."""
        heights = sorted(line.box[3] - line.box[1] for line in self.lines)
        return max(4.0, heights[len(heights) // 2]) if heights else 12.0


@dataclass(frozen=True, slots=True)
class PlainText:
    """Texts of the pages in order; `complete` is False when a limit cut them."""

    page_count: int
    pages: tuple[str, ...]
    complete: bool


def read_plain(
    path: Path,
    sandbox: Sandbox,
    *,
    max_pages: int = MAX_PAGES,
    max_characters: int = MAX_CHARACTERS,
) -> PlainText:
    """The text layer of the PDF at `path`, without places. Raises SandboxError."""
    answer = sandbox.call(
        "tangthu.capture.pages:plain_pages", str(path.absolute()), max_pages, max_characters
    )
    return PlainText(answer["page_count"], tuple(answer["texts"]), bool(answer["complete"]))


def read_layout(
    path: Path, sandbox: Sandbox, pages: Sequence[int] = (1, 2, -1)
) -> tuple[PageText, ...]:
    """Lines with places of some pages (from 1; -1 is the last). Raises SandboxError."""
    answer = sandbox.call(
        "tangthu.capture.pages:word_pages", str(path.absolute()), list(pages), _LAYOUT_CHARACTERS
    )
    return tuple(page_from(page) for page in answer["pages"])


def page_from(page: dict[str, Any]) -> PageText:
    """A `PageText` from one page of `pages.word_pages`."""
    rows = [
        [Word(str(text), (x0, y0, x1, y1)) for text, x0, y0, x1, y1 in line]
        for line in page["lines"]
    ]
    lines = [part for row in rows if row for part in _split(row)]
    return PageText(page["number"], page["width"], page["height"], tuple(_ordered(lines)))


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around `boxes` (at least one)."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _split(words: list[Word]) -> list[Line]:
    """Cut a row where the gap is far wider than a space: there a new column begins."""
    words = sorted(words, key=lambda word: word.box[0])
    height = sorted(word.box[3] - word.box[1] for word in words)[len(words) // 2]
    parts: list[list[Word]] = [[words[0]]]
    for before, after in pairwise(words):
        if after.box[0] - before.box[2] > max(12.0, 1.6 * height):
            parts.append([])
        parts[-1].append(after)
    return [Line(tuple(part)) for part in parts]


def _ordered(lines: list[Line]) -> list[Line]:
    """Top to bottom; lines of about the same height go from left to right."""
    lines = sorted(lines, key=lambda line: line.middle[1])
    ordered: list[Line] = []
    row: list[Line] = []
    for line in lines:
        height = line.box[3] - line.box[1]
        if row and line.middle[1] - row[0].middle[1] > max(3.0, 0.45 * height):
            ordered += sorted(row, key=lambda item: item.box[0])
            row = []
        row.append(line)
    return ordered + sorted(row, key=lambda item: item.box[0])
