"""A list as it is to be written: its heading, its columns, its mark; the rows come beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Row = Sequence[str]

# What XML 1.0 (section 2.2) cannot hold, and the marks that turn the direction of writing round.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e]")
_MANY_COLUMNS = 5


def lies(columns: int) -> bool:
    """Whether a list of so many columns, STT among them, needs a page that lies."""
    return columns > _MANY_COLUMNS


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, how wide it is beside the others, how its cells are set.

    `number`: it holds counts, which a spreadsheet can add up.
    """

    heading: str
    weight: int = 10
    align: Literal["left", "center", "right"] = "left"
    number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list without its rows.

    `facts` stand under the title, label and value; `mark` stands on every page; `closing` takes the
    number of rows and gives the line after them; `page` is the word before a page number. `origin`
    is ASCII that no page shows: programs read there from which system the file comes.
    """

    body: str
    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    mark: str
    closing: Callable[[int], str]
    page: str = "Trang"
    origin: str = ""

    @property
    def landscape(self) -> bool:
        """Whether the list needs a page that lies."""
        return lies(len(self.columns))

    def widths(self, total: int) -> list[int]:
        """The columns' shares of `total`, whole numbers that add up to it."""
        weights = [column.weight for column in self.columns]
        shares = [total * weight // sum(weights) for weight in weights]
        shares[-1] += total - sum(shares)
        return shares


def clean(text: str) -> str:
    """`text` without what an office file cannot hold; ends of lines become one `\\n` each."""
    return _UNFIT.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
