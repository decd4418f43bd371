"""Signs of a state secret: a stamp on the first page, or a degree of secrecy stated in an index.

A connected installation refuses state secrets (AR-127). What is *declared* secret is refused at
once; what only *looks* secret waits for a named officer. The stamp reads MẬT, TỐI MẬT or TUYỆT MẬT
in a frame of its own in the upper part of the first page (TT 24/2020/TT-BCA), so a stand-alone line
is looked for, never the word in running text: `bí mật kinh doanh`, `bảo mật`, `mật ong` are no
secrets. A finding never quotes the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tangthu.capture.text import Box, Line, PageText
from tangthu.standards.vietnamese.text import fold, without_tones

Degree = Literal["mat", "toi_mat", "tuyet_mat"]

_UPPER_PART = 0.5
_STAMPS: tuple[tuple[Degree, re.Pattern[str]], ...] = (
    ("tuyet_mat", re.compile(r"t?uy[eé3c]?t\s?m[aâ4]t")),
    ("toi_mat", re.compile(r"t[o0óô][il1!]\s?m[aâ4]t")),
    ("mat", re.compile(r"m[aâ4]t")),
)
_DECLARED: dict[str, Degree] = {
    "mat": "mat", "do mat": "mat", "toi mat": "toi_mat", "tuyet mat": "tuyet_mat",
    "tai lieu mat": "mat", "tai lieu toi mat": "toi_mat", "tai lieu tuyet mat": "tuyet_mat",
}  # fmt: skip
_MODES = {"03", "3", "03 mat", "3 mat", "mat 03", "mat 3"}
_LETTERS: dict[str, Degree] = {"a": "tuyet_mat", "b": "toi_mat", "c": "mat"}
_MISREAD = {"MẬT", "MÂT", "MẠT", "MẶT", "MẦT", "MẪT", "MẨT", "MẤT", "MAT", "M4T"}
_NAMED_LINE = re.compile(r"^(do mat|do khan|muc do mat)\s*:?\s*")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A stamp-like line on page 1: the degree it resembles, where, and how sure (0 to 1)."""

    degree: Degree
    box: Box
    confidence: float


def suspect_stamp(page: PageText) -> Suspicion | None:
    """The strongest sign of a secrecy stamp in the upper half of a first page, or None."""
    found = [
        suspicion
        for line in page.lines
        if line.middle[1] < page.height * _UPPER_PART and (suspicion := _stamp(line))
    ]
    return max(found, key=lambda suspicion: suspicion.confidence, default=None)


def suspect_text(text: str) -> Degree | None:
    """The degree of a stand-alone stamp line among the first 40 lines of plain text, or None.

    For text without places (office formats, plain extraction).
    """
    for line in text[:10_000].splitlines()[:40]:
        found = _degree(line)
        if found:
            return found[0]
    return None


def declared_degree(value: object, *, column: Literal["mode", "secrecy"] = "mode") -> Degree | None:
    """The degree that an index value declares, or None.

    Words (`Mật`, `TỐI MẬT`, `Tuyệt mật`) count in every column; `03` and `3` only as access mode
    (TT05 `mode`: 03 Mật); the register letters A, B, C only in a column for the degree of secrecy.
    `Không`, `Thường`, `Công khai` and all else declare nothing.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"[\s\-–_.:/()]+", " ", fold(str(value)[:100])).strip()
    text = re.sub(r"^(do mat|che do su dung|muc do mat) (?=\S)", "", text)
    if column == "mode" and text in _MODES:
        return "mat"
    if column == "secrecy" and text in _LETTERS:
        return _LETTERS[text]
    return _DECLARED.get(text)


def _stamp(line: Line) -> Suspicion | None:
    found = _degree(line.text)
    return Suspicion(found[0], line.box, found[1]) if found else None


def _degree(text: str) -> tuple[Degree, float] | None:
    """The degree if the whole line is a stamp: capitals, nothing else but signs of a frame."""
    if len(text) > 60:
        return None
    bare = text.strip(" \t|[](){}<>/\\_-–—=.,:;*•'\"`~^!")
    named = _NAMED_LINE.match(fold(bare))
    word = bare[named.end() :] if named and ":" in bare else bare
    word = _close_up(word)
    letters = [char for char in word if char.isalpha()]
    if not letters or not any(char.isalpha() for char in fold(word)):
        return None
    capitals = sum(char.isupper() for char in letters) / len(letters)
    if not named and capitals < 0.75:
        return None
    folded = fold(word)
    for degree, pattern in _STAMPS:
        if pattern.fullmatch(folded):
            exact = without_tones(word).upper() in {"MÂT", "TÔI MÂT", "TUYÊT MÂT"}
            if degree == "mat" and not exact and not named and word.upper() not in _MISREAD:
                return None
            return degree, 0.95 if exact else 0.7
    return None


def _close_up(text: str) -> str:
    """Letters set apart (`M Ậ T`, `T Ố I  M Ậ T`) joined to words."""
    parts = text.split()
    if len(parts) >= 3 and all(len(part) == 1 for part in parts):
        joined = "".join(parts)
        return joined[:-3] + " " + joined[-3:] if len(joined) > 3 else joined
    return " ".join(parts)
