"""Number and notation (số, ký hiệu) from the line “Số: 12/QĐ-UBND”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tangthu.capture.extract.evidence import Method, Proposal, from_lines
from tangthu.capture.extract.heading import Heading
from tangthu.standards.vietnamese.codes import canonical_notation, parse_code

_LABEL = re.compile(r"^\W{0,3}[sS5]\s?[^\W\d_]['’`´]?\s*[:;.,]?\s*")
_GROUPS = re.compile(r"/\s*([^\W\d_][\w.&]*(?:\s*[-–]\s*[^\W\d_][\w.&]*){0,4})")
_PARTY = re.compile(r"(\d{1,5})?\s*[-–]\s*([^\W\d_]{1,4})\s*/\s*([^\W\d_][\w.-]{0,14})")
_DIGITS = re.compile(r"(\d{1,5})([a-zA-Z]?)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX = 120


def read_code(heading: Heading) -> Iterator[Proposal]:
    """Proposals for number and notation; the number only when nothing but digits was read.

    Numbers are mostly written by hand on a dotted line. Scanners then read dots, signs and letters
    around stray digits; such a number is not proposed.
    """
    if not heading.number:
        return
    text = " ".join(line.text for line in heading.number)[:_MAX]
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    party = _PARTY.search(rest)
    if party and parse_code("/" + party.group(2)).type_code:
        yield from _party_code(party, heading)
        return
    found = list(_GROUPS.finditer(rest))
    if not found:
        return
    match = found[-1]
    page = heading.page.number
    notation, confidence = judge_notation(match.group(1), rest[match.end() :])
    if notation:
        mended = notation != re.sub(r"\s", "", match.group(1))
        method: Method = "mended" if mended else "text"
        yield from_lines("notation", notation, confidence, heading.number, page, method)
    number = _number(rest[: match.start()])
    if number:
        value, confidence = number
        yield from_lines("number", value, confidence, heading.number, page)


def _party_code(match: re.Match[str], heading: Heading) -> Iterator[Proposal]:
    """Number and notation of a Party paper: “Số 12-QĐ/TU” gives 12 and QĐ/TU."""
    notation = f"{match.group(2)}/{match.group(3).upper()}"
    page = heading.page.number
    yield from_lines("notation", notation, 0.8, heading.number, page)
    if match.group(1) and int(match.group(1)):
        yield from_lines("number", match.group(1), 0.7, heading.number, page)


def judge_notation(written: str, after: str = "") -> tuple[str, float]:
    """The notation in official form and how sure it is; ("", 0) when it cannot be one."""
    notation = canonical_notation("/" + written, ocr=True)
    groups = notation.split("-")
    if not notation or len(notation) > 40 or not any(len(group) > 1 for group in groups):
        return "", 0.0
    known = parse_code("/" + notation).type_code is not None
    confidence = 0.9 if known else 0.7
    if len(groups) == 1:
        confidence -= 0.3
    if any(len(group) == 1 or not group[:1].isupper() for group in groups):
        confidence -= 0.3
    if after[:1] and not after[:1].isspace() and after[:1] not in ".,;":
        confidence -= 0.3
    return notation, confidence


def _number(before: str) -> tuple[str, float] | None:
    """The number before the notation; groups “12/2009” give 12."""
    groups = [group.strip() for group in before.split("/")]
    year = len(groups) == 2 and bool(_YEAR.fullmatch(groups[1]))
    if len(groups) > 1 and not year:
        return None
    bare = groups[0].strip(" .…_")
    match = _DIGITS.fullmatch(bare)
    if match is None or int(match.group(1)) == 0:
        return None
    clean = bare == groups[0]
    if not clean and len(bare) < 2:
        return None
    return match.group(1) + match.group(2), 0.8 if clean else 0.55
