"""Decisions on a dry run, on screen and in Excel, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tangthu.archive.batch.accept import ALL_PROPOSALS, COMPLETE, apply
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.describe import dossier_description
from tangthu.archive.batch.duties import DOCUMENT_DUTIES
from tangthu.archive.batch.errors import BadDecisionError, BatchError, ForeignWorkbookError
from tangthu.archive.batch.headings import DOCUMENT, FIELDS
from tangthu.archive.batch.mapping import ColumnMapping, propose
from tangthu.archive.batch.model import (
    ANSWER,
    EDIT,
    IGNORE,
    TAKE,
    BatchReport,
    Decision,
    Outcome,
)
from tangthu.archive.batch.report import build_report
from tangthu.archive.batch.workbook_in import Returned, read_report
from tangthu.archive.batch.workbook_out import write_report
from tangthu.archive.describing import document_columns
from tests.archive.batch.small import ANSWERS, HEADINGS, Read, dry_run, file, row, table

NAME = "H30.81.2015.07.002.pdf"
READ = [Read("type", "22"), Read("date", "2015-03-09"), Read("subject", "Về việc A"),
        Read("issuer", "Sở Y tế")]  # fmt: skip


@pytest.fixture
def report(lists: CodeLists) -> BatchReport:
    """One complete row, and one file for which a row is proposed."""
    return dry_run(lists, [row()], [file("a/001.pdf"), file(NAME)], {NAME: READ})


def taken(outcome: Outcome) -> list[str]:
    return [document.key for dossier in outcome.ready for document in dossier.documents]


def test_complete_takes_the_row_and_leaves_the_proposal_in_the_work_list(
    report: BatchReport, lists: CodeLists
) -> None:
    outcome = apply(report, accept=COMPLETE, lists=lists)
    assert taken(outcome) == ["row:2"]
    assert [reason.code for reason in outcome.waiting[f"file:{NAME}"]] == ["file.no-row"]
    assert outcome.accepted == 1


def test_a_confirmed_proposal_becomes_a_document_that_says_where_it_was_read(
    report: BatchReport, lists: CodeLists
) -> None:
    [proposed] = [finding for finding in report.findings if finding.code == "file.no-row"]
    outcome = apply(report, [Decision(TAKE, proposed.id)], lists=lists)
    assert taken(outcome) == ["row:2", f"file:{NAME}"]
    [dossier] = outcome.ready
    subject = dossier.documents[1].values["subject"]
    assert (subject.value, subject.basis, subject.source) == (
        "Về việc A", "extracted", "như đọc được",
    )  # fmt: skip
    assert dossier.from_proposals == 1
    assert dossier.values["pages"].value == "4"


# Said in other words by the record: dates by their parts, `Số, ký hiệu` by its halves.
IN_PARTS = {"issued_day", "issued_month", "issued_year", "code", "path", "secrecy"}
SAID = {"number": "77", "notation": "QĐ-UBND", "retention": "20 năm", "condition": "Hỏng",
        "process": "Có"}  # fmt: skip
OPTIONAL = [
    one.name
    for one in FIELDS
    if one.level == DOCUMENT and one.name not in {*IN_PARTS, *DOCUMENT_DUTIES}
]


@pytest.mark.parametrize("name", OPTIONAL)
def test_whatever_else_an_index_says_of_a_document_reaches_its_record(
    lists: CodeLists, name: str
) -> None:
    """What no column holds stands in the additional metadata, as what has no field does."""
    records = []
    for value in ("", SAID.get(name, "12 lời")):
        index = table([[*row(number="", notation=""), value]], [*HEADINGS, "cột"])
        key = f"document.{name}"
        choices = []
        for one in propose(index).choices:
            field = None if one.field == key else one.field
            choices.append(replace(one, field=key if one.heading == "cột" else field))
        mapping = ColumnMapping(tuple(choices))
        report = build_report(index, mapping, [file("a/001.pdf")], {}, ANSWERS, lists=lists)
        [ready] = apply(report, accept=COMPLETE, lists=lists).ready
        records.append(document_columns(ready, ready.documents[0]))
    assert records[0] != records[1]


def test_an_edit_wins_over_a_proposal_and_an_emptied_duty_holds_the_document(
    report: BatchReport, lists: CodeLists
) -> None:
    edits = [Decision(EDIT, f"file:{NAME}", "subject", "Về việc B"),
             Decision(EDIT, "row:2", "issuer", "")]  # fmt: skip
    outcome = apply(report, edits, ALL_PROPOSALS, lists=lists)
    [dossier] = outcome.ready
    assert [d.values["subject"].value for d in dossier.documents] == ["Về việc B"]
    assert [reason.field for reason in outcome.waiting["row:2"]] == ["issuer"]


def test_what_is_ignored_is_neither_taken_nor_in_the_work_list(
    report: BatchReport, lists: CodeLists
) -> None:
    outcome = apply(report, [Decision(IGNORE, f"file:{NAME}")], ALL_PROPOSALS, lists=lists)
    assert taken(outcome) == ["row:2"]
    assert outcome.waiting == {}


@pytest.mark.req("AR-127")
def test_a_document_edited_to_secret_is_refused(report: BatchReport, lists: CodeLists) -> None:
    outcome = apply(report, [Decision(EDIT, "row:2", "mode", "Mật")], ALL_PROPOSALS, lists=lists)
    assert outcome.refused == ("row:2",)
    assert taken(outcome) == [f"file:{NAME}"]


@pytest.mark.parametrize("problem", ["damaged", "needs_password", "empty"])
def test_what_blocks_is_never_taken_even_with_all_proposals(lists: CodeLists, problem: str) -> None:
    bad = file("a/001.pdf", problems=(problem,), size=0 if problem == "empty" else 10)
    outcome = apply(dry_run(lists, [row()], [bad]), accept=ALL_PROPOSALS, lists=lists)
    assert outcome.ready == ()
    assert "row:2" in outcome.waiting


def test_two_documents_with_one_ordinal_both_wait(lists: CodeLists) -> None:
    report = dry_run(lists, [row(), row(path="2.pdf"), row(path="3.pdf", ordinal=3)],
                     [file("a/001.pdf"), file("2.pdf"), file("3.pdf")])  # fmt: skip
    outcome = apply(report, accept=ALL_PROPOSALS, lists=lists)
    assert taken(outcome) == ["row:4"]
    assert outcome.waiting["row:2"][0].code == "dossier.ordinal.duplicate"


def test_without_a_paper_code_a_digitised_dossier_waits(lists: CodeLists) -> None:
    report = dry_run(lists, [row(box="")], [file("a/001.pdf")])
    outcome = apply(report, accept=ALL_PROPOSALS, lists=lists)
    assert [r.field for r in outcome.waiting["dossier:01/07"]] == ["paper_code"]
    edited = [Decision(EDIT, "dossier:01/07", "paper_code", "001.K1.07")]
    assert taken(apply(report, edited, lists=lists)) == ["row:2"]


def test_a_guess_about_a_column_holds_everything_until_it_is_confirmed(lists: CodeLists) -> None:
    from tangthu.archive.batch.mapping import propose
    from tangthu.archive.batch.report import build_report
    from tests.archive.batch.small import HEADINGS, table

    headings = [h.replace("Trích yếu nội dung", "Trích yếu nôị dungg") for h in HEADINGS]
    index = table([row()], headings)
    mapping = propose(index)
    report = build_report(index, mapping, [file("a/001.pdf")], {}, ANSWERS, lists=lists)
    assert apply(report, lists=lists).ready == ()
    [asked] = [f for f in report.findings if f.code == "mapping.ambiguous"]
    assert taken(apply(report, [Decision(TAKE, asked.id)], lists=lists)) == ["row:2"]


@pytest.mark.parametrize(
    "decision",
    [
        Decision(TAKE, "no|such|finding"),
        Decision(EDIT, "row:99", "subject", "x"),
        Decision(EDIT, "row:2", "colour", "x"),
        Decision(EDIT, "row:2", "type", "thơ"),
        Decision(EDIT, "row:2", "issued", "31/02/2015"),
        Decision(EDIT, "row:2", "pages", "nhiều"),
        Decision(IGNORE, "row:99"),
        Decision(ANSWER, "batch", "subject", "x"),
        Decision("burn", "row:2"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    report: BatchReport, lists: CodeLists, decision: Decision
) -> None:
    with pytest.raises(BadDecisionError):
        apply(report, [decision], lists=lists)


Change = Callable[[openpyxl.Workbook], None]


@pytest.fixture
def returned(
    report: BatchReport, lists: CodeLists, tmp_path: Path
) -> Callable[[Change | None], Returned]:
    """Write the report, let somebody change it in a spreadsheet, read it back."""

    def travel(change: Change | None) -> Returned:
        path = tmp_path / "report.xlsx"
        write_report(path, report, lists)
        if change is not None:
            book = openpyxl.load_workbook(path)
            change(book)
            book.save(path)
        return read_report(path, report, lists)

    return travel


def place(book: openpyxl.Workbook, sheet: str, key: str, column: str) -> openpyxl.cell.Cell:
    headings = [cell.value for cell in book[sheet][1]]
    for line in book[sheet].iter_rows(min_row=3):
        if line[0].value == key:
            return line[headings.index(column)]
    raise AssertionError(key)


def put(book: openpyxl.Workbook, sheet: str, key: str, column: str, text: str | None) -> None:
    place(book, sheet, key, column).value = text


def test_a_report_that_comes_back_unchanged_decides_nothing(
    returned: Callable[[Change | None], Returned],
) -> None:
    assert returned(None) == Returned((), ())
    assert returned(lambda book: None) == Returned((), ())


def test_changed_cells_and_marks_become_decisions(
    report: BatchReport, lists: CodeLists, returned: Callable[[Change | None], Returned]
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        put(book, "Tài liệu", f"file:{NAME}", "subject", "Về việc C")
        put(book, "Tài liệu", f"file:{NAME}", "#confirm", "x")
        put(book, "Tài liệu", "row:2", "type", "02 Quyết định")
        put(book, "Tài liệu", "row:2", "number", None)
        put(book, "Hồ sơ", "dossier:01/07", "title", "Tập khác")

    back = returned(change)
    assert back.problems == ()
    outcome = apply(report, back.decisions, lists=lists)
    [dossier] = outcome.ready
    first, second = dossier.documents
    assert first.values["type"].value == "02" and "number" not in first.values
    assert second.confirmed and second.values["subject"].value == "Về việc C"
    assert dossier.values["title"].value == "Tập khác"


def test_agreeing_to_a_finding_and_ignoring_a_row_come_back(
    report: BatchReport, returned: Callable[[Change | None], Returned]
) -> None:
    [proposed] = [finding for finding in report.findings if finding.code == "file.no-row"]

    def change(book: openpyxl.Workbook) -> None:
        put(book, "Phát hiện", proposed.id, "#take", "x")
        put(book, "Tài liệu", "row:2", "#ignore", "x")

    assert set(returned(change).decisions) == {
        Decision(TAKE, proposed.id), Decision(IGNORE, "row:2"),
    }  # fmt: skip


def test_a_report_may_be_sorted_and_cut_before_it_comes_back(
    returned: Callable[[Change | None], Returned],
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        put(book, "Tài liệu", f"file:{NAME}", "subject", "Về việc C")
        book["Tài liệu"].delete_rows(3)

    assert returned(change).decisions == (
        Decision(EDIT, f"file:{NAME}", "subject", "Về việc C"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text"),
    [("type", "thơ"), ("issued", "31/02/2015"), ("pages", "-1"), ("subject", "=cmd|' /C calc'!A0")],
)
def test_a_cell_that_cannot_be_taken_is_named_and_the_rest_is_read(
    returned: Callable[[Change | None], Returned], column: str, text: str
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        put(book, "Tài liệu", "row:2", column, text)
        put(book, "Tài liệu", "row:2", "issuer", "Sở Y tế")

    back = returned(change)
    assert back.decisions == (Decision(EDIT, "row:2", "issuer", "Sở Y tế"),)
    assert [cell for cell, _ in back.problems] == ["Tài liệu!3"]


def test_text_that_looks_like_a_formula_is_written_as_text_and_comes_back_unchanged(
    lists: CodeLists, tmp_path: Path
) -> None:
    report = dry_run(lists, [row(subject="=cmd|' /C calc'!A0", issuer="@SUM(1)")], [])
    path = tmp_path / "r.xlsx"
    write_report(path, report, lists)
    cell = place(openpyxl.load_workbook(path), "Tài liệu", "row:2", "subject")
    assert cell.data_type == "s" or cell.value == "=cmd|' /C calc'!A0"
    import zipfile

    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        assert all(b"<f>" not in archive.read(name) for name in sheets)
    assert read_report(path, report, lists) == Returned((), ())


def test_the_workbook_is_protected_hides_its_keys_and_offers_the_codes(
    report: BatchReport, lists: CodeLists, tmp_path: Path
) -> None:
    write_report(tmp_path / "r.xlsx", report, lists)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames[:4] == ["Hồ sơ", "Tài liệu", "Tệp", "Phát hiện"]
    for name in book.sheetnames[:4]:
        assert book[name].protection.sheet
        assert book[name].column_dimensions["A"].hidden
    assert place(book, "Tài liệu", "row:2", "#file").protection.locked
    assert not place(book, "Tài liệu", "row:2", "subject").protection.locked
    assert len(book["Tài liệu"].data_validations.dataValidation) >= 3
    secret = [cell.value for line in book["Danh mục"].iter_rows() for cell in line]
    assert "02 Quyết định" in secret and "03 Mật" not in secret


def test_a_foreign_or_older_report_is_refused(
    report: BatchReport, lists: CodeLists, tmp_path: Path
) -> None:
    path = tmp_path / "r.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(ForeignWorkbookError):
        read_report(path, report, lists)
    write_report(path, dry_run(lists, [row(title="khác")]), lists)
    with pytest.raises(ForeignWorkbookError):
        read_report(path, report, lists)
    path.write_bytes(b"PK\x03\x04 no")
    with pytest.raises(BatchError):
        read_report(path, report, lists)


def test_a_report_without_a_sheet_or_column_is_refused(
    returned: Callable[[Change | None], Returned],
) -> None:
    with pytest.raises(ForeignWorkbookError):
        returned(lambda book: book.remove(book["Tài liệu"]))
    with pytest.raises(ForeignWorkbookError):
        returned(lambda book: book["Hồ sơ"].delete_cols(1, 3))


def test_a_row_that_is_not_of_the_report_is_named(
    returned: Callable[[Change | None], Returned],
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["Tài liệu"].append(["row:777"] + ["x"] * 20)

    back = returned(change)
    assert back.decisions == ()
    assert [words for _, words in back.problems] == ["Dòng không thuộc báo cáo này."]


def test_a_shelf_that_the_paper_code_does_not_tell_stands_in_the_note(lists: CodeLists) -> None:
    headings = [*HEADINGS, "Giá số", "Mã hồ sơ giấy gốc"]
    for code, told in (("001.G7/02.15", False), ("001.02.15", True)):
        index = table([[*row(), "G7", code]], headings)
        report = build_report(
            index, propose(index), [file("a/001.pdf")], {}, ANSWERS, lists=lists
        )  # fmt: skip
        [ready] = apply(report, accept=ALL_PROPOSALS, lists=lists).ready
        assert ("Giá số: G7." in dossier_description(ready).note) is told, code
