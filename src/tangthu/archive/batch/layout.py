"""What the sheets of an Excel report hold: columns, and the rows of a report as text and style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.duties import DOCUMENT_DUTIES, DOSSIER_DUTIES, LISTS
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import FROM_FILE, BatchReport, DocumentDraft, DossierDraft

FORMAT = "tangthu-batch-1"
DOSSIERS, DOCUMENTS, FILES, FINDINGS, MARK = "Hồ sơ", "Tài liệu", "Tệp", "Phát hiện", "_tangthu"

DOSSIER_FIELDS = ("number", "title", "retention", "mode", "language", "start", "end", "sheets",
                  "pages", "condition", "confidence", "archive_code", "body_code", "year", "box",
                  "paper_code", "keyword", "note")  # fmt: skip
DOCUMENT_FIELDS = ("ordinal", "type", "number", "notation", "issued", "issuer", "subject",
                   "language", "pages", "mode", "condition", "confidence", "autograph", "keyword",
                   "note")  # fmt: skip
_SEVERITIES = {"blocks": "Chặn", "asks": "Cần trả lời", "repairs": "Tự sửa", "note": "Ghi nhận"}

Cell = tuple[str, str]  # text, style


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column: key (`#…` is no field), title, width, whether it is edited, and its code list."""

    key: str
    title: str
    width: int
    editable: bool = False
    listed: str = ""


def _fields(level: str, names: Sequence[str]) -> list[ColumnSpec]:
    wide = {"title": 50, "subject": 50, "issuer": 30, "note": 30}
    return [
        ColumnSpec(name, BY_KEY[f"{level}.{name}"].label, wide.get(name, 14), True,
                    LISTS.get(name, "") if name != "language" else "")
        for name in names
    ]  # fmt: skip


def dossier_columns() -> tuple[ColumnSpec, ...]:
    """Columns of the sheet Hồ sơ."""
    return (
        ColumnSpec("#id", "id", 4),
        *_fields("dossier", DOSSIER_FIELDS),
        ColumnSpec("#declared", "Số tài liệu khai", 12),
        ColumnSpec("#files", "Số tệp có mặt", 12),
        ColumnSpec("#ignore", "Bỏ qua (x)", 10, True),
        ColumnSpec("#words", "Phát hiện", 60),
    )


def document_columns() -> tuple[ColumnSpec, ...]:
    """Columns of the sheet Tài liệu."""
    return (
        ColumnSpec("#id", "id", 4),
        ColumnSpec("#dossier", "Hồ sơ", 10),
        ColumnSpec("#row", "Dòng bảng kê", 10),
        ColumnSpec("#file", "Tệp", 40),
        *_fields("document", DOCUMENT_FIELDS),
        ColumnSpec("#confirm", "Xác nhận (x)", 10, True),
        ColumnSpec("#ignore", "Bỏ qua (x)", 10, True),
        ColumnSpec("#words", "Phát hiện", 60),
    )


FILE_COLUMNS = (
    ColumnSpec("#id", "id", 4),
    ColumnSpec("#path", "Tệp", 60),
    ColumnSpec("#size", "Byte", 12),
    ColumnSpec("#mime", "Định dạng", 18),
    ColumnSpec("#pages", "Số trang", 10),
    ColumnSpec("#pdfa", "PDF/A", 8),
    ColumnSpec("#sha256", "SHA-256", 66),
    ColumnSpec("#words", "Phát hiện", 60),
)
FINDING_COLUMNS = (
    ColumnSpec("#id", "id", 4),
    ColumnSpec("#severity", "Mức", 12),
    ColumnSpec("#code", "Mã", 24),
    ColumnSpec("#place", "Chỗ", 40),
    ColumnSpec("#words", "Phát hiện", 80),
    ColumnSpec("#value", "Giá trị", 30),
    ColumnSpec("#proposal", "Đề xuất", 60),
    ColumnSpec("#take", "Đồng ý (x)", 10, True),
)


def dossier_rows(
    report: BatchReport, about: Mapping[str, list[Finding]], lists: CodeLists
) -> Iterator[list[Cell]]:
    """A row for each dossier; `about` gives the findings by target."""
    for dossier in report.dossiers.values():
        cells = [_dossier_cell(report, dossier, name, lists) for name in DOSSIER_FIELDS]
        yield [
            (dossier.target, "key"),
            *cells,
            (str(dossier.declared_documents or ""), "key"),
            (str(len(dossier.files)), "key"),
            ("", "edit"),
            _words(about.get(dossier.target, ())),
        ]


def document_rows(
    report: BatchReport, about: Mapping[str, list[Finding]], lists: CodeLists
) -> Iterator[list[Cell]]:
    """A row for each document, its proposals in their cells."""
    for draft in report.documents.values():
        cells = [_document_cell(report, draft, name, lists) for name in DOCUMENT_FIELDS]
        findings = list(about.get(draft.key, ()))
        if draft.origin != FROM_FILE and draft.file:
            findings += about.get(f"file:{draft.file}", ())
        dossier = report.dossiers.get(draft.dossier)
        yield [
            (draft.key, "key"),
            (dossier.name if dossier else "", "key"),
            (str(draft.row or ""), "key"),
            (draft.file or "", "key"),
            *cells,
            ("", "edit"),
            ("", "edit"),
            _words(findings),
        ]


def file_rows(report: BatchReport, about: Mapping[str, list[Finding]]) -> Iterator[list[Cell]]:
    """A row for each file with its facts."""
    for file in report.files.values():
        pdfa = "" if file.pdfa is None else ("có" if file.pdfa else "không")
        facts = (file.path, str(file.size), file.mime, str(file.pages or ""), pdfa, file.sha256)
        yield [
            (f"file:{file.path}", "key"),
            *((fact, "key") for fact in facts),
            _words(about.get(f"file:{file.path}", ())),
        ]


def finding_rows(report: BatchReport) -> Iterator[list[Cell]]:
    """A row for each finding."""
    for finding in report.findings:
        proposal = "; ".join(
            f"{repair.field}: {repair.value}" if len(finding.repairs) > 1 else repair.value
            for repair in finding.repairs
        )
        yield [
            (finding.id, "key"),
            (_SEVERITIES[finding.severity], finding.severity),
            (finding.code, "key"),
            (finding.place, "key"),
            (finding.text(), "key"),
            (finding.value, "key"),
            (proposal, "key"),
            ("", "edit" if finding.repairs else "key"),
        ]


def _dossier_cell(report: BatchReport, dossier: DossierDraft, name: str, lists: CodeLists) -> Cell:
    value = dossier.values.get(name)
    if value is not None:
        return _label(name, value.value, lists), "edit"
    answer = report.answers.get(name)
    if answer:
        return _label(name, answer, lists), "edit"
    return "", "missing" if name in DOSSIER_DUTIES else "edit"


def _document_cell(report: BatchReport, draft: DocumentDraft, name: str, lists: CodeLists) -> Cell:
    value = draft.values.get(name)
    if value is not None:
        return _label(name, value.value, lists), "edit"
    proposal = draft.proposals.get(name)
    if proposal is not None:
        return _label(name, proposal.value, lists), "proposed"
    missing = name in DOCUMENT_DUTIES and name not in report.answers
    return "", "missing" if missing else "edit"


def _label(name: str, value: str, lists: CodeLists) -> str:
    """A coded value with its label: `02 Quyết định`."""
    listed = LISTS.get(name)
    return f"{value} {lists.label(listed, value)}" if listed and lists.has(listed, value) else value


def _words(findings: Sequence[Finding]) -> Cell:
    worst = min((list(_SEVERITIES).index(f.severity) for f in findings), default=3)
    return " ".join(finding.text() for finding in findings), list(_SEVERITIES)[worst]
