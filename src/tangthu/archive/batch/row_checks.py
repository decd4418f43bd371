"""Findings about one document: what it lacks and what can be proposed, and what does not agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tangthu.archive.batch.cells import Table
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.drafts import within
from tangthu.archive.batch.duties import DOCUMENT_DUTIES, LENGTHS
from tangthu.archive.batch.findings import (
    ASKS,
    COUNTED,
    DERIVED,
    DOCUMENT,
    NAME,
    REPAIRS,
    Finding,
    Repair,
    found,
)
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import FROM_FILE, BatchFile, DocumentDraft
from tangthu.archive.batch.names import parse_name
from tangthu.archive.batch.rows import date_of
from tangthu.standards.vietnamese.dates import PartialDate

_UNKNOWN, _LACKING = "field.type.unknown", "field.missing.type"
_SURE = {COUNTED, NAME, DERIVED}
_ASKED_ONCE = {"mode", "confidence"}
_CONFIRM = {"type", "issued", "issuer", "subject"}
Interval = tuple[PartialDate | None, PartialDate | None]


def document_findings(
    draft: DocumentDraft,
    table: Table,
    columns: Mapping[str, int],
    interval: Interval,
    lists: CodeLists,
    file: BatchFile | None,
) -> Iterator[Finding]:
    """Findings of one document; one proposed row for a file without a row.

    `columns` are those of the mapping, to say in which cell a value is missing.
    """
    if draft.origin == FROM_FILE:
        yield found(
            "file.no-row", draft.key, draft.file or "", file=draft.file, level=DOCUMENT,
            repairs=tuple(draft.proposals.values()),
        )  # fmt: skip
    for name in DOCUMENT_DUTIES:
        if name in draft.values or name in _ASKED_ONCE:
            continue
        repair = draft.proposals.get(name)
        if repair is not None and draft.origin == FROM_FILE:
            continue
        place = draft.file or ""
        if draft.row is not None:
            place = table.address(draft.row, columns.get(f"document.{name}", 0))
        yield _missing(draft, name, place, repair, lists)
    yield from _disagreements(draft, interval, file)


def _missing(
    draft: DocumentDraft, name: str, place: str, repair: Repair | None, lists: CodeLists
) -> Finding:
    sure = repair is not None and repair.basis in _SURE and name not in _CONFIRM
    proposal = repair.value if repair else ""
    if name == "type" and proposal:
        proposal = f"{proposal} {lists.label('document_types', proposal)}"
    return found(
        f"field.missing.{name}", draft.key, place, field=name,
        severity=REPAIRS if sure else ASKS, repairs=(repair,) if repair else (),
        label=BY_KEY[f"document.{name}"].label, proposal=proposal,
    )  # fmt: skip


def one_answer(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, where a cell that holds an unknown type does not lack a type as well.

    What was read in the file for the type it lacks is proposed for the unknown one, if it is surer.
    """
    unknown = {one.target for one in findings if one.code == _UNKNOWN}
    lacking = {one.target: one for one in findings if one.code == _LACKING}
    for one in findings:
        if one.code == _LACKING and one.target in unknown:
            continue
        read = lacking.get(one.target) if one.code == _UNKNOWN else None
        if read is not None and _surest(read) > _surest(one):
            told = {**one.params, "proposal": read.params["proposal"]}
            yield replace(one, repairs=read.repairs, params=told)
        else:
            yield one


def _surest(finding: Finding) -> float:
    return max((repair.confidence for repair in finding.repairs), default=0.0)


def _disagreements(
    draft: DocumentDraft, interval: Interval, file: BatchFile | None
) -> Iterator[Finding]:
    issued = draft.values.get("issued")
    date = date_of(issued.value) if issued else None
    if issued is not None and date is not None and not within(date, interval):
        start, end = (one.vietnamese() if one else "…" for one in interval)
        yield found("date.outside-dossier", draft.key, issued.source, field="issued",
                    value=issued.value, start=start, end=end)  # fmt: skip
    pages = draft.values.get("pages")
    if pages is not None and file is not None and file.pages and pages.value != str(file.pages):
        yield found("field.pages.differ", draft.key, pages.source, field="pages",
                    value=pages.value, proposal=str(file.pages),
                    repairs=(Repair("pages", str(file.pages), COUNTED),))  # fmt: skip
    proposed = draft.proposals.get("issued")
    vague = date_of(proposed.value) if proposed else None
    if proposed is not None and vague is not None and vague.day is None:
        yield found("date.partial", draft.key, draft.file or "", field="issued",
                    value=proposed.value, label=BY_KEY["document.issued"].label)  # fmt: skip
    ordinal = draft.values.get("ordinal")
    codes = parse_name(draft.file) if draft.file else None
    if (
        ordinal is not None
        and codes is not None
        and codes.ordinal is not None
        and str(codes.ordinal) != ordinal.value
    ):
        yield found("name.contradiction", draft.key, ordinal.source, field="ordinal",
                    value=ordinal.value, named=str(codes.ordinal), row=draft.row,
                    label=BY_KEY["document.ordinal"].label,
                    repairs=(Repair("ordinal", ordinal.value, DERIVED, 0.6),))  # fmt: skip
    for name, limit in LENGTHS["document"].items():
        value = draft.values.get(name)
        if value is not None and len(value.value) > limit:
            yield found("field.too-long", draft.key, value.source, field=name,
                        label=BY_KEY[f"document.{name}"].label, length=len(value.value),
                        limit=limit)  # fmt: skip
