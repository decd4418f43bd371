"""From a report and decisions to what can be taken now and why the rest waits.

`complete` takes what the index, counting and rules make complete; `all-proposals` also confirms
each proposed repair. What blocks is never taken, what nobody answered waits; nothing is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tangthu.archive.batch.answers import checked_answers, checked_value
from tangthu.archive.batch.codes import CodeLists, declares_secret, marks_secrecy
from tangthu.archive.batch.duties import ANSWER_NAMES, DOCUMENT_DUTIES, DOSSIER_DUTIES, STRUCTURE
from tangthu.archive.batch.errors import BadDecisionError
from tangthu.archive.batch.findings import (
    ASKED,
    BLOCKS,
    COUNTED,
    DEFAULT,
    DERIVED,
    EDITED,
    NOTE,
    REPAIRS,
    Finding,
    Repair,
)
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import (
    ANSWER,
    EDIT,
    FROM_FILE,
    IGNORE,
    TAKE,
    BatchReport,
    Decision,
    DocumentDraft,
    DossierDraft,
    Outcome,
    ReadyDocument,
    ReadyDossier,
    Reason,
)
from tangthu.archive.batch.rows import Value

COMPLETE = "complete"
ALL_PROPOSALS = "all-proposals"

_MISSING = "field.missing."


@dataclass(slots=True)
class _Choices:
    """Decisions sorted by what they are about."""

    answers: dict[str, str]
    taken: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)
    edits: dict[str, dict[str, str]] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)


def apply(
    report: BatchReport,
    decisions: Sequence[Decision] = (),
    accept: str = COMPLETE,
    *,
    lists: CodeLists,
) -> Outcome:
    """What the report comes to with these decisions; the report itself is not changed.

    `accept` is `complete` or `all-proposals`. Raises BadDecisionError for a decision about
    something the report does not have, or a value that its field cannot hold.
    """
    if accept not in (COMPLETE, ALL_PROPOSALS):
        raise BadDecisionError(what=f"cách nhận “{accept[:30]}”")
    return _Acceptance(report, decisions, accept == ALL_PROPOSALS, lists).outcome()


class _Acceptance:
    def __init__(
        self,
        report: BatchReport,
        decisions: Sequence[Decision],
        all_proposals: bool,
        lists: CodeLists,
    ) -> None:
        self.report = report
        self.all_proposals = all_proposals
        self.lists = lists
        self.by_target: dict[str, list[Finding]] = {}
        for finding in report.findings:
            self.by_target.setdefault(finding.target, []).append(finding)
        self.columns = [f for f in report.findings if f.target.startswith("column:")]
        self.choices = self._sort(decisions)
        self.waiting: dict[str, tuple[Reason, ...]] = {}
        self.refused = [
            finding.target
            for finding in report.findings
            if finding.code in ("secret.declared", "secret.suspected")
        ]
        self.refused.extend(self.choices.secret)

    def _sort(self, decisions: Sequence[Decision]) -> _Choices:
        report = self.report
        targets = set(report.documents) | {f"file:{path}" for path in report.files}
        targets.update(dossier.target for dossier in report.dossiers.values())
        findings = {finding.id for finding in report.findings}
        choices = _Choices(dict(report.answers))
        for decision in decisions:
            if decision.kind == TAKE and decision.target in findings:
                choices.taken.add(decision.target)
            elif decision.kind == IGNORE and decision.target in targets:
                choices.ignored.add(decision.target)
            elif decision.kind == ANSWER:
                name = ANSWER_NAMES.get(decision.field, decision.field)
                choices.answers.update(checked_answers({name: decision.value}, self.lists))
            elif decision.kind == EDIT and decision.target in targets:
                self._edit(decision, choices)
            else:
                raise BadDecisionError(what=f"{decision.kind[:20]} {decision.target[:80]}")
        return choices

    def _edit(self, decision: Decision, choices: _Choices) -> None:
        level = "dossier" if decision.target.startswith("dossier:") else "document"
        if f"{level}.{decision.field}" not in BY_KEY:
            raise BadDecisionError(what=f"không có trường {decision.field[:40]}")
        if (decision.field == "mode" and declares_secret(decision.value)) or (
            decision.field == "secrecy" and marks_secrecy(decision.value)
        ):
            choices.secret.add(decision.target)
            return
        value = checked_value(decision.field, decision.value, self.lists)
        choices.edits.setdefault(decision.target, {})[decision.field] = value

    def outcome(self) -> Outcome:
        ready: list[ReadyDossier] = []
        placed: set[str] = set()
        for dossier in self.report.dossiers.values():
            placed.update(dossier.documents)
            if self._ignored(dossier.target) or dossier.target in self.choices.secret:
                continue
            accepted = self._dossier(dossier)
            if accepted is not None:
                ready.append(accepted)
        for key, draft in self.report.documents.items():
            if key not in placed and not self._ignored(key, draft.file):
                reasons = self._held(self._targets(draft))
                self.waiting[key] = reasons or (Reason("row.no-dossier"),)
        return Outcome(
            tuple(ready),
            self.waiting,
            tuple(dict.fromkeys(self.refused)),
            tuple(sorted(self.choices.ignored)),
            self.choices.answers,
        )

    def _dossier(self, dossier: DossierDraft) -> ReadyDossier | None:
        own = self._dossier_values(dossier)
        documents: list[ReadyDocument] = []
        refused = set(self.refused)
        for key in dossier.documents:
            draft = self.report.documents[key]
            targets = self._targets(draft)
            if self._ignored(key, draft.file) or refused.intersection(targets):
                continue
            document = self._document(draft, own)
            if document is not None:
                documents.append(document)
        self._hold_equal_ordinals(documents)
        own.update(_counted(documents, dossier, own))
        paper = _paper_code(own)
        if "paper_code" not in own and paper:
            own["paper_code"] = Value(paper, paper, DERIVED, "")
        reasons = self._held([dossier.target])
        missing = [name for name in self._duties(DOSSIER_DUTIES) if name not in own]
        reasons += tuple(Reason(f"{_MISSING}{name}", name) for name in missing)
        if not documents or reasons:
            self.waiting[dossier.target] = reasons or (Reason("dossier.no-document"),)
            for document in documents:
                self.waiting[document.key] = (Reason("dossier.waits"),)
            return None
        return ReadyDossier(
            dossier.key, own, tuple(documents), dossier.covers, dossier.declared_documents,
            dossier.declared_sheets, dossier.gaps,
        )  # fmt: skip

    def _hold_equal_ordinals(self, documents: list[ReadyDocument]) -> None:
        """Hold back documents that would share an ordinal: a code is given once (AR-36)."""
        seen: dict[str, int] = {}
        for document in documents:
            ordinal = document.values["ordinal"].value
            seen[ordinal] = seen.get(ordinal, 0) + 1
        for document in list(documents):
            if seen[document.values["ordinal"].value] > 1:
                documents.remove(document)
                self.waiting[document.key] = (Reason("dossier.ordinal.duplicate", "ordinal"),)

    def _dossier_values(self, dossier: DossierDraft) -> dict[str, Value]:
        values = dict(dossier.values)
        for target in ("batch", dossier.target):
            self._repair(values, self.by_target.get(target, ()), keep=target == "batch")
        for name, answer in self.choices.answers.items():
            if name not in values or values[name].basis in (DEFAULT, DERIVED):
                values[name] = Value(answer, answer, ASKED, "")
        for name, edited in self.choices.edits.get(dossier.target, {}).items():
            _set(values, name, edited)
        return values

    def _document(self, draft: DocumentDraft, dossier: Mapping[str, Value]) -> ReadyDocument | None:
        targets = self._targets(draft)
        values = dict(draft.values)
        for target in targets:
            self._repair(values, self.by_target.get(target, ()), keep=False)
        for name in ("mode", "confidence", "retention", "language", "condition", "backup"):
            if name not in values and name in dossier:
                inherited = dossier[name]
                values[name] = Value(inherited.value, inherited.raw, inherited.basis, "")
        for target in targets:
            for name, edited in self.choices.edits.get(target, {}).items():
                _set(values, name, edited)
        reasons = self._held(targets)
        proposed = draft.proposals if draft.origin == FROM_FILE else {}
        reasons += tuple(
            Reason(f"{_MISSING}{name}", name)
            for name in self._duties(DOCUMENT_DUTIES)
            if name not in values and name not in proposed
        )
        file = self.report.files.get(draft.file) if draft.file else None
        if reasons or file is None:
            self.waiting[draft.key] = reasons or (Reason("row.no-file"),)
            return None
        return ReadyDocument(
            draft.key, values, file, draft.origin == FROM_FILE, draft.row, draft.extras
        )

    def _duties(self, names: Sequence[str]) -> list[str]:
        """Those of the duties that bind here."""
        return [name for name in names if self.report.binding or name in STRUCTURE]

    def _targets(self, draft: DocumentDraft) -> tuple[str, ...]:
        targets = [draft.key]
        if draft.file is not None and draft.key != f"file:{draft.file}":
            targets.append(f"file:{draft.file}")
        return tuple(targets)

    def _ignored(self, key: str, file: str | None = None) -> bool:
        ignored = self.choices.ignored
        return key in ignored or (file is not None and f"file:{file}" in ignored)

    def _resolved(self, finding: Finding) -> bool:
        """Whether nothing more is asked: noted, repaired by rule, confirmed, edited, answered."""
        if finding.severity in (NOTE, REPAIRS) or finding.id in self.choices.taken:
            return True
        if finding.severity == BLOCKS:
            return False
        if self.all_proposals and finding.repairs:
            return True
        if finding.field and finding.field in self.choices.edits.get(finding.target, {}):
            return True
        return finding.target == "batch" and finding.field in self.choices.answers

    def _held(self, targets: Iterable[str]) -> tuple[Reason, ...]:
        """Findings that hold back these targets; fields that lack a value are looked at apart."""
        about = [finding for target in targets for finding in self.by_target.get(target, ())]
        return tuple(
            Reason(finding.code, finding.field, finding.id)
            for finding in [*self.columns, *about]
            if not finding.code.startswith((_MISSING, "dossier.ordinal.duplicate"))
            and not self._resolved(finding)
        )

    def _repair(self, values: dict[str, Value], findings: Iterable[Finding], *, keep: bool) -> None:
        """Put repairs of resolved findings into `values`; with `keep` only where nothing stands."""
        for finding in findings:
            if not finding.repairs or not self._resolved(finding):
                continue
            for repair in finding.repairs:
                if repair.field and not (keep and repair.field in values):
                    _put(values, repair, finding)


def _put(values: dict[str, Value], repair: Repair, finding: Finding) -> None:
    if f"document.{repair.field}" not in BY_KEY and f"dossier.{repair.field}" not in BY_KEY:
        return
    if not repair.value:
        values.pop(repair.field, None)
        return
    raw = finding.value or repair.value
    source = repair.snippet or finding.place
    values[repair.field] = Value(repair.value, raw, repair.basis, source, repair.confidence)


def _set(values: dict[str, Value], name: str, edited: str) -> None:
    if edited:
        values[name] = Value(edited, edited, EDITED, "")
    else:
        values.pop(name, None)


def _counted(
    documents: Sequence[ReadyDocument], dossier: DossierDraft, own: Mapping[str, Value]
) -> Mapping[str, Value]:
    """Documents and pages as they are in this dossier; what was declared stays in the note."""
    count = str(len(documents))
    pages = str(sum(int(document.values["pages"].value) for document in documents))
    told = own.get("documents")
    counted = {
        "documents": Value(count, told.raw if told else count, COUNTED, told.source if told else "")
    }
    if "pages" not in dossier.values:
        counted["pages"] = Value(pages, pages, COUNTED, "")
    return counted


def _paper_code(values: Mapping[str, Value]) -> str:
    """`[mã cơ quan lưu trữ].[kho/giá/hộp].[số hồ sơ giấy]`; "" when a part is unknown."""
    archive, number = values.get("archive_code"), values.get("number")
    where = [values[name].value for name in ("shelf", "box") if name in values]
    if archive is None or number is None or not where:
        return ""
    return ".".join([archive.value, "/".join(where), number.value])
