"""Document codes against a gold list of real shapes, and against text that is no code at all."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.vietnamese.codes import (
    Code,
    canonical_notation,
    code_key,
    code_keys,
    parse_code,
)

GOLD = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "gold" / "codes.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
TYPES = ["QĐ", "TB", "TTr", "BC", "KH", "QyĐ", "CĐ", "GUQ"]
BODIES = ["UBND", "SNV", "BNV-VP", "VP.UBND-NCTH", "CC", "CCATVSTP", "HĐND"]


def test_the_gold_list_is_as_long_as_promised() -> None:
    assert len(GOLD) >= 60


@pytest.mark.parametrize(("text", "full", "yearless", "kind", "notation"), GOLD)
def test_codes_of_the_gold_list(
    text: str, full: str, yearless: str, kind: str, notation: str
) -> None:
    keys = code_keys(text)
    assert (keys.full, keys.yearless) == (full, yearless)
    assert code_key(text) == full
    assert parse_code(text).type_code == (None if kind == "-" else kind)
    assert canonical_notation(text) == notation


@pytest.mark.parametrize(("text", "full", "yearless", "kind", "notation"), GOLD)
def test_decomposed_upper_and_lower_case_codes_keep_their_key(
    text: str, full: str, yearless: str, kind: str, notation: str
) -> None:
    for variant in (unicodedata.normalize("NFD", text), text.upper(), text.lower()):
        assert code_key(variant) == full


def test_a_code_is_taken_apart() -> None:
    assert parse_code("số 0123/2024/T.Tr-SNV") == Code("123", 2024, "TTr", ("TTr", "SNV"), "15")
    assert parse_code("5/BNV-VP") == Code("5", None, None, ("BNV", "VP"), None)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("5/bnv", "05/bnv"),
        ("số 15 / qđ - BNV", "15/QĐ-BNV"),
        ("5/2024/qđ-UBND", "05/2024/QĐ-UBND"),
        ("/t.tr-CC", "/TTr-CC"),
        ("", ""),
    ],
)
def test_the_canonical_form_is_that_of_the_decree(text: str, canonical: str) -> None:
    assert parse_code(text).canonical == canonical


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("2119/QĐ- ƯBND", "QĐ-UBND"),
        ("ỌĐ-CCATVSTP", "QĐ-CCATVSTP"),
        ("/QĐ- cc", "QĐ-CC"),
        ("/BC - cc", "BC-CC"),
        ("1450/VP.ƯBND-NCTH", "VP.UBND-NCTH"),
        ("/TTr - CC", "TTr-CC"),
        ("08/CT-TTg", "CT-TTg"),
        ("NQ/TƯ", "NQ-TƯ"),
        ("", ""),
    ],
)
def test_scanner_errors_in_capitals_are_undone_only_when_asked(read: str, meant: str) -> None:
    assert canonical_notation(read, ocr=True) == meant
    assert "ƯBND" not in read or "ƯBND" in canonical_notation(read)


@given(
    st.integers(0, 99999),
    st.none() | st.integers(1900, 2099),
    st.sampled_from(TYPES),
    st.sampled_from(BODIES),
    st.sampled_from(["/", " / ", "/ ", " /"]),
    st.sampled_from(["-", " - ", " -", "- ", "–", " "]),
    st.sampled_from(["", "số ", "Số: ", "SỐ:"]),
    st.integers(0, 3),
)
def test_however_a_code_is_written_it_has_one_key(
    number: int, year: int | None, kind: str, body: str, slash: str, dash: str, label: str, pad: int
) -> None:
    plain = "/".join(str(part) for part in (number, year) if part is not None) + f"/{kind}-{body}"
    first = "0" * pad + str(number)
    middle = slash + str(year) if year is not None else ""
    written = label + first + middle + slash + kind + dash + body
    for variant in (written, written.lower(), unicodedata.normalize("NFD", written)):
        assert code_keys(variant) == code_keys(plain)
    read = parse_code(written)
    assert (read.number, read.year, read.type_abbreviation) == (str(number), year, kind)
    yearless = f"{number}/{kind}-{body}"
    assert code_keys(plain).yearless == code_key(yearless)
    assert (code_key(plain) == code_key(yearless)) == (year is None)


@given(st.text(max_size=60) | st.text("0123/-. QĐqđTtr&số:ngày", max_size=40))
def test_any_text_is_read_and_its_canonical_form_keeps_the_key(text: str) -> None:
    code = parse_code(text)
    assert code_key(code.canonical) == code_key(text)
    canonical_notation(text, ocr=True)


def test_hostile_text_gets_a_bounded_code(hostile: str) -> None:
    assert len(code_key(hostile)) <= 1000
    assert len(parse_code(hostile).canonical) <= 1000
    assert len(canonical_notation(hostile, ocr=True)) <= 1000
