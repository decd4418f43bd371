"""A corrected Excel report back as decisions.

A changed cell is an edit; an `x` under “Xác nhận”, “Đồng ý” or “Bỏ qua” is that decision; what is
unchanged is nothing. Rows may have been sorted or removed. A formula is never taken for a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tangthu.archive.batch.answers import checked_value
from tangthu.archive.batch.cells import Row, Sheet, clean
from tangthu.archive.batch.codes import CodeLists, declares_secret
from tangthu.archive.batch.duties import LISTS
from tangthu.archive.batch.errors import BadDecisionError, ForeignWorkbookError
from tangthu.archive.batch.layout import (
    DOCUMENTS,
    DOSSIERS,
    FINDING_COLUMNS,
    FINDINGS,
    FORMAT,
    MARK,
    Cell,
    ColumnSpec,
    document_columns,
    document_rows,
    dossier_columns,
    dossier_rows,
    finding_rows,
)
from tangthu.archive.batch.model import EDIT, IGNORE, TAKE, BatchReport, Decision
from tangthu.archive.batch.xlsx import read_workbook

_CODE = re.compile(r"^(\d{2}(?:;\d{2})*)(?:\s|$)")
_YES = {"x", "X", "1", "có", "Có", "✓"}


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: the decisions, and for each cell that could not be taken where and why."""

    decisions: tuple[Decision, ...]
    problems: tuple[tuple[str, str], ...]


def read_report(path: Path, report: BatchReport, lists: CodeLists) -> Returned:
    """Read a corrected report of the same batch.

    Raises ForeignWorkbookError when the workbook is not the report of this dry run, and the errors
    of `xlsx.read_workbook` for a damaged or hostile one.
    """
    wanted = (DOSSIERS, DOCUMENTS, FINDINGS, MARK)
    sheets = {sheet.name: sheet for sheet in read_workbook(path, formulas=True, only=wanted)}
    mark = sheets.get(MARK)
    if mark is None or not mark.rows or mark.rows[0].value(0) != FORMAT:
        raise ForeignWorkbookError(name=path.name, what="không có dấu của Tàng Thư")
    if mark.rows[0].value(1) != report.digest:
        raise ForeignWorkbookError(name=path.name, what="của một đợt hay một lần kiểm tra khác")
    missing = [name for name in (DOSSIERS, DOCUMENTS, FINDINGS) if name not in sheets]
    if missing:
        raise ForeignWorkbookError(name=path.name, what=f"thiếu sheet “{missing[0]}”")
    reader = _Reader(path.name, report, lists)
    reader.edits(sheets[DOSSIERS], dossier_columns(), dossier_rows(report, {}, lists))
    reader.edits(sheets[DOCUMENTS], document_columns(), document_rows(report, {}, lists))
    reader.agreements(sheets[FINDINGS], finding_rows(report))
    return Returned(tuple(dict.fromkeys(reader.decisions)), tuple(reader.problems))


class _Reader:
    def __init__(self, name: str, report: BatchReport, lists: CodeLists) -> None:
        self.name = name
        self.report = report
        self.lists = lists
        self.decisions: list[Decision] = []
        self.problems: list[tuple[str, str]] = []
        self.proposed: dict[str, list[str]] = {}
        for finding in report.findings:
            if finding.repairs:
                self.proposed.setdefault(finding.target, []).append(finding.id)

    def edits(
        self, sheet: Sheet, columns: Sequence[ColumnSpec], rows: Iterable[list[Cell]]
    ) -> None:
        """Decisions of a sheet of dossiers or documents."""
        written = {clean(row[0][0]): row for row in rows}
        for number, found, cells in self._rows(sheet, columns, written):
            key = written[found][0][0]
            before = {
                c.key: clean(cell[0]) for c, cell in zip(columns, written[found], strict=True)
            }
            for name, text in cells.items():
                if name == "#ignore" and text in _YES:
                    self.decisions.append(Decision(IGNORE, key))
                elif name == "#confirm" and text in _YES:
                    self._confirm(key)
                elif not name.startswith("#") and text != before[name]:
                    self._edit(f"{sheet.name}!{number}", key, name, text)

    def agreements(self, sheet: Sheet, rows: Iterable[list[Cell]]) -> None:
        """Decisions of the sheet of findings."""
        written = {clean(row[0][0]): row for row in rows}
        for number, found, cells in self._rows(sheet, FINDING_COLUMNS, written):
            key = written[found][0][0]
            if cells["#take"] not in _YES:
                continue
            if written[found][-1][1] == "edit":
                self.decisions.append(Decision(TAKE, key))
            else:
                words = "Phát hiện này không có đề xuất để đồng ý."
                self.problems.append((f"{sheet.name}!{number}", words))

    def _confirm(self, key: str) -> None:
        file = self.report.documents[key].file
        for target in dict.fromkeys((key, f"file:{file}")):
            self.decisions.extend(Decision(TAKE, one) for one in self.proposed.get(target, ()))

    def _edit(self, place: str, key: str, name: str, text: str) -> None:
        try:
            if text.startswith("="):
                raise BadDecisionError(what="ô chứa công thức; hãy ghi giá trị")
            match = _CODE.match(text) if name in LISTS else None
            value = match[1] if match else text
            # What is called secret here is no wrong cell: whoever decides refuses it whole.
            if not (name == "mode" and declares_secret(value)):
                value = checked_value(name, value, self.lists)
        except BadDecisionError as error:
            self.problems.append((place, str(error)))
            return
        self.decisions.append(Decision(EDIT, key, name, value))

    def _rows(
        self, sheet: Sheet, columns: Sequence[ColumnSpec], written: Mapping[str, list[Cell]]
    ) -> Iterator[tuple[int, str, Mapping[str, str]]]:
        """Row number, id and text by column key, for the rows whose id the report knows."""
        header = sheet.rows[0] if sheet.rows else Row(0, ())
        places = {key: index for index, key in enumerate(header.values) if key}
        wanted = ["#id", *(column.key for column in columns if column.editable)]
        if any(key not in places for key in wanted):
            raise ForeignWorkbookError(name=self.name, what=f"sheet “{sheet.name}” thiếu cột")
        seen: set[str] = set()
        for row in sheet.rows[2:]:
            key = row.value(places["#id"])
            if key not in written or key in seen:
                words = "Dòng không thuộc báo cáo này."
                self.problems.append((f"{sheet.name}!{row.number}", words))
                continue
            seen.add(key)
            yield row.number, key, {name: row.value(places[name]) for name in wanted[1:]}
