"""Codes: composed as the circular shows, read back, ambiguity reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.tt05.codes import (
    FileCode,
    arc_doc_code,
    arc_file_code,
    doc_code,
    file_code,
    parse_doc_code,
    parse_file_code,
    split_arc_file_code,
)
from tangthu.standards.tt05.errors import AmbiguousCodeError, InvalidCodeError

OPEN = {"agency_code": "H49.64.33", "fonds_code": "G09", "year": 2001, "notation": "160"}
segment = st.text("ABCDHÔ0123456789/-", min_size=1, max_size=8)
dotted = st.lists(segment, min_size=1, max_size=4).map(".".join)


@pytest.mark.req("RM-807", "AR-34")
def test_the_example_of_the_circular_is_composed():
    assert doc_code(file_code(**OPEN), 1) == "H49.64.33.2001.160.0000001"


@pytest.mark.req("AR-32")
def test_an_open_fonds_uses_the_agency_code_and_a_closed_one_its_own():
    assert file_code(**OPEN) == "H49.64.33.2001.160"
    assert file_code(**OPEN, fonds_closed=True) == "G09.2001.160"
    with pytest.raises(InvalidCodeError):
        file_code(**{**OPEN, "fonds_code": ""}, fonds_closed=True)


@pytest.mark.req("AR-32")
def test_an_inventory_number_stands_last():
    assert file_code(**OPEN, inventory="02") == "H49.64.33.2001.160.02"


@pytest.mark.req("AR-33")
def test_an_archival_file_code_is_the_archive_code_and_the_file_code():
    assert (
        arc_file_code("000.00.01.H49", "H49.64.33.2001.160") == "000.00.01.H49.H49.64.33.2001.160"
    )


@pytest.mark.req("AR-34", "RM-807")
def test_an_archival_document_code_has_archive_code_and_seven_digits():
    assert arc_doc_code("000.00.01.H49", "G09.2001.160", 12) == "000.00.01.H49.G09.2001.160.0000012"


@pytest.mark.req("AR-34")
@pytest.mark.parametrize("ordinal", [0, -1, 10_000_000])
def test_an_ordinal_outside_seven_digits_is_refused(ordinal):
    with pytest.raises(InvalidCodeError):
        doc_code("H49.2001.160", ordinal)


@pytest.mark.parametrize("part", ["", " ", "a b", ".a", "a.", "a\n", "\x01", "a\x7fb"])
def test_a_part_that_would_break_the_code_is_refused(part):
    with pytest.raises(InvalidCodeError):
        file_code(**{**OPEN, "notation": part})
    with pytest.raises(InvalidCodeError):
        file_code(**{**OPEN, "agency_code": part})
    with pytest.raises(InvalidCodeError):
        arc_file_code(part, "H49.2001.1")


@pytest.mark.req("AR-32")
@given(dotted, st.integers(1000, 2099), dotted)
def test_a_code_is_read_back_or_its_ambiguity_is_told(body, year, notation):
    code = file_code(agency_code=body, year=year, notation=notation)
    expected = FileCode(body, year, notation)
    assert parse_file_code(code, body=body) == expected
    try:
        assert parse_file_code(code) == expected
    except AmbiguousCodeError as fault:
        assert expected in fault.facts["readings"]


@given(dotted, st.integers(1, 9_999_999))
def test_a_document_code_is_read_back(code, ordinal):
    assert parse_doc_code(doc_code(code, ordinal)) == (code, ordinal)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_typed_error(text):
    for reader in (parse_file_code, parse_doc_code):
        try:
            reader(text)
        except (InvalidCodeError, AmbiguousCodeError) as fault:
            assert fault.hint


def test_two_possible_years_are_ambiguous():
    with pytest.raises(AmbiguousCodeError) as caught:
        parse_file_code("H49.2001.2002.160")
    assert caught.value.facts["readings"] == (
        FileCode("H49", 2001, "2002.160"),
        FileCode("H49.2001", 2002, "160"),
    )


def test_an_archival_code_gives_its_file_code_back():
    assert split_arc_file_code("TT3.H49.2001.1", archive_code="TT3") == "H49.2001.1"
    with pytest.raises(InvalidCodeError):
        split_arc_file_code("TT3.H49.2001.1", archive_code="TT")
