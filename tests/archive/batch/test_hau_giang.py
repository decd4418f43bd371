"""The real batch of 2010 against a table written by eye, and what it must come to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.batch.accept import ALL_PROPOSALS, COMPLETE, apply
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.describe import document_description, dossier_description
from tangthu.archive.batch.dossier_checks import ranges
from tangthu.archive.batch.duties import DOCUMENT_DUTIES, DOSSIER_DUTIES
from tangthu.archive.batch.mapping import propose
from tangthu.archive.batch.model import ANSWER, BatchReport, Decision
from tangthu.archive.batch.report import build_report
from tangthu.archive.batch.tables import read_table
from tangthu.standards.rules import RuleSet
from tests.archive.batch.conftest import ON

EXPECTED = tomllib.loads((Path(__file__).parent / "hau_giang_expected.toml").read_text())
STEM = "001.03.08.H30.81.2024.K4.01.01."
ANSWERS = {"access": "01", "condition": "02", "body": "H30.81"}


@pytest.fixture(scope="module")
def report(hau_giang: Path, captured: Any, lists: CodeLists) -> BatchReport:
    return dry_run(hau_giang, captured, lists, {})


def dry_run(folder: Path, captured: Any, lists: CodeLists, answers: dict[str, str]) -> BatchReport:
    files, proposals = captured
    table = read_table(folder / "metadata.xlsx")
    return build_report(table, propose(table), files, proposals, answers, lists=lists)


def findings_at(report: BatchReport, *targets: str) -> list[str]:
    return sorted(f"{f.code}:{f.field}" for f in report.findings if f.target in targets)


@pytest.mark.req("AR-52", "RM-851", "RM-852")
def test_the_index_is_read_with_its_two_levels_told_apart(hau_giang: Path) -> None:
    table = read_table(hau_giang / "metadata.xlsx")
    told = EXPECTED["index"]
    assert (table.sheet, table.header_row) == (told["sheet"], told["header_row"])
    assert len(table.columns) == told["columns"]
    mapping = propose(table)
    assert not [choice for choice in mapping.choices if choice.doubtful or choice.field is None]
    for heading in told["twice"]:
        levels = [c.field.partition(".")[0] for c in mapping.choices if c.heading == heading]
        assert levels == ["dossier", "document"], heading


def test_the_batch_as_a_whole_has_the_findings_of_the_table(report: BatchReport) -> None:
    found = sorted(
        f"{f.code}:{f.field}"
        for f in report.findings
        if f.target == "batch" or f.target.startswith(("value:", "column:", "sheet:"))
    )
    assert found == EXPECTED["batch"]["findings"]


@pytest.mark.parametrize("key", list(EXPECTED["dossiers"]))
def test_each_dossier_has_the_findings_and_counts_of_the_table(
    report: BatchReport, key: str
) -> None:
    told, dossier = EXPECTED["dossiers"][key], report.dossiers[key]
    assert findings_at(report, dossier.target) == told["findings"]
    assert dossier.declared_documents == told["declared_documents"]
    assert dossier.declared_sheets == told["declared_sheets"]
    assert len(dossier.files) == told["files"]
    assert list(dossier.rows) == told["rows"]
    assert ranges(dossier.gaps) == told["gaps"]
    assert dossier.values["start"].value == told["start"]
    assert dossier.values["end"].value == told["end"]
    assert dossier.values["box"].value == "01"


@pytest.mark.parametrize("row", list(EXPECTED["rows"]))
def test_each_row_has_the_findings_and_values_of_the_table(report: BatchReport, row: str) -> None:
    told, draft = EXPECTED["rows"][row], report.documents[f"row:{row}"]
    assert findings_at(report, f"row:{row}", f"file:{draft.file}") == told["findings"]
    for name in ("type", "number", "notation", "issued"):
        value = draft.values.get(name)
        assert (value.value if value else "") == told[name], name
    assert (draft.file is not None) == ("pages" in told)
    if "pages" in told:
        assert draft.proposals["pages"].value == str(told["pages"])


@pytest.mark.parametrize("ordinal", list(EXPECTED["files"]))
def test_each_file_without_a_row_gets_a_proposed_row(report: BatchReport, ordinal: str) -> None:
    told = EXPECTED["files"][ordinal]
    path = f"{STEM}{int(ordinal):03d}.pdf"
    proposed = report.documents[f"file:{path}"].proposals
    assert set(findings_at(report, f"file:{path}")) - {"date.partial:issued"} == {"file.no-row:"}
    assert proposed["ordinal"].value == ordinal
    assert proposed["pages"].value == str(told["pages"])
    assert proposed["type"].value == told["type"]
    assert set(proposed) >= {"issued", "issuer", "subject", "language"}
    for name in ("type", "subject"):
        assert proposed[name].snippet, name


def test_all_findings_say_something_in_words(report: BatchReport) -> None:
    for finding in report.findings:
        text = finding.text()
        assert text.endswith(".") and "%(" not in text, finding.code


@pytest.mark.req("AR-52")
def test_dossier_01_becomes_one_dossier_of_40_documents_and_says_that_83_were_declared(
    hau_giang: Path, captured: Any, lists: CodeLists
) -> None:
    report = dry_run(hau_giang, captured, lists, ANSWERS)
    outcome = apply(report, accept=ALL_PROPOSALS, lists=lists)
    [dossier] = outcome.ready
    assert dossier.key == "01/01"
    assert len(dossier.documents) == 40
    assert dossier.from_proposals == 35
    assert set(DOSSIER_DUTIES) <= set(dossier.values)
    for document in dossier.documents:
        assert set(DOCUMENT_DUTIES) <= set(document.values), document.key
    assert (dossier.declared_documents, dossier.declared_sheets) == (83, 279)
    assert dossier.values["documents"].value == "40"
    assert dossier.values["pages"].value == str(EXPECTED["dossiers"]["01/01"]["pages"])
    assert dossier.values["paper_code"].value == "001.03.08.01.01"
    waiting = {key for key in outcome.waiting if key.startswith("row:")}
    assert waiting == {f"row:{row}" for row in range(7, 16)}
    description = dossier_description(dossier)
    assert description.check(RuleSet.packaged(), ON, digitised=True) == []
    assert "83 tài liệu, 279 tờ" in description.note


def test_the_documents_of_dossier_01_lack_nothing_but_days_that_nobody_could_read(
    hau_giang: Path, captured: Any, lists: CodeLists
) -> None:
    report = dry_run(hau_giang, captured, lists, ANSWERS)
    [dossier] = apply(report, accept=ALL_PROPOSALS, lists=lists).ready
    for document in dossier.documents:
        found = document_description(dossier, document).check(
            RuleSet.packaged(), ON, digitised=True
        )
        partial = len(document.values["issued"].value) < 10
        assert [finding.field for finding in found] == ["issuedDate"] * partial


def test_accepting_what_is_complete_takes_the_four_complete_rows_only(
    report: BatchReport, lists: CodeLists
) -> None:
    answers = [Decision(ANSWER, "batch", name, value) for name, value in ANSWERS.items()]
    answers.append(Decision(ANSWER, "batch", "archive_code", "001.03.08"))
    outcome = apply(report, answers, COMPLETE, lists=lists)
    [dossier] = outcome.ready
    assert [document.key for document in dossier.documents] == ["row:2", "row:4", "row:5", "row:6"]
    assert outcome.waiting["row:3"][0].code == "field.missing.type"
    assert outcome.waiting[f"file:{STEM}006.pdf"][0].code == "file.no-row"


def test_without_an_answer_for_the_access_level_nothing_is_taken(
    report: BatchReport, lists: CodeLists
) -> None:
    outcome = apply(report, accept=ALL_PROPOSALS, lists=lists)
    assert outcome.ready == ()
    assert "field.missing.mode" in {r.code for r in outcome.waiting["dossier:01/01"]}
