"""The dry run of a batch as it stands: index, file facts, proposals and answers put together.

Nothing is stored: the report is made anew from the batch's rows whenever it is asked for, and
kept in memory for as long as they do not change.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.archive.batch import mapping as mappings
from tangthu.archive.batch import tables
from tangthu.archive.batch.accept import apply
from tangthu.archive.batch.cells import Table
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.mapping import ColumnMapping
from tangthu.archive.batch.model import BatchFile as GivenFile
from tangthu.archive.batch.model import BatchReport, Decision, Outcome
from tangthu.archive.batch.report import build_report
from tangthu.archive.incoming import index_path
from tangthu.archive.models import Batch, Fonds
from tangthu.capture.extract.evidence import Proposal
from tangthu.capture.probe import FileFacts
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.rulebook import rulebook


def code_lists() -> CodeLists:
    """The code lists in force today."""
    return CodeLists.of(rulebook(), timezone.localdate())


def in_words(error: BatchError) -> InvalidInput:
    """A batch error as the house's own error, in the language of this thread."""
    params = getattr(error, "params", {})
    return InvalidInput(
        _(error.words) % params, hint=_(error.hint) % params if error.hint else "", code=error.code
    )


def read_index(batch: Batch) -> Table:
    """The table of the batch's index. Raises InvalidInput with the reason in words."""
    try:
        return tables.read_table(index_path(batch))
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
    stamp = batch.checked_at.isoformat() if batch.checked_at else ""
    return _report(
        batch.id, stamp, batch.mapping or "", tuple(sorted(batch.answers.items())), batch.updates
    )


@functools.lru_cache(maxsize=8)
def _report(
    batch_id: uuid.UUID,
    stamp: str,
    mapping: str,
    answers: tuple[tuple[str, str], ...],
    updates: int,
) -> BatchReport:
    batch = Batch.objects.select_related("fonds__body").get(pk=batch_id)
    table = read_index(batch)
    files: list[GivenFile] = []
    proposals: dict[str, list[Proposal]] = {}
    for item in batch.files.filter(facts__isnull=False).order_by("path_bytes"):
        facts = item.facts
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
        proposals[item.path] = [proposal_from_data(one) for one in item.proposals]
    try:
        return build_report(
            table,
            mapping_of(batch, table),
            files,
            proposals,
            dict(answers),
            lists=code_lists(),
            index_names=[batch.index_name],
        )
    except BatchError as error:
        raise in_words(error) from error


def decisions_of(batch: Batch) -> list[Decision]:
    """The decisions taken on the batch so far, in order."""
    return [Decision(**one) for one in batch.decisions]


def outcome_of(batch: Batch, accept: str) -> Outcome:
    """What the dry run and the decisions come to; `accept` is `complete` or `all-proposals`."""
    try:
        return apply(report_of(batch), decisions_of(batch), accept, lists=code_lists())
    except BatchError as error:
        raise in_words(error) from error
