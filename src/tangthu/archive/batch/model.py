"""The shapes of a dry run: files as given, drafts, the report, decisions and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tangthu.archive.batch.findings import Finding, Repair
from tangthu.archive.batch.mapping import ColumnMapping
from tangthu.archive.batch.rows import RowDraft, Value

FROM_ROW = "row"
FROM_FILE = "file"


class PdfLike(Protocol):
    """What is used of `capture.probe.PdfFacts`."""

    @property
    def page_count(self) -> int: ...
    @property
    def pdfa_part(self) -> str | None: ...


class FactsLike(Protocol):
    """What is used of `capture.probe.FileFacts`."""

    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def format(self) -> Any: ...
    @property
    def pdf(self) -> PdfLike | None: ...
    @property
    def image(self) -> Any: ...
    @property
    def problems(self) -> tuple[str, ...]: ...


class ProposalLike(Protocol):
    """What is used of `capture.proposals.Proposal`: a field read from the text of a file."""

    @property
    def field(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def snippet(self) -> str: ...
    @property
    def page(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of the batch: relative path, size in bytes, lower-case hex SHA-256, and its facts.

    `pages` is None when they cannot be counted; `pdfa` is None for what is not a PDF; `problems`
    are the codes of `capture.probe`; `secret` says that a secrecy mark was seen in its text.
    """

    path: str
    size: int
    sha256: str
    mime: str = "application/pdf"
    pages: int | None = None
    pdfa: bool | None = None
    problems: tuple[str, ...] = ()
    secret: bool = False

    @classmethod
    def of(cls, path: str, facts: FactsLike, *, secret: bool = False) -> BatchFile:
        """From the facts of a probe; `path` is relative to the batch's folder."""
        pages: int | None = None
        pdfa: bool | None = None
        if facts.pdf is not None:
            pages = facts.pdf.page_count or None
            pdfa = facts.pdf.pdfa_part is not None
        elif facts.image is not None:
            pages = int(facts.image.frames)
        mime = str(facts.format.mime or "")
        return cls(path, facts.size, facts.sha256, mime, pages, pdfa, facts.problems, secret)


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A document of the batch, from a row or proposed for a file without one.

    `key` is `row:<number>` or `file:<path>`. `values` stand in the index or name; `proposals` are
    what confirming the draft would add, by field. `file` is the path of its file, None without one.
    """

    key: str
    origin: str
    dossier: str
    row: int | None
    file: str | None
    values: Mapping[str, Value]
    proposals: Mapping[str, Repair] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DossierDraft:
    """A dossier of the batch: values, its documents' keys, covers, and what the index declares."""

    key: str
    values: Mapping[str, Value]
    documents: tuple[str, ...]
    rows: tuple[int, ...]
    files: tuple[str, ...]
    covers: tuple[str, ...] = ()
    declared_documents: int | None = None
    declared_sheets: int | None = None
    gaps: tuple[int, ...] = ()

    @property
    def target(self) -> str:
        """The target of findings and decisions about this dossier."""
        return f"dossier:{self.key}"

    @property
    def name(self) -> str:
        """The dossier's number as people say it."""
        number = self.values.get("number")
        return number.value if number else self.key


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The dry run: everything there is and everything that was found, nothing decided yet."""

    name: str
    digest: str
    mapping: ColumnMapping
    rows: tuple[RowDraft, ...]
    files: Mapping[str, BatchFile]
    documents: Mapping[str, DocumentDraft]
    dossiers: Mapping[str, DossierDraft]
    findings: tuple[Finding, ...]
    answers: Mapping[str, str]
    skipped: Mapping[str, str]
    hidden_rows: frozenset[int] = frozenset()
    # Whether the circular binds; where it only advises, its duties hold nothing back (AR-03).
    binding: bool = True
    by_id: Mapping[str, Finding] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {finding.id: finding for finding in self.findings})

    def finding(self, identity: str) -> Finding | None:
        """The finding with this id, or None."""
        return self.by_id.get(identity)

    def counts(self) -> Mapping[str, int]:
        """How many findings of each severity."""
        counts = {"blocks": 0, "asks": 0, "repairs": 0, "note": 0}
        for finding in self.findings:
            counts[finding.severity] += 1
        return counts


TAKE = "take"
EDIT = "edit"
ANSWER = "answer"
IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person on a report.

    take: accept the repairs of the finding `target` (its id); edit: put `value` ("" empties) in
    `field` of `target` (row, file or dossier); answer: `value` for `field` of the whole batch;
    ignore: leave `target` (a row, file or dossier) out of this import.
    """

    kind: str
    target: str
    field: str = ""
    value: str = ""

    def as_data(self) -> Mapping[str, str]:
        """Plain data to store with the batch."""
        return {"kind": self.kind, "target": self.target, "field": self.field, "value": self.value}


@dataclass(frozen=True, slots=True)
class ReadyDocument:
    """A document with all its duties met; `confirmed` marks a proposed row, now confirmed."""

    key: str
    values: Mapping[str, Value]
    file: BatchFile
    confirmed: bool
    row: int | None
    extras: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadyDossier:
    """A dossier that can become an AIP now, with the documents that are ready.

    `values` holds `documents` as counted; what the index declared stays beside it.
    """

    key: str
    values: Mapping[str, Value]
    documents: tuple[ReadyDocument, ...]
    covers: tuple[str, ...]
    declared_documents: int | None
    declared_sheets: int | None
    gaps: tuple[int, ...]

    @property
    def from_proposals(self) -> int:
        """How many of the documents come from confirmed proposals rather than rows."""
        return sum(1 for document in self.documents if document.confirmed)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something waits: the finding that holds it, or a mandatory field without a value."""

    code: str
    field: str = ""
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report and decisions come to. `waiting` is the work list: target → reasons."""

    ready: tuple[ReadyDossier, ...]
    waiting: Mapping[str, tuple[Reason, ...]]
    refused: tuple[str, ...]
    ignored: tuple[str, ...]
    answers: Mapping[str, str]

    @property
    def accepted(self) -> int:
        """How many documents are ready."""
        return sum(len(dossier.documents) for dossier in self.ready)


def files_by_path(files: Sequence[BatchFile]) -> Mapping[str, BatchFile]:
    """The files by relative path, sorted, so that reports come out the same each time."""
    return {file.path: file for file in sorted(files, key=lambda one: one.path)}
