"""The date (ngày, tháng, năm) from the line “Vị Thanh, ngày 09 tháng 02 năm 2010”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tangthu.capture.extract.evidence import Method, Proposal, from_lines
from tangthu.capture.extract.heading import Heading, looks_dated
from tangthu.capture.text import Line, PageText
from tangthu.standards.vietnamese.dates import DateError, PartialDate
from tangthu.standards.vietnamese.text import fold

_DAY = re.compile(r"ng.{0,2}[yv]")
_MONTH = re.compile(r"th.{1,2}ng")
_YEAR_WORD = re.compile(r"n.{1,2}m|[a-z]{0,2}am(?= )")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LIKE_DIGITS = str.maketrans("lijt|!][ouqd", "111111110000")
_PLAIN = re.compile(r"\d{1,2}")


def read_date(heading: Heading, pages: Sequence[PageText]) -> Iterator[Proposal]:
    """A proposal for the date, cut to what can be read for sure: day, month or only the year.

    Day and month are mostly written by hand. They are taken only when nothing but one or two digits
    stands between the printed words. Without a date in the head, the lowest line of place and date
    of the first page that has one is used, less surely.
    """
    for line in heading.dated:
        found = parse_dated(line.text)
        if found:
            yield _proposal(found, line, heading.page.number, 0.0)
            return
    for page in pages:
        for line in reversed(page.lines):
            if looks_dated(line.text) and _begins_with_place(line.text):
                found = parse_dated(line.text)
                if found:
                    yield _proposal(found, line, page.number, 0.15)
                    return


def _proposal(
    found: tuple[PartialDate, float, bool], line: Line, page: int, discount: float
) -> Proposal:
    value, confidence, mended = found
    method: Method = "mended" if mended else "text"
    return from_lines("date", str(value), confidence - discount, [line], page, method)


def _begins_with_place(text: str) -> bool:
    place, comma, _ = text.partition(",")
    return bool(comma) and 2 <= len(place) <= 30 and place.strip()[:1].isupper()


def parse_dated(text: str) -> tuple[PartialDate, float, bool] | None:
    """The date of a line of place and date, its confidence, and whether digits were mended."""
    folded = fold(text[:120])
    month_word = _MONTH.search(folded)
    if month_word is None:
        return None
    day_word = _DAY.search(folded[: month_word.start()])
    tail = folded[month_word.end() :]
    year = _year(tail)
    if year is None:
        return None
    number, at, mended = year
    between = tail[:at]
    year_word = _YEAR_WORD.search(between)
    month = _two(between[: year_word.start()] if year_word else between)
    day = _two(folded[day_word.end() : month_word.start()]) if day_word else None
    confidence = 0.75 if mended else 0.95
    if month is None:
        return PartialDate(number), confidence, mended
    if day is not None:
        try:
            sure = min(confidence, 0.9 if day[1] and month[1] else 0.6)
            return PartialDate(number, month[0], day[0]), sure, mended
        except DateError:
            confidence = min(confidence, 0.7)
    try:
        return PartialDate(number, month[0]), min(confidence, 0.8 if month[1] else 0.6), mended
    except DateError:
        return PartialDate(number), confidence, mended


def _two(text: str) -> tuple[int, bool] | None:
    """One or two digits standing alone; True if nothing suggests a dotted line or handwriting."""
    bare = text.strip(" .…_")
    if not _PLAIN.fullmatch(bare) or int(bare) == 0:
        return None
    dotted = bare != text.strip()
    if dotted and len(bare) < 2:
        return None
    padded = len(bare) == 2 or 3 <= int(bare) <= 9
    return int(bare), padded and not dotted


def _year(tail: str) -> tuple[int, int, bool] | None:
    """The year in `tail`, where it begins, and whether letters had to be read as digits."""
    plain = list(_YEAR.finditer(tail))
    if plain:
        return int(plain[-1].group()), plain[-1].start(), False
    for width in (4, 5):
        end = len(tail.rstrip(" .,'`-_"))
        start = end - width
        if start < 0:
            continue
        piece = tail[start:end].replace(" ", "")
        digits = piece.translate(_LIKE_DIGITS)
        enough = sum(char.isdigit() for char in piece) >= 2
        if len(piece) == 4 and enough and piece[:2] in ("19", "20") and _YEAR.fullmatch(digits):
            return int(digits), start, True
    return None
