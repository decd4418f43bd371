"""Small batches made by hand: an index in two levels, files with facts, proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tangthu.archive.batch.cells import Row, Sheet, Table, text_of
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.mapping import propose
from tangthu.archive.batch.model import BatchFile, BatchReport
from tangthu.archive.batch.report import build_report
from tangthu.archive.batch.tables import table_of

HEADINGS = [
    "Phông", "Mục lục", "Hộp số", "Số và ký hiệu hồ sơ", "Tiêu đề hồ sơ", "Thời hạn bảo quản",
    "Chế độ sử dụng", "Ngôn ngữ", "Thời gian bắt đầu", "Thời gian kết thúc",
    "Tổng số tài liệu trong hồ sơ", "Số lượng tờ", "Số thứ tự văn bản trong hồ sơ",
    "Tên loại văn bản", "Số của văn bản", "Ký hiệu của văn bản", "Ngày văn bản", "Tháng văn bản",
    "Năm văn bản", "Tên cơ quan, tổ chức ban hành văn bản", "Trích yếu nội dung", "Ngôn ngữ",
    "Chế độ sử dụng", "Đường dẫn file",
]  # fmt: skip
ROW: Mapping[str, Any] = {
    "fonds": "Sở Xây dựng", "inventory": "1", "box": "3", "dossier": "7", "title": "Tập công văn",
    "retention": "10 năm", "mode": "Công khai", "language": "Tiếng Việt", "start": "01/2015",
    "end": "12/2015", "total": 1, "sheets": 4, "ordinal": 1, "type": "Công văn", "number": 12,
    "notation": "SXD-VP", "day": 5, "month": 3, "year": 2015, "issuer": "Sở Xây dựng",
    "subject": "Về việc thử", "doc_language": "Tiếng Việt", "doc_mode": "", "path": "a\\001.pdf",
}  # fmt: skip
ANSWERS = {"archive_code": "001", "body_code": "H30.81", "condition": "01"}


@dataclass(frozen=True)
class Read:
    """A proposal as capture gives it."""

    field: str
    value: str
    confidence: float = 0.9
    snippet: str = "như đọc được"
    page: int | None = 1


def row(**changed: Any) -> list[Any]:
    return [changed.get(name, value) for name, value in ROW.items()]


def file(path: str, **changed: Any) -> BatchFile:
    facts: dict[str, Any] = {"size": 10, "sha256": path, "pages": 2, "pdfa": True}
    return BatchFile(path, **{**facts, **changed})


def table(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> Table:
    lines = [headings, *rows]
    cells = [Row(n, tuple(text_of(one) for one in line)) for n, line in enumerate(lines, 1)]
    return table_of("index.xlsx", (Sheet("S", tuple(cells)),))


def dry_run(
    lists: CodeLists,
    rows: Sequence[Sequence[Any]],
    files: Sequence[BatchFile] = (),
    proposals: Mapping[str, Sequence[Read]] | None = None,
    answers: Mapping[str, str] = ANSWERS,
) -> BatchReport:
    index = table(rows)
    return build_report(index, propose(index), files, proposals or {}, answers, lists=lists)


def codes(report: BatchReport, target: str) -> set[str]:
    return {finding.code for finding in report.findings if finding.target == target}
