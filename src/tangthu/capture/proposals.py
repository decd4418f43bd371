"""Proposed description fields of a document, each with the snippet it was read from.

No field is ever filled by these: a person sees value and snippet side by side and decides. A field
that cannot be read has no proposal; what was mended or inferred says so by its method and a lower
confidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from rapidfuzz import fuzz

from tangthu.capture.extract.code import read_code
from tangthu.capture.extract.dated import read_date
from tangthu.capture.extract.evidence import Field, Method, Proposal, letters
from tangthu.capture.extract.file_name import read_file_name
from tangthu.capture.extract.heading import read_heading
from tangthu.capture.extract.issuer import kind_of_body, read_issuer
from tangthu.capture.extract.signer import read_signer
from tangthu.capture.extract.title import read_title
from tangthu.capture.text import PageText
from tangthu.standards.vietnamese.codes import parse_code

__all__ = ["Field", "Method", "Proposal", "best_of", "propose", "second_opinion"]

_BATCH_MINIMUM = 5


def propose(
    name: str, pages: Sequence[PageText], gazetteer: Sequence[str] = ()
) -> tuple[Proposal, ...]:
    """Proposals for one file, best first within each field. Total on any text, in linear time.

    `name`: the original file name; `pages`: what `text.read_layout` gave, page 1 among them;
    `gazetteer`: names of bodies known to the caller (fonds, issuers in the batch's index), by which
    the issuer's capitals and accents are mended.
    """
    found: list[Proposal] = []
    first = next((page for page in pages if page.number == 1), None)
    if first is not None and first.lines:
        heading = read_heading(first)
        found += read_title(heading)
        found += read_code(heading)
        found += read_date(heading, pages)
        found += read_issuer(heading, gazetteer)
        found += read_signer(pages)
    found += read_file_name(name)
    return _ranked(found)


def best_of(proposals: Sequence[Proposal], field: Field) -> Proposal | None:
    """The most confident proposal for `field`, or None."""
    return max(
        (proposal for proposal in proposals if proposal.field == field),
        key=lambda proposal: proposal.confidence,
        default=None,
    )


def second_opinion(batch: Sequence[Sequence[Proposal]]) -> list[tuple[Proposal, ...]]:
    """What the files of one batch say about each other, added to each file's proposals.

    A doubtful notation gets the batch's usual notation that it resembles; an issuer spelt in
    several ways gets the most frequent spelling; a file without a date gets the year that at least
    nine of ten other files bear. All marked `batch`, none above 0.7.
    """
    notations = _frequent(batch, "notation")
    issuers = _frequent(batch, "issuer")
    year = _common_year(batch)
    answer: list[tuple[Proposal, ...]] = []
    for proposals in batch:
        added: list[Proposal] = []
        notation = best_of(proposals, "notation")
        if notation and notation.method != "file_name" and notation.confidence < 0.7:
            added += _usual_notation(notation, notations)
        issuer = best_of(proposals, "issuer")
        if issuer and issuer.method == "text":
            added += _usual_issuer(issuer, issuers)
        if year and best_of(proposals, "date") is None and best_of(proposals, "type"):
            value, share = year
            added.append(Proposal("date", value, 0.45, "batch", share))
        answer.append(_ranked([*proposals, *added]))
    return answer


def _ranked(proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    order = {field: number for number, field in enumerate(get_args(Field))}
    ranked = sorted(proposals, key=lambda item: (order[item.field], -item.confidence))
    kept: dict[tuple[str, str], Proposal] = {}
    for proposal in ranked:
        kept.setdefault((proposal.field, proposal.value), proposal)
    return tuple(kept.values())


def _frequent(batch: Sequence[Sequence[Proposal]], field: Field) -> Counter[str]:
    best = (best_of(proposals, field) for proposals in batch)
    return Counter(proposal.value for proposal in best if proposal)


def _usual_notation(doubtful: Proposal, usual: Counter[str]) -> list[Proposal]:
    """The notation with its misread end replaced by the end that the batch mostly has."""
    kind, dash, end = doubtful.value.partition("-")
    if not dash or parse_code("/" + kind).type_code is None:
        return []
    ends: Counter[str] = Counter()
    for value, count in usual.items():
        ends[value.partition("-")[2]] += count
    alike = [
        (fuzz.ratio(letters(end), letters(other)), count, other)
        for other, count in ends.most_common(50)
        if count >= 3 and other and other != end and count > ends[end]
    ]
    score, _count, other = max(alike, default=(0.0, 0, ""))
    if score < 65:
        return []
    return [replace(doubtful, value=f"{kind}-{other}", confidence=0.65, method="batch")]


def _usual_issuer(read: Proposal, usual: Counter[str]) -> list[Proposal]:
    mine = usual[read.value]
    for value, count in usual.most_common(50):
        if count <= max(2, mine) or value == read.value:
            continue
        alike = fuzz.ratio(letters(read.value), letters(value)) >= 88
        if alike and kind_of_body(read.value) == kind_of_body(value):
            return [replace(read, value=value, confidence=0.7, method="batch")]
    return []


def _common_year(batch: Sequence[Sequence[Proposal]]) -> tuple[str, str] | None:
    dates = [best_of(proposals, "date") for proposals in batch]
    years = Counter(date.value[:4] for date in dates if date)
    if years.total() < _BATCH_MINIMUM:
        return None
    year, count = years.most_common(1)[0]
    if count < 0.9 * years.total():
        return None
    return year, f"{count}/{years.total()}: {year}"
