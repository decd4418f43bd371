"""A proposed value and the place it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tangthu.capture.text import Box, Line, union
from tangthu.standards.vietnamese.text import fold

Field = Literal["type", "number", "notation", "date", "issuer", "subject", "signer"]
Method = Literal["text", "mended", "notation", "gazetteer", "file_name", "batch"]
MAX_SNIPPET = 500


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value proposed for one field of the description; a person decides.

    `value`: type: TT05 code ("02"); date: ISO 8601, cut to what can be read (2010, 2010-02 or
    2010-02-04); other fields: text. `confidence`: 0 to 1; from 0.85 a screen may pre-fill, below
    0.5 it should only show. `method`: how it was found. `snippet`: the text it rests on, never
    empty; `page` (from 1) and `box` (points from the top left) say where, None for `file_name`
    and `batch`.
    """

    field: Field
    value: str
    confidence: float
    method: Method
    snippet: str
    page: int | None = None
    box: Box | None = None


def from_lines(
    field: Field,
    value: str,
    confidence: float,
    lines: Sequence[Line],
    page: int,
    method: Method = "text",
) -> Proposal:
    """A proposal that rests on `lines` (at least one) of `page`."""
    snippet = " ".join(line.text for line in lines)[:MAX_SNIPPET]
    box = union([line.box for line in lines])
    return Proposal(field, value, round(confidence, 2), method, snippet, page, box)


def letters(text: str) -> str:
    """The letters and digits of `text`, folded, without spaces: what survives poor scanning."""
    return "".join(char for char in fold(text) if char.isalnum())


def capital_share(text: str) -> float:
    """Share of capitals among the letters of `text`; 0 when there are no letters."""
    found = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in found) / len(found) if found else 0.0


def letter_count(text: str) -> int:
    """How many letters `text` has."""
    return sum(char.isalpha() for char in text)
