"""The issuing body (cơ quan ban hành) from the names in the left column of the head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from tangthu.capture.extract.evidence import Proposal, from_lines, letter_count, letters
from tangthu.capture.extract.heading import Heading, fold_starts
from tangthu.capture.text import Line
from tangthu.standards.vietnamese.text import collapse_spaces, fold

_STARTS = (
    "so ", "chi cuc", "cuc ", "tong cuc", "bo ", "phong ", "ban ", "uy ban", "ubnd", "trung tam",
    "vien ", "truong ", "benh vien", "dang ", "tinh uy", "huyen uy", "thanh uy", "thi uy",
    "cong ty", "tong cong ty", "van phong", "hoi ", "lien doan", "doan ", "toa an", "kho bac",
    "thanh tra", "tram ", "hdnd", "ngan hang", "bao hiem", "cong an", "bo chi huy", "lien hiep",
    "tap doan",
    "xi nghiep", "thu vien", "bao tang", "hop tac xa",
    "dai hoc", "hoc vien", "chinh phu", "quoc hoi", "thu tuong",
)  # fmt: skip
_LABEL = re.compile(r"^[^:]{3,20}:\s*")
_FLOOR = 82.0
_MAX_NAMES = 2_000
_MAX_LINES = 6
_MAX_LENGTH = 300


def read_issuer(heading: Heading, gazetteer: Sequence[str]) -> Iterator[Proposal]:
    """A proposal for the issuing body: the last body named in the left column.

    A scanner's capitals and accents are mended only by a name in `gazetteer` (names known to the
    caller: fonds, bodies in the index); without one the text stays as read, in capitals.
    """
    lines, label = list(heading.header[-_MAX_LINES:]), 0
    if not lines:
        lines = [line for line in heading.body[:6] if _labelled(line)][:1]
    if not lines:
        return
    bodies = _bodies(lines)
    own = bodies[-1]
    if _labelled(own[0]):
        label = _LABEL.match(own[0].text).end()  # type: ignore[union-attr]
    raw = collapse_spaces(" ".join(line.text for line in own)[label:])[:_MAX_LENGTH]
    raw = raw.strip(" -_–.,;:'`^*•·")
    if letter_count(raw) < 4:
        return
    page = heading.page.number
    tails = (
        [raw] if label else [raw, *(" ".join(x.text for x in lines[i:]) for i in range(len(lines)))]
    )
    known = max(
        filter(None, (best_name(tail, gazetteer) for tail in tails)), key=_score, default=None
    )
    if known:
        name, score = known
        yield from_lines("issuer", name, 0.6 + 0.35 * score, own, page, "gazetteer")
        return
    value = raw if label else raw.upper()
    yield from_lines("issuer", value, 0.6 if heading.has_nation else 0.4, own, page)


def kind_of_body(name: str) -> str:
    """What the name begins with (`chi cuc`, `so`): a Cục is not its Chi cục, however alike."""
    folded = fold(name[:40]) + " "
    return max((start for start in _STARTS if folded.startswith(start)), key=len, default="")


def _score(known: tuple[str, float]) -> float:
    return known[1]


def _labelled(line: Line) -> bool:
    label = _LABEL.match(line.text)
    named = fold_starts(line.text, ("ten don vi", "don vi", "ten co quan", "co quan"))
    return named and label is not None and fold_starts(line.text[label.end() :], _STARTS)


def _bodies(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines joined to names: a line that begins like a body's name begins a new one."""
    bodies: list[list[Line]] = []
    for line in lines:
        starts = fold_starts(line.text + " ", _STARTS)
        if starts or not bodies:
            bodies.append([line])
        else:
            bodies[-1].append(line)
    return bodies


def best_name(raw: str, gazetteer: Sequence[str]) -> tuple[str, float] | None:
    """The name in `gazetteer` that `raw` is a poor reading or abbreviation of, and 0…1 how well."""
    best: tuple[float, str] = (0.0, "")
    read = letters(raw[:_MAX_LENGTH])
    kind = kind_of_body(raw)
    for name in gazetteer[:_MAX_NAMES]:
        if kind and kind_of_body(name) not in ("", kind):
            continue
        for form in (letters(name), *_abbreviations(name, read)):
            if abs(len(form) - len(read)) > max(4, len(form) // 4):
                continue
            score = fuzz.ratio(read, form, score_cutoff=_FLOOR)
            if score > best[0]:
                best = (score, name)
    score, name = best
    return (collapse_spaces(name), score / 100) if name else None


def _abbreviations(name: str, read: str) -> Iterator[str]:
    """`name` with a run of words cut to their initials, as far as `read` has those initials."""
    words = fold(name).split()[:30]
    initials = "".join(word[:1] for word in words)
    for start in range(len(words) - 2):
        end = start + 3
        while end <= len(words) and initials[start:end] in read:
            end += 1
        end -= 1
        if end - start >= 3:
            short = letters(" ".join(words[:start])) + initials[start:end]
            yield short + letters(" ".join(words[end:]))
            yield short
