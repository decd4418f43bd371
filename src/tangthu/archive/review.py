"""A dry run as a person works through it: what is open, decided, accepted, and what is asked."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tangthu.archive import dry_run
from tangthu.archive.batch import findings
from tangthu.archive.batch.accept import ALL_PROPOSALS, COMPLETE
from tangthu.archive.batch.duties import ANSWERABLE
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.model import (
    EDIT,
    IGNORE,
    TAKE,
    BatchReport,
    Decision,
    DocumentDraft,
    DossierDraft,
    Outcome,
    Reason,
)
from tangthu.archive.models import Batch

OPEN, DECIDED, ACCEPTED = "open", "decided", "accepted"
TAKEN_AS_IT_IS = frozenset({"file.held", "field.too-long", "field.check"})
"""Asks that propose nothing: a person may say that the thing is right as it is."""


@dataclass(frozen=True, slots=True)
class Present:
    """A dossier in figures: declared and here, ready, from proposals, already accepted."""

    draft: DossierDraft
    declared: int | None
    rows: int
    files: int
    ready: int
    proposed: int
    accepted: int


@dataclass
class Review:
    """One batch at one moment. Everything is computed from the report when first asked for."""

    batch: Batch
    report: BatchReport = field(init=False)
    decisions: Sequence[Decision] = field(init=False)
    stale: int = field(init=False)

    def __post_init__(self) -> None:
        self.report = dry_run.report_of(self.batch)
        given = dry_run.decisions_of(self.batch)
        self.decisions = dry_run.standing(self.report, given)
        self.stale = len(given) - len(self.decisions)

    @cached_property
    def accepted_paths(self) -> frozenset[str]:
        """The files that have become records."""
        taken = self.batch.files.filter(document__isnull=False).values_list("path", flat=True)
        return frozenset(taken)

    @cached_property
    def accepted(self) -> frozenset[str]:
        """The keys of the documents that have become records."""
        return frozenset(
            key for key, one in self.report.documents.items() if one.file in self.accepted_paths
        )

    @cached_property
    def _decided(self) -> tuple[frozenset[str], frozenset[str], frozenset[tuple[str, str]]]:
        """Finding ids taken, targets left out, fields that got a value (target, field)."""
        taken = frozenset(one.target for one in self.decisions if one.kind == TAKE)
        ignored = {one.target for one in self.decisions if one.kind == IGNORE}
        given = {(one.target, one.field) for one in self.decisions if one.kind == EDIT}
        for finding in filter(None, map(self.report.finding, taken)):
            given.update((finding.target, one.field) for one in finding.repairs if one.field)
        for dossier in self.report.dossiers.values():
            if dossier.target in ignored:
                ignored.update(dossier.documents)
                ignored.update(f"file:{path}" for path in dossier.files)
        for key, draft in self.report.documents.items():
            if key in ignored and draft.file:
                ignored.add(f"file:{draft.file}")
            elif draft.file and f"file:{draft.file}" in ignored:
                ignored.add(key)
        return taken, frozenset(ignored), frozenset(given)

    @property
    def ignored(self) -> frozenset[str]:
        """The targets that are left out, alone or with their dossier."""
        return self._decided[1]

    def state(self, finding: Finding) -> str:
        """Whether a finding still waits for a person: open, decided, or accepted with its record.

        What a rule repaired or what is only noted was never open and counts as decided.
        """
        taken, ignored, given = self._decided
        if finding.target in self.accepted or finding.target in self._accepted_files:
            return ACCEPTED
        if finding.severity in (findings.NOTE, findings.REPAIRS):
            return DECIDED
        if finding.id in taken or finding.target in ignored:
            return DECIDED
        if finding.field and (finding.target, finding.field) in given:
            return DECIDED
        if finding.target == "batch" and finding.field in self.report.answers:
            return DECIDED
        if finding.severity == findings.ASKS and finding.target in self._accepted_dossiers:
            return ACCEPTED
        return OPEN

    @cached_property
    def _accepted_files(self) -> frozenset[str]:
        return frozenset(f"file:{path}" for path in self.accepted_paths)

    @cached_property
    def _accepted_dossiers(self) -> frozenset[str]:
        """Targets of dossiers whose every document has become a record."""
        return frozenset(
            dossier.target
            for dossier in self.report.dossiers.values()
            if dossier.documents and self.accepted.issuperset(dossier.documents)
        )

    @cached_property
    def states(self) -> Mapping[str, str]:
        """State by finding id."""
        return {finding.id: self.state(finding) for finding in self.report.findings}

    def takeable(self, finding: Finding) -> bool:
        """Whether taking it changes anything: it proposes something, or may be right as it is."""
        if finding.severity in (findings.NOTE, findings.BLOCKS):
            return False
        return bool(finding.repairs) or finding.code in TAKEN_AS_IT_IS

    @cached_property
    def questions(self) -> Sequence[Finding]:
        """What is asked once for the whole batch and has no answer yet."""
        return [
            finding
            for finding in self.report.findings
            if finding.target == "batch"
            and finding.field in ANSWERABLE
            and self.states[finding.id] == OPEN
        ]

    @cached_property
    def open_counts(self) -> Counter[str]:
        """How many findings of each severity wait for a person; `questions` are not among them."""
        asked = {one.id for one in self.questions}
        return Counter(
            finding.severity
            for finding in self.report.findings
            if self.states[finding.id] == OPEN and finding.id not in asked
        )

    @cached_property
    def complete(self) -> Outcome:
        """What would be taken now."""
        return dry_run.outcome_of(self.batch, COMPLETE)

    @cached_property
    def with_proposals(self) -> Outcome:
        """What would be taken if every proposal were confirmed."""
        return dry_run.outcome_of(self.batch, ALL_PROPOSALS)

    def new_in(self, outcome: Outcome) -> tuple[int, int, int]:
        """Dossiers, documents and documents from proposals that an outcome would newly take."""
        dossiers = documents = proposed = 0
        for ready in outcome.ready:
            fresh = [one for one in ready.documents if one.file.path not in self.accepted_paths]
            dossiers += bool(fresh)
            documents += len(fresh)
            proposed += sum(1 for one in fresh if one.confirmed)
        return dossiers, documents, proposed

    @cached_property
    def presents(self) -> Sequence[Present]:
        """Each dossier in figures."""
        ready = {one.key: one for one in self.complete.ready}
        found = []
        for key, draft in self.report.dossiers.items():
            now = ready.get(key)
            found.append(
                Present(
                    draft,
                    draft.declared_documents,
                    len(draft.rows),
                    len(draft.files),
                    len(now.documents) if now else 0,
                    now.from_proposals if now else 0,
                    len(self.accepted.intersection(draft.documents)),
                )
            )
        return found

    def waiting(self, outcome: Outcome) -> Iterable[tuple[str, tuple[Reason, ...]]]:
        """The work list: what an outcome leaves, without what is a record already."""
        for target, reasons in outcome.waiting.items():
            if target not in self.accepted and target not in self._accepted_dossiers:
                yield target, reasons

    @cached_property
    def all_taken(self) -> bool:
        """Whether the batch has become records and nothing of it waits: it can only be ended."""
        open_ones = self.open_counts[findings.ASKS] + self.open_counts[findings.BLOCKS]
        waits = open_ones + len(self.questions)
        return bool(self.accepted) and not waits and not any(self.waiting(self.complete))

    def document_of(self, target: str) -> DocumentDraft | None:
        """The document that a row or file target is about."""
        known = self.report.documents.get(target)
        if known is not None or not target.startswith("file:"):
            return known
        path = target.removeprefix("file:")
        return next((one for one in self.report.documents.values() if one.file == path), None)

    def dossier_key(self, finding: Finding) -> str:
        """The dossier that a finding belongs to; "" for one of the whole batch."""
        if finding.target.startswith("dossier:"):
            return finding.target.removeprefix("dossier:")
        return self._dossier_of.get(finding.target, "")

    @cached_property
    def _dossier_of(self) -> Mapping[str, str]:
        pairs = (
            ((key, one.dossier), (f"file:{one.file}", one.dossier))
            for key, one in self.report.documents.items()
        )
        return dict(itertools.chain.from_iterable(pairs))
