"""The dry run of a batch as it stands: index, file facts, proposals and answers put together.

Nothing is stored: the report is made anew from the batch's rows whenever it is asked for, and
kept in memory for as long as they do not change.
"""

from __future__ import annotations

import functools
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.archive import bound, retired_codes
from tangthu.archive.batch import mapping as mappings
from tangthu.archive.batch import tables
from tangthu.archive.batch.accept import apply
from tangthu.archive.batch.cells import Table
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.mapping import ColumnMapping
from tangthu.archive.batch.model import ANSWER, TAKE, BatchReport, Decision, Outcome
from tangthu.archive.batch.model import BatchFile as GivenFile
from tangthu.archive.batch.report import build_report
from tangthu.archive.hidden_rows import held_paths, rows_of
from tangthu.archive.incoming import index_path
from tangthu.archive.models import Batch, Fonds
from tangthu.capture.extract.evidence import Proposal
from tangthu.capture.probe import FileFacts
from tangthu.capture.proposals import second_opinion
from tangthu.kernel import shown
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.rulebook import rulebook
from tangthu.records.models import ContentFile

_Key = tuple[uuid.UUID, str, str, tuple[tuple[str, str], ...], int, bool]
UNREADABLE = "unreadable"


def code_lists() -> CodeLists:
    """The code lists in force today."""
    return CodeLists.of(rulebook(), timezone.localdate(), secrets=isolated())


def in_words(error: BatchError, *, name: str = "") -> InvalidInput:
    """A batch error as the house's own error, in the language of this thread.

    `name` is what the person calls the file, where the error knows it by another name.
    """
    params = {**error.params, **({"name": name} if name else {})}
    return InvalidInput(
        _(error.words) % params, hint=_(error.hint) % params if error.hint else "", code=error.code
    )


def read_index(batch: Batch) -> Table:
    """The table of the batch's index. Raises InvalidInput with the reason in words."""
    try:
        return tables.read_table(index_path(batch))
    except BatchError as error:
        raise in_words(error) from error


def shown_index(batch: Batch) -> Table:
    """The table of the index without the rows whose files wait in quarantine."""
    table = read_index(batch)
    hidden = _hidden(batch, table)
    return replace(table, rows=tuple(row for row in table.rows if row.number not in hidden))


def _hidden(batch: Batch, table: Table) -> frozenset[int]:
    try:
        return rows_of(batch, table, mapping_of(batch, table), code_lists(), held_paths(batch))
    except BatchError as error:
        raise in_words(error) from error


def mapping_of(batch: Batch, table: Table) -> ColumnMapping:
    """The mapping chosen for the batch, or the one proposed from the headings."""
    if batch.mapping is None:
        return mappings.propose(table)
    try:
        return mappings.reapply(mappings.load(batch.mapping), table)
    except BatchError as error:
        raise in_words(error) from error


def default_answers(fonds: Fonds) -> dict[str, str]:
    """What the fonds itself answers for the whole batch: whose archive, whose records (AR-32)."""
    agency = fonds.code if fonds.status == Fonds.Status.CLOSED else fonds.agency_code
    return {"archive_code": fonds.body.archive_code, "body_code": agency}


def facts_as_data(facts: FileFacts) -> dict[str, Any]:
    """What of a probe is kept with the batch's file."""
    given = GivenFile.of("x", facts)
    return {
        "mime": given.mime,
        "pages": given.pages,
        "pdfa": given.pdfa,
        "problems": list(given.problems),
        "format_id": facts.format.puid or "",
        "format_name": facts.format.name or "",
    }


def unreadable_facts() -> dict[str, Any]:
    """What is kept of a file that could not be opened at all; the next check tries again."""
    return unopened_facts("failed", UNREADABLE)


def unopened_facts(*problems: str) -> dict[str, Any]:
    """What is kept of a file that nothing opened, because of `problems`."""
    return {
        "mime": "",
        "pages": None,
        "pdfa": None,
        "problems": list(problems),
        "format_id": "",
        "format_name": "",
    }


def proposal_as_data(proposal: Proposal) -> dict[str, Any]:
    """A proposal as it is kept with the batch's file."""
    return {
        "field": proposal.field,
        "value": proposal.value,
        "confidence": proposal.confidence,
        "method": proposal.method,
        "snippet": proposal.snippet,
        "page": proposal.page,
        "box": list(proposal.box) if proposal.box else None,
    }


def proposal_from_data(data: Mapping[str, Any]) -> Proposal:
    """Inverse of proposal_as_data."""
    return Proposal(
        data["field"],
        data["value"],
        data["confidence"],
        data["method"],
        data["snippet"],
        data["page"],
        tuple(data["box"]) if data["box"] else None,
    )


def report_of(batch: Batch) -> BatchReport:
    """The dry run of a checked batch. Raises InvalidInput for an index that cannot be used."""
    report = _report(*_key(batch))
    for row in report.rows:
        for values in (row.dossier, row.document):
            shown.note(values["secrecy"].value if "secrecy" in values else "")
    return report


def _key(batch: Batch) -> _Key:
    stamp = batch.checked_at.isoformat() if batch.checked_at else ""
    answers = tuple(sorted(batch.answers.items()))
    return batch.id, stamp, batch.mapping or "", answers, batch.updates, bound.binds(batch.body)


@functools.lru_cache(maxsize=4)
def _report(
    batch_id: uuid.UUID,
    stamp: str,
    mapping: str,
    answers: tuple[tuple[str, str], ...],
    updates: int,
    binding: bool,
) -> BatchReport:
    batch = Batch.objects.select_related("fonds__body").get(pk=batch_id)
    table = read_index(batch)
    files: list[GivenFile] = []
    read: list[list[Proposal]] = []
    again: set[str] = set()
    looked_at = batch.files.filter(facts__isnull=False).order_by("path_bytes")
    for item in looked_at.iterator(chunk_size=2000):
        facts: Mapping[str, Any] = item.facts or {}
        files.append(
            GivenFile(
                item.path,
                item.size,
                item.sha256,
                facts["mime"],
                facts["pages"],
                facts["pdfa"],
                tuple(facts["problems"]),
            )
        )
        read.append([proposal_from_data(one) for one in item.proposals])
        if facts.get("list"):
            again.add(item.path)
    proposals = {file.path: given for file, given in zip(files, second_opinion(read), strict=True)}
    try:
        report = build_report(
            table,
            mapping_of(batch, table),
            files,
            proposals,
            dict(answers),
            lists=code_lists(),
            index_names=[batch.index_name],
            lists_again=again,
            held=_held(batch, {file.sha256 for file in files if file.sha256}),
            hidden_rows=_hidden(batch, table),
        )
    except BatchError as error:
        raise in_words(error) from error
    report = retired_codes.noted(report)
    return report if binding else bound.advised(report)


def _held(batch: Batch, digests: set[str]) -> dict[str, str]:
    """Contents that the body already holds, not counting what this batch itself brought."""
    found: dict[str, str] = {}
    wanted = sorted(digests)
    for start in range(0, len(wanted), 5000):
        rows = (
            ContentFile.objects.filter(
                sha256__in=wanted[start : start + 5000], document__body_id=batch.body_id
            )
            .exclude(
                document_id__in=batch.files.filter(document__isnull=False).values("document_id")
            )
            .values_list("sha256", "document__record_archive_code")
        )
        found.update(rows)
    return found


def decisions_of(batch: Batch) -> list[Decision]:
    """The decisions taken on the batch so far, in order."""
    return [Decision(**one) for one in batch.decisions]


def standing(report: BatchReport, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that still mean what they meant when they were taken.

    A decision on something that is no longer there, or on a proposal that has changed since, holds
    no more; it is not deleted, so that it counts again when the change is undone.
    """
    targets = set(report.documents) | {f"file:{path}" for path in report.files}
    targets.update(dossier.target for dossier in report.dossiers.values())
    findings = {finding.id: finding for finding in report.findings}
    kept: list[Decision] = []
    for one in decisions:
        if one.kind == TAKE:
            finding = findings.get(one.target)
            if finding is not None and one.value in ("", shape_of(finding)):
                kept.append(one)
        elif one.kind == ANSWER or one.target in targets:
            kept.append(one)
    return kept


def shape_of(finding: Finding) -> str:
    """A short name of what a finding proposes; another proposal has another name."""
    told = json.dumps([[one.field, one.value] for one in finding.repairs], ensure_ascii=False)
    return hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()[:16]


def outcome_of(batch: Batch, accept: str) -> Outcome:
    """What the dry run and the decisions come to; `accept` is `complete` or `all-proposals`."""
    return _outcome(_key(batch), json.dumps(batch.decisions), accept)


@functools.lru_cache(maxsize=8)
def _outcome(key: _Key, decisions: str, accept: str) -> Outcome:
    report = _report(*key)
    given = standing(report, [Decision(**one) for one in json.loads(decisions)])
    try:
        return apply(report, given, accept, lists=code_lists())
    except BatchError as error:
        raise in_words(error) from error
