"""Where the parts of an official document's first page stand (NĐ 30/2020, Phụ lục I, mục II–III).

Left column: superior body, issuing body, number with notation, and for công văn the subject (V/v).
Right column: national title, motto, place and date. Below, centred: name of the type, subject.
Older and private papers miss some parts; each part here may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from tangthu.capture.extract.evidence import capital_share, letter_count, letters
from tangthu.capture.text import Line, PageText
from tangthu.standards.vietnamese.text import fold

_NATION = "conghoaxahoichunghiavietnam"
_PARTY = "dangcongsanvietnam"
_MOTTO = "doclaptudohanhphuc"
_PHRASE_FLOOR = 72.0
_MAX_LINES = 70
_MAX_WORDS = 40
_NUMBER = re.compile(r"^\W{0,3}s[o0][a-z]?(?![a-z])")
_MONTH = re.compile(r"th.{1,2}ng")
_LABEL = re.compile(r"^\W{0,3}s[o0]['’`´]?\s?[:;.]")
_DAY = re.compile(r"(?:^\W{0,3}|,\s*|\.\s*|\s)ng.{0,2}[yv](?!\s?,)")
_ABOUT = re.compile(r"^\W{0,3}(v\s?[/.]\s?v|ve viec|trich yeu)")
_ADDRESSEE = re.compile(r"^\W{0,3}kinh g.?[uiứ]")


@dataclass(frozen=True, slots=True)
class Heading:
    """The parts of a first page; `body` are the lines under the head, in reading order."""

    page: PageText
    header: tuple[Line, ...]
    number: tuple[Line, ...]
    about: tuple[Line, ...]
    dated: tuple[Line, ...]
    body: tuple[Line, ...]
    has_nation: bool


def read_heading(page: PageText) -> Heading:
    """Sort the lines of a first page into the parts of the head; total on any page."""
    lines = list(page.lines[:_MAX_LINES])
    lines, nation = _cut_out(lines, _NATION, page)
    if nation is None:
        lines, nation = _cut_out(lines, _PARTY, page)
    lines, motto = _cut_out(lines, _MOTTO, page)
    right = [line for line in (nation, motto) if line is not None]
    middle = min((line.box[0] for line in right), default=page.width / 2)
    top = min((line.box[1] for line in right), default=0.0) - 3 * page.line_height
    bottom = max((line.box[3] for line in right), default=0.0)
    used: set[int] = set()

    dated = _dated(lines, page, bottom, used)
    number = _number(lines, page, middle, used, bool(right))
    about = _about(lines, number, page, middle, used)
    floor = _floor(number, dated, right, page)
    header = _header(lines, (top, floor), middle, page, used) if right or number else []
    low = max([bottom, *(line.box[3] for line in (*number, *dated, *header))], default=0.0)
    body = [
        line
        for index, line in enumerate(lines)
        if index not in used and line.middle[1] > low - page.line_height * 0.3
    ]
    return Heading(
        page, tuple(header), tuple(number), tuple(about), tuple(dated), tuple(body), bool(right)
    )


def is_addressee(line: Line) -> bool:
    """Whether the line begins the address (“Kính gửi”)."""
    return bool(_ADDRESSEE.match(_folded(line)))


def is_about(line: Line) -> bool:
    """Whether the line begins a subject (“V/v”, “Về việc”)."""
    return bool(_ABOUT.match(_folded(line)))


def _folded(line: Line) -> str:
    return fold(line.text[:300])


def _cut_out(lines: list[Line], phrase: str, page: PageText) -> tuple[list[Line], Line | None]:
    """Take the line, or the end of a line, that reads like `phrase` out of the top of the page."""
    best: tuple[float, int, int] = (0.0, -1, 0)
    for index, line in enumerate(lines):
        if line.box[1] > page.height * 0.45:
            continue
        words = line.words[:_MAX_WORDS]
        plain = [letters(word.text) for word in words]
        for start in range(len(words)):
            tail = "".join(plain[start:])
            if abs(len(tail) - len(phrase)) > 10:
                continue
            score = fuzz.ratio(tail, phrase)
            if score > best[0]:
                best = (score, index, start)
    score, index, start = best
    if score < _PHRASE_FLOOR:
        return lines, None
    line = lines[index]
    rest = [Line(line.words[:start])] if start else []
    return lines[:index] + rest + lines[index + 1 :], Line(line.words[start:])


def _dated(lines: list[Line], page: PageText, bottom: float, used: set[int]) -> list[Line]:
    """The line of place and date: “…, ngày … tháng … năm …” near the head."""
    for index, line in enumerate(lines):
        if line.box[1] < bottom - page.line_height or line.box[1] > page.height * 0.5:
            continue
        if index in used or line.box[2] < page.width * 0.45:
            continue
        row = [index]
        if not looks_dated(line.text):
            row += _beside(index, lines, page, used)
        if looks_dated(" ".join(lines[number].text for number in row)):
            used.update(row)
            return [Line(tuple(word for number in row for word in lines[number].words))]
    return []


def _beside(index: int, lines: list[Line], page: PageText, used: set[int]) -> list[int]:
    """Lines right of the line `index` on the same height, from left to right."""
    line = lines[index]
    found = [
        other
        for other, more in enumerate(lines)
        if other != index
        and other not in used
        and abs(more.middle[1] - line.middle[1]) < page.line_height * 0.6
        and more.box[0] >= line.box[2]
    ]
    return sorted(found, key=lambda other: lines[other].box[0])


def looks_dated(text: str) -> bool:
    """Whether `text` is a line of place and date, not a sentence that mentions a date."""
    folded = fold(text[:120])
    day, month = _DAY.search(folded), _MONTH.search(folded)
    if month is None or len(text) > 90:
        return False
    if folded.lstrip().startswith(("can cu", "tu ", "den ", "ke tu", "thuc hien")):
        return False
    after = folded[month.end() :]
    if after.lstrip().startswith(","):
        return False
    if day is None:
        return "," in folded[: month.start()] and month.start() <= 40 and len(after) <= 30
    before = folded[: day.start() + 1].strip()
    placed = not before or before.endswith((",", ".")) or len(before) <= 20
    return placed and day.start() <= 30 and day.end() <= month.start() and len(after) <= 30


def _number(
    lines: list[Line], page: PageText, middle: float, used: set[int], has_nation: bool
) -> list[Line]:
    """The line “Số: …/…”, with a notation that stands apart on the same height."""
    for index, line in enumerate(lines):
        if index in used or line.box[1] > page.height * 0.5 or line.box[0] > middle:
            continue
        if not _NUMBER.match(_folded(line)) or letter_count(line.text) > 45:
            continue
        labelled = bool(_LABEL.match(_folded(line)))
        if not labelled and ("/" not in line.text or not has_nation):
            continue
        if line.box[2] - line.box[0] > page.width * 0.6:
            continue
        found = [line]
        used.add(index)
        if "/" not in line.text:
            for other in _beside(index, lines, page, used):
                if lines[other].box[0] < middle:
                    found.append(lines[other])
                    used.add(other)
        return found
    return []


def _about(
    lines: list[Line], number: list[Line], page: PageText, middle: float, used: set[int]
) -> list[Line]:
    """The subject of a công văn: lines under the number, in the left column, from “V/v” on."""
    if not number:
        return []
    below = number[0].box[3]
    column = [
        (index, line)
        for index, line in enumerate(lines)
        if index not in used
        and line.middle[1] > below - page.line_height * 0.2
        and line.box[0] < middle
        and line.middle[0] < page.width * 0.42
    ]
    found: list[Line] = []
    for index, line in column:
        if is_addressee(line) or len(found) >= 10:
            break
        if not found:
            if line.box[1] - below > 4 * page.line_height:
                break
            if not is_about(line):
                continue
        elif line.middle[1] - found[-1].middle[1] > 1.9 * page.line_height:
            break
        found.append(line)
        used.add(index)
    return found


def _floor(
    number: Sequence[Line], dated: Sequence[Line], right: Sequence[Line], page: PageText
) -> float:
    """The height at which the names of the bodies in the left column end."""
    if number:
        return number[0].middle[1]
    if dated:
        return dated[0].middle[1]
    return max((line.box[3] for line in right), default=0.0) + 2.2 * page.line_height


def _header(
    lines: list[Line],
    span: tuple[float, float],
    middle: float,
    page: PageText,
    used: set[int],
) -> list[Line]:
    """The names of superior and issuing body: left column, mostly capitals, above the number."""
    found: list[Line] = []
    for index, line in enumerate(lines):
        inside = span[0] <= line.middle[1] < span[1]
        if index in used or not inside or line.middle[0] >= middle or line.box[0] > middle - 20:
            continue
        text = line.text
        labelled = ":" in text and fold_starts(text, ("ten don vi", "don vi", "co quan"))
        if letter_count(text) < 4 or not (labelled or capital_share(text) >= 0.55):
            continue
        if line.box[2] > middle + page.width * 0.12:
            continue
        found.append(line)
        used.add(index)
    return found


def fold_starts(text: str, beginnings: tuple[str, ...]) -> bool:
    """Whether `text`, folded and without leading signs, begins with one of `beginnings`."""
    return fold(text[:80]).lstrip(" .,;:-–•*_'\"(").startswith(beginnings)
