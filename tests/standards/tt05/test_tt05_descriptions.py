"""Descriptions: each length, code, date and conditional duty is found when broken."""

from __future__ import annotations

from datetime import date

import pytest
from tt05_cases import RULES, document, dossier

from tangthu.standards.tt05.ead import DOCUMENT_ELEMENTS, DOSSIER_ELEMENTS
from tangthu.standards.vietnamese.dates import PartialDate

ON = date(2026, 11, 22)


def found(description, *, digitised=True):
    return {(f.rule, f.field) for f in description.check(RULES, ON, digitised=digitised)}


def test_a_good_description_has_no_findings():
    assert found(dossier()) == set()
    assert found(document()) == set()


LENGTHS = {
    "archive_file_code": 100, "title": 1000, "keywords": 100, "info_symbol": 30,
    "paper_file_code": 100, "note": 2000,
}  # fmt: skip


@pytest.mark.req("RM-810")
@pytest.mark.parametrize(("name", "limit"), LENGTHS.items())
def test_a_text_of_a_file_over_its_length_is_found_and_not_cut(name, limit):
    element = next(e for e, attribute, _ in DOSSIER_ELEMENTS if attribute == name)
    assert found(dossier(**{name: "ạ" * limit})) == set()
    long = dossier(**{name: "ạ" * (limit + 1)})
    assert found(long) == {("RM-810", element)}
    assert len(getattr(long, name)) == limit + 1


DOCUMENT_LENGTHS = {
    "archive_file_code": 100, "keywords": 100, "info_symbol": 30, "note": 500, "number": 11,
    "symbol": 30, "issuer": 200, "subject": 500, "handwriting": 2000, "record_archive_code": 100,
}  # fmt: skip


@pytest.mark.req("RM-813")
@pytest.mark.parametrize(("name", "limit"), DOCUMENT_LENGTHS.items())
def test_a_text_of_a_document_over_its_length_is_found(name, limit):
    element = next(e for e, attribute, _ in DOCUMENT_ELEMENTS if attribute == name)
    assert found(document(**{name: "x" * limit})) == set()
    assert found(document(**{name: "x" * (limit + 1)})) == {("RM-813", element)}


@pytest.mark.req("RM-810")
@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"retention_code": "08"}, "maintenance"),
        ({"access_level": "1"}, "mode"),
        ({"language_codes": ("01", "99")}, "language"),
        ({"physical_condition": "04"}, "format"),
        ({"backup_status": "03"}, "riskRecoveryStatus"),
        ({"backup_status": ""}, "riskRecoveryStatus"),
        ({"page_count": 12_345_678_901}, "numberOfPage"),
        ({"page_count": -1}, "numberOfPage"),
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        ({"start_date": None}, "startDate"),
        ({"start_date": PartialDate(2002)}, "startDate"),
        ({"record_count": None}, "totalDoc"),
        ({"title": "a\x01b"}, "title"),
    ],
)
def test_a_broken_code_number_date_or_duty_of_a_file_is_found(change, element):
    assert found(dossier(**change)) == {("RM-810", element)}


@pytest.mark.req("RM-810")
def test_a_backup_status_is_not_asked_for_without_a_backup_duty():
    assert found(dossier(backup_required=False, backup_status="")) == set()


@pytest.mark.req("AR-52")
@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"paper_file_code": ""}, "paperFileCode"),
        ({"sheet_count": None}, "numberOfPaper"),
        ({"physical_condition": ""}, "format"),
        ({"reliability": "01"}, "confidenceLevel"),
        ({"reliability": ""}, "confidenceLevel"),
    ],
)
def test_a_digitised_file_without_paper_code_sheets_condition_or_level_is_found(change, element):
    assert found(dossier(**change)) == {("AR-52", element)}
    assert found(dossier(**change), digitised=False) == set()


@pytest.mark.req("RM-813")
@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"record_type": "33"}, "typeName"),
        ({"ordinal": None}, "docOrdinal"),
        ({"ordinal": 0}, "docOrdinal"),
        ({"page_count": 10_000}, "numberOfPage"),
        ({"issued_on": PartialDate(2001, 4)}, "issuedDate"),
        ({"reliability": "01"}, "process"),
        ({"reliability": "03"}, "process"),
    ],
)
def test_a_broken_code_number_date_or_duty_of_a_document_is_found(change, element):
    assert found(document(**change)) == {("RM-813", element)}


@pytest.mark.req("RM-813")
def test_the_workflow_flag_satisfies_its_duty_either_way():
    assert found(document(reliability="01", has_process_file=True)) == set()
    assert found(document(reliability="01", has_process_file=False)) == set()


def test_a_finding_says_what_where_and_what_to_do():
    (finding,) = dossier(title="x" * 1001).check(RULES, ON, digitised=True)
    assert "1001" in finding.message and "1000" in finding.message
    assert finding.fix and finding.severity == "error" and len(finding.value) <= 200
