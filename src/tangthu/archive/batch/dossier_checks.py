"""Findings about one dossier: contradictions, ordinals, what it declares, what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tangthu.archive.batch.drafts import Place, interval_of
from tangthu.archive.batch.duties import BATCH_WIDE, DOSSIER_DUTIES, FROM_NAMES, LENGTHS
from tangthu.archive.batch.findings import (
    ASKS,
    COUNTED,
    DEFAULT,
    DERIVED,
    DOSSIER,
    NAME,
    REPAIRS,
    Finding,
    Repair,
    found,
)
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import DocumentDraft
from tangthu.archive.batch.rows import Value, canonical_number

_LATER = {"paper_code", "documents"}  # composed and counted when the dossier is accepted
_MAX_ORDINAL = 100_000


def contradictions(
    place: Place,
    cell: str,
    values: Mapping[str, Value],
    differing: Mapping[str, Sequence[str]],
) -> Iterator[Finding]:
    """Fields that the rows of one dossier state differently; the most frequent is proposed."""
    for name, stated in differing.items():
        if name in ("box", "inventory") and len({canonical_number(one) for one in stated}) == 1:
            continue
        yield found(
            "dossier.contradiction", place.target, cell, field=name, dossier=place.number,
            label=BY_KEY[f"dossier.{name}"].label,
            values="; ".join(one[:60] for one in stated[:6]),
            repairs=(Repair(name, values[name].value, DERIVED, 0.6),),
        )  # fmt: skip


def gaps_in(documents: Iterable[DocumentDraft], declared: int | None) -> tuple[int, ...]:
    """Ordinals from 1 to the last, or to the declared number, that no document bears."""
    seen = set(ordinals(documents))
    last = min(max([*seen, declared or 0], default=0), _MAX_ORDINAL)
    return tuple(n for n in range(1, last + 1) if n not in seen)


def ordinals(documents: Iterable[DocumentDraft]) -> Counter[int]:
    """How many documents bear each ordinal, stated or proposed."""
    seen: Counter[int] = Counter()
    for draft in documents:
        value = draft.values.get("ordinal") or draft.proposals.get("ordinal")
        if value is not None and value.value.isdigit():
            seen[int(value.value)] += 1
    return seen


def ordinal_findings(
    place: Place, seen: Mapping[int, int], gaps: Sequence[int]
) -> Iterator[Finding]:
    """Ordinals that are missing, and those that several documents bear."""
    for ordinal, count in sorted(seen.items()):
        if count > 1:
            yield found(
                "dossier.ordinal.duplicate", place.target, field=f"ordinal:{ordinal}",
                dossier=place.number, ordinal=ordinal, value=str(ordinal),
            )  # fmt: skip
    if gaps:
        yield found("dossier.ordinal.gap", place.target, value=ranges(gaps),
                    dossier=place.number, gaps=ranges(gaps))  # fmt: skip


def count_findings(
    place: Place, documents: int | None, sheets: int | None, pages: int
) -> Iterator[Finding]:
    """What the index declares beside what is there, said as it is."""
    present = len(place.files)
    if documents is not None and documents != present:
        yield found(
            "dossier.count.declared", place.target, field="documents", value=str(documents),
            declared=documents, dossier=place.number, rows=len(place.rows), files=present,
        )  # fmt: skip
    if sheets is not None and present:
        yield found("dossier.sheets.declared", place.target, field="sheets", value=str(sheets),
                    declared=sheets, dossier=place.number, pages=pages)  # fmt: skip
    if not present:
        yield found("dossier.no-file", place.target, dossier=place.number)


def duty_findings(
    place: Place, values: Mapping[str, Value], answers: Mapping[str, str], pages: int
) -> Iterator[Finding]:
    """Mandatory fields without a value, impossible order of dates, values that are too long."""
    start, end = interval_of(values)
    if start and end and end.last_day() < start.first_day():
        yield found("date.order", place.target, field="end", value=end.vietnamese(),
                    start=start.vietnamese(), end=end.vietnamese())  # fmt: skip
    years = {codes.year for codes in place.names if codes.year}
    named = years.pop() if len(years) == 1 else ""
    for name in DOSSIER_DUTIES:
        if name in values or name in answers or name in BATCH_WIDE:
            continue
        if name in FROM_NAMES or name in _LATER:
            continue
        repair: Repair | None = None
        if name == "pages" and pages:
            repair = Repair("pages", str(pages), COUNTED)
        elif name == "language":
            repair = Repair("language", "01", DEFAULT, 0.6)
        elif name == "year" and named:
            repair = Repair("year", named, NAME)
        elif name == "year" and start is not None:
            repair = Repair("year", str(start.year), DERIVED, 0.8)
        yield found(
            f"field.missing.{name}", place.target, field=name, level=DOSSIER,
            severity=REPAIRS if repair and repair.basis != DEFAULT else ASKS,
            label=BY_KEY[f"dossier.{name}"].label, repairs=(repair,) if repair else (),
            proposal=repair.value if repair else "",
        )  # fmt: skip
    if named and start is not None and named != str(start.year):
        yield found("dossier.name-year", place.target, value=str(start.year), named=named,
                    dossier=place.number)  # fmt: skip
    for name, limit in LENGTHS["dossier"].items():
        value = values.get(name)
        if value is not None and len(value.value) > limit:
            yield found(
                "field.too-long", place.target, value.source, field=name, level=DOSSIER,
                label=BY_KEY[f"dossier.{name}"].label, length=len(value.value), limit=limit,
            )  # fmt: skip


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short: `1–3, 7, 9–83`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("–".join(str(end) for end in part) for part in parts)
