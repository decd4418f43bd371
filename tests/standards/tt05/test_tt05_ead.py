"""EAD files: flat simpledc, exact elements, valid by our schema, equal when read back."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tt05_cases import document, dossier

from tangthu.standards.tt05 import ead, schemas
from tangthu.standards.tt05.dates import parse_date
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.vietnamese.dates import PartialDate
from tangthu.standards.xml import (
    ForbiddenCharacterError,
    XmlError,
    faults_of,
    forbidden_character,
    parse,
)

texts = st.text(max_size=60)
dates = (
    st.none()
    | st.dates().map(PartialDate.of)
    | st.builds(PartialDate, st.integers(1, 9999), st.none() | st.integers(1, 12))
)
codes = st.text(string.digits, min_size=2, max_size=2)
numbers = st.none() | st.integers(0, 10**18 - 1)
flags = st.none() | st.booleans()


def built(kind, elements):
    by_kind = {"string": texts, "number": numbers, "date": dates, "boolean": flags}
    fields = {attribute: by_kind[value] for _, attribute, value in elements}
    fields["language_codes"] = st.lists(codes, max_size=3).map(tuple)
    return st.builds(kind, **fields)


@pytest.mark.req("RM-810", "AR-61")
@given(built(DossierDescription, ead.DOSSIER_ELEMENTS))
def test_a_file_description_comes_back_equal_or_is_refused(description):
    held = all(forbidden_character(v) is None for v in vars_of(description) if isinstance(v, str))
    if not held:
        with pytest.raises(ForbiddenCharacterError):
            ead.write_dossier(description)
        return
    reading = ead.read_dossier(ead.write_dossier(description))
    assert reading.description == description
    assert reading.findings == ()


@pytest.mark.req("RM-813", "AR-61")
@given(built(DocumentDescription, ead.DOCUMENT_ELEMENTS))
def test_a_document_description_comes_back_equal_or_is_refused(description):
    held = all(forbidden_character(v) is None for v in vars_of(description) if isinstance(v, str))
    if not held:
        with pytest.raises(ForbiddenCharacterError):
            ead.write_document(description)
        return
    reading = ead.read_document(ead.write_document(description))
    assert reading.description == description
    assert reading.findings == ()


def vars_of(description):
    return [getattr(description, name) for name in description.__slots__]


@pytest.mark.req("AR-61", "RM-810")
def test_a_file_has_the_18_elements_of_the_circular_flat_under_simpledc():
    root = parse(ead.write_dossier(dossier()))
    assert root.tag == "simpledc"
    assert [child.tag for child in root] == [
        "arcFileCode", "title", "maintenance", "mode", "language", "startDate", "endDate",
        "keyword", "totalDoc",
        "numberOfPaper", "numberOfPage", "format", "inforSign", "confidenceLevel",
        "paperFileCode", "riskRecovery", "riskRecoveryStatus", "description",
    ]  # fmt: skip
    assert all(len(child) == 0 for child in root)
    assert root.findtext("startDate") == "03/2001"
    assert root.findtext("riskRecovery") == "1"


@pytest.mark.req("RM-813", "AR-61")
def test_a_document_has_exactly_the_19_elements():
    root = parse(ead.write_document(document()))
    assert root.tag == "simpledc"
    assert [child.tag for child in root] == [
        "arcFileCode", "mode", "language", "keyword", "numberOfPage", "format", "inforSign",
        "confidenceLevel", "description", "docCode", "docOrdinal", "typeName", "codeNumber",
        "codeNotation", "issuedDate", "organName", "subject", "autograph", "process",
    ]  # fmt: skip


def test_what_we_write_is_valid_by_our_schemas():
    shipped = schemas.shipped()
    assert faults_of(shipped.schema("EAD.xsd"), ead.write_dossier(dossier())) == []
    assert faults_of(shipped.schema("EAD_doc.xsd"), ead.write_document(document())) == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""}, {"title": "x" * 1001}, {"archive_file_code": ""}, {"page_count": None},
        {"page_count": 10**10}, {"note": "x" * 2001}, {"start_date": None},
        {"backup_status": "012"},
    ],
)  # fmt: skip
def test_our_schema_refuses_a_file_out_of_bounds(change):
    data = ead.write_dossier(dossier(**change))
    assert faults_of(schemas.shipped().schema("EAD.xsd"), data) != []


def test_the_reader_takes_any_order_and_other_names_and_reports_the_rest():
    data = (
        "<simpledc><title>A</title><fileCode>H.2001.1</fileCode><totalDoc>mười</totalDoc>"
        "<startDate>31/02/2001</startDate><odd/><title>B</title></simpledc>"
    ).encode()
    reading = ead.read_dossier(data)
    assert reading.description == DossierDescription(archive_file_code="H.2001.1", title="A")
    said = {f.field for f in reading.findings}
    assert {"totalDoc", "startDate", "odd", "title", "endDate"} <= said


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_typed_error(data):
    try:
        ead.read_dossier(data)
    except XmlError as fault:
        assert fault.message


@given(st.text(max_size=12))
def test_a_date_is_read_or_refused(text):
    try:
        value = parse_date(text)
    except ValueError:
        return
    assert parse_date(value.vietnamese()) == value
    assert value.earliest <= value.latest
