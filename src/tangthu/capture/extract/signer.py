"""The signer's name (người ký), printed under title and signature in the lower right corner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tangthu.capture.extract.evidence import (
    Proposal,
    capital_share,
    from_lines,
    letter_count,
    letters,
)
from tangthu.capture.text import Line, PageText
from tangthu.standards.vietnamese.text import fold

_FAMILY = frozenset(
    re.findall(
        r"\w+",
        """
        au bach bui cao chau chu cu cung dam dang danh dao diep dieu dinh do doan dong duong
        giang ha ho hoa hoang hua huynh khuat kieu kim ksor la lai lam le lieu lu luong luu ly
        mac mai mang nghiem ngo nguyen ninh pham phan phung quach rmah siu son ta tang thach
        thai thi tieu to ton tong tran trieu trinh truong ung van vi vo vu vuong y
        """,
    )
)
_DEGREE = re.compile(
    r"^((gs|pgs|ts|ths|bs|bsck\s?(i{1,2}|1|2|l)|ks|cn|ds|ck\s?(i{1,2}|1|2)|ls|kts)[.,:/ ]+)+"
)
_OFFICE = re.compile(
    r"(truong|chu tich|giam doc|chanh van phong|bi thu|thu truong|cuc pho|hieu pho|vien pho|"
    r"pho (phong|ban|chi cuc))\b|^\W{0,2}(kt|tm|tl|tuq|q)\s?\."
)


def read_signer(pages: Sequence[PageText]) -> Iterator[Proposal]:
    """A proposal for the signer: a personal name standing alone under an office title.

    Looked for on the first page that lists the recipients (Nơi nhận): later pages may be annexes
    signed by others. Without such a list the last page read is tried, less surely. Handwriting and
    seals spoil many of these lines; then nothing is proposed.
    """
    listed = next((page for page in pages if any(map(_lists_recipients, page.lines))), None)
    page = listed or (pages[-1] if pages else None)
    if page is None:
        return
    right = [
        line
        for line in page.lines[-80:]
        if line.middle[0] > page.width * 0.5 and line.box[1] > page.height * 0.15
    ]
    offices = [line for line in right if _is_office(line)]
    for line in reversed(right):
        name = _name(line.text)
        above = [office for office in offices if _stands_above(office, line, page)]
        if name and above:
            confidence = 0.7 if listed else 0.5
            yield from_lines("signer", name, confidence, [above[-1], line], page.number)
            return


def _lists_recipients(line: Line) -> bool:
    return letters(line.text[:30]).startswith("noinhan")


def _is_office(line: Line) -> bool:
    text = line.text
    capitals = capital_share(text) >= 0.7
    capitals = capitals and letter_count(text) >= 5
    return len(line.words) <= 9 and capitals and bool(_OFFICE.search(fold(text[:120])))


def _stands_above(office: Line, name: Line, page: PageText) -> bool:
    distance = name.middle[1] - office.middle[1]
    aside = abs(name.middle[0] - office.middle[0])
    return 2.5 * page.line_height < distance < 14 * page.line_height and aside < page.width * 0.14


def _name(text: str) -> str | None:
    """`text` without a degree in front, if it then is a personal name and nothing else."""
    degree = _DEGREE.match(fold(text[:80]))
    bare = text[degree.end() :].strip(" .,") if degree else text.strip(" .,")
    parts = bare.split()
    if not 2 <= len(parts) <= 5 or fold(parts[0]) not in _FAMILY:
        return None
    if not all(part.isalpha() and part[0].isupper() and len(part) <= 7 for part in parts):
        return None
    if not all(part[1:].islower() for part in parts if len(part) > 1):
        return None
    return bare
