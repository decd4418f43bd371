"""Type (tên loại) and subject (trích yếu) from the centred lines under the head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tangthu.capture.extract.evidence import (
    Method,
    Proposal,
    capital_share,
    from_lines,
    letter_count,
)
from tangthu.capture.extract.heading import Heading, is_about, is_addressee
from tangthu.capture.text import Line, PageText
from tangthu.standards.vietnamese.codes import parse_code
from tangthu.standards.vietnamese.record_types import OTHER, TypeMatch, match_type
from tangthu.standards.vietnamese.text import collapse_spaces, fold, words

CONG_VAN = "22"
_MAX_SUBJECT_LINES = 9
_MAX_SUBJECT = 1_000
_STOP = re.compile(
    r"^\W{0,3}("
    r"kinh g.?[ui]|can cu|stt\b|tt\b|ho (va|&) ten|ho ten|toi ten|chuc vu|don vi\b.{0,6}:|ben a\b"
    r"|dieu \d|hom nay|(i|1)\s?[.)]|theo de nghi|xet de nghi|\(\s?theo\b|\(?\s?(ban hanh )?kem theo"
    r"|ngay,? thang|so\W*$|\(?\s?tinh den|\(?\s?don vi tinh)"
)
_AUTHORITY = re.compile(
    r"(truong|chu tich|giam doc|uy ban nhan dan|bo truong|hoi dong|chanh|thu tuong|chinh phu|"
    r"quoc hoi|ban (chap hanh|thuong vu)|tong thanh tra|vien truong|chanh an)\b"
)
_PARTY_TYPE = re.compile(r"[-–]\s*([^\W\d_]{1,4})\s*/")
_RULE = re.compile(r"[\s\-_–—=.;:*~]{5,}")


@dataclass(frozen=True, slots=True)
class Title:
    """The lines of the title and what the first says of the type."""

    lines: tuple[Line, ...]
    match: TypeMatch | None
    bare: bool


def read_title(heading: Heading) -> Iterator[Proposal]:
    """Proposals for type and subject.

    The type comes from the line with its name, supported or contradicted by the abbreviation in the
    notation; a letter without a type name but with “V/v” or an address is a công văn. The subject
    is the text as read, joined; the words of the first line stay when they say more than the type.
    """
    page = heading.page.number
    noted = _noted_type(heading)
    title = find_title(heading)
    if heading.about and (title is None or title.match is None or title.match.code is None):
        confidence = 0.95 if noted in (None, CONG_VAN) else 0.6
        yield from_lines("type", CONG_VAN, confidence, heading.about, page)
        subject = _tidy(" ".join(line.text for line in heading.about))
        yield from_lines("subject", subject, 0.9, heading.about, page)
        return
    if title is None:
        if noted:
            yield from_lines("type", noted, 0.6, heading.number, page, "notation")
        elif heading.number and any(is_addressee(line) for line in heading.body[:8]):
            yield from_lines("type", CONG_VAN, 0.6, heading.number, page)
        return
    yield _type_of(title, noted, heading)
    text = title.lines[1:] if title.bare and len(title.lines) > 1 else title.lines
    if title.bare and len(title.lines) == 1:
        return
    subject = _tidy(" ".join(line.text for line in text))
    if letter_count(subject) >= 4:
        sure = 0.85 if heading.has_nation else 0.6
        yield from_lines("subject", subject, sure, title.lines, page)


def _type_of(title: Title, noted: str | None, heading: Heading) -> Proposal:
    first, page = title.lines[:1], heading.page.number
    code = title.match.code if title.match else None
    if title.match is None or code is None or code == OTHER:
        if noted and noted != OTHER and code != OTHER:
            return from_lines("type", noted, 0.5, first, page, "notation")
        sure = (0.75 if code == OTHER else 0.6) if heading.has_nation else 0.5
        sure -= 0.1 if noted is not None else 0.0
        return from_lines("type", OTHER, sure, first, page)
    confidence = 0.9 if title.match.how != "fuzzy" else 0.5 + 0.4 * title.match.score / 100
    method: Method = "text" if title.match.how != "fuzzy" else "mended"
    if noted == code:
        confidence = max(confidence, 0.97)
    elif noted is not None:
        confidence = min(confidence, 0.65)
    return from_lines("type", code, confidence, first, page, method)


def _noted_type(heading: Heading) -> str | None:
    text = " ".join(line.text for line in heading.number)
    party = _PARTY_TYPE.search(text)
    if party and (code := parse_code("/" + party.group(1)).type_code):
        return code
    slash = text.rfind("/")
    return parse_code(text[slash:]).type_code if slash >= 0 else None


def find_title(heading: Heading) -> Title | None:
    """The title: the first centred line in capitals, or one that is exactly a type's name."""
    page = heading.page
    for index, line in enumerate(heading.body[:14]):
        if is_addressee(line) or _STOP.match(fold(line.text[:120])):
            return None
        if letter_count(line.text) < 5 or not _centred(line, page):
            continue
        match = match_type(_close_up(line))
        capitals = capital_share(line.text) >= 0.6 and len(line.words) >= 2
        named = match.code is not None and match.code != OTHER
        whole = named and _is_bare(_close_up(line), match)
        if not capitals and not whole:
            if len(line.words) > 6:
                return None
            continue
        lines = _collect(heading.body[index:], page, whole)
        return Title(tuple(lines), match, whole)
    return None


def _close_up(line: Line) -> str:
    """The text of the line; letters set apart (`B Á O  C Á O`) are joined."""
    parts = [word.text for word in line.words]
    apart = len(parts) >= 4 and sum(len(part) for part in parts) <= 1.3 * len(parts)
    return "".join(parts) if apart else " ".join(parts)


def _is_bare(text: str, match: TypeMatch) -> bool:
    """Whether the line says the name of the type and no more."""
    label = sum(len(word.folded) for word in words(match.label or ""))
    read = sum(len(word.folded) for word in words(text) if word.folded.isalpha())
    return read <= label + 2


def _centred(line: Line, page: PageText) -> bool:
    return abs(line.middle[0] - page.width / 2) <= page.width * 0.13


def _collect(lines: Sequence[Line], page: PageText, bare: bool) -> list[Line]:
    """The lines of the title from its first: closely spaced, centred under each other."""
    title = [lines[0]]
    pitch = 0.0
    for line in lines[1:]:
        text = line.text
        if _RULE.fullmatch(text):
            break
        if _is_noise(text):
            continue
        gap = line.middle[1] - title[-1].middle[1]
        height = max(page.line_height, title[-1].box[3] - title[-1].box[1])
        first = len(title) == 1
        if len(title) > _MAX_SUBJECT_LINES or gap > (2.4 if first else 1.9) * height:
            break
        if not first and gap > 1.5 * max(pitch, 0.9 * height):
            break
        folded = fold(text[:160])
        if _STOP.match(folded) or not _under(line, title[0], page):
            if letter_count(text) < 3:
                continue
            break
        if first and not bare and not is_about(line) and _is_new_part(line, title[0]):
            break
        if _is_running_text(line, title[1:] if bare else title, page):
            break
        if not first and _is_authority(text, title):
            break
        pitch = gap if first else max(pitch, gap) if gap < 1.3 * pitch else pitch
        title.append(line)
        if text.rstrip().endswith(")") and title[min(1, len(title) - 1)].text.startswith("("):
            break
    return title


def _under(line: Line, first: Line, page: PageText) -> bool:
    return abs(line.middle[0] - first.middle[0]) <= page.width * 0.06


def _is_new_part(line: Line, first: Line) -> bool:
    """A full line of running text under a one-line title."""
    wide = line.box[2] - line.box[0] > 1.6 * (first.box[2] - first.box[0])
    return wide and capital_share(line.text) < 0.4 and len(line.words) > 12


def _is_noise(text: str) -> bool:
    """Signs, or one word with signs in it: what scanners make of stains, stamps and rules."""
    if letter_count(text) < 2 and not any(char.isdigit() for char in text):
        return True
    return len(text.split()) == 1 and not set("£^|\\~<>={}$#@¥§").isdisjoint(text)


def _is_running_text(line: Line, title: Sequence[Line], page: PageText) -> bool:
    """A full-width line in small letters under a title in capitals."""
    full = line.box[2] - line.box[0] > page.width * 0.62 and line.box[0] < page.width * 0.22
    capitals = capital_share(" ".join(part.text for part in title)) >= 0.75
    return full and capitals and capital_share(line.text) < 0.4


def _is_authority(text: str, title: Sequence[Line]) -> bool:
    """The name of the one who decides (CHỦ TỊCH …), under a subject that is not in capitals."""
    subject = " ".join(line.text for line in title[1:])
    return (
        capital_share(text) >= 0.7
        and capital_share(subject) < 0.6
        and bool(_AUTHORITY.search(fold(text)))
    )


def _tidy(text: str) -> str:
    """One space between words, no stray signs at the ends, no enclosing brackets; adds nothing."""
    text = collapse_spaces(text)
    text = text.strip(" .,;:-–_*'`^|")
    if text.startswith("(") and text.endswith(")") and "(" not in text[1:]:
        text = text[1:-1].strip()
    elif text.startswith("(") and ")" not in text:
        text = text[1:].strip()
    return text[:_MAX_SUBJECT]
