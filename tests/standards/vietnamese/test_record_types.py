"""Free-text record types: real ones, misread ones, and ones that must not be claimed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tangthu.standards.rules import RuleSet
from tangthu.standards.vietnamese.record_types import match_type

CORPORA = Path(os.environ.get("TANGTHU_CORPORA", "/work/shared/corpora"))


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("Quyết định", "02", "exact"),
        ("TỜ TRÌNH", "15", "exact"),
        ("giấy uỷ quyền", "16", "exact"),
        ("biên bản thanh lý", "20", "alias"),
        ("Biên bản ghi nhớ", "24", "alias"),
        ("Hợp đồng trách nhiệm", "21", "alias"),
        ("Quyet dinh", "02", "alias"),
        ("QĐ", "02", "alias"),
        ("T.Tr", "15", "alias"),
        ("CV", "22", "alias"),
        ("Bản vẽ", "31", "alias"),
        ("Giấy mời họp", "26", "alias"),
        ("KÉ HOẠCH", "10", "fuzzy"),
        ("KẺ HOẠCH", "10", "fuzzy"),
        ("KÊ HOẠCH", "10", "fuzzy"),
        ("KỀ HOẠCH HOẠT ĐỘNG", "10", "fuzzy"),
        ("QUYÉT ĐỊNH", "02", "fuzzy"),
        ("QUYÉTĐỊNH", "02", "fuzzy"),
        ("HỢP ĐÓNG TRÁCH NHIỆM", "21", "fuzzy"),
        ("PHIẾU GỬl", "17", "fuzzy"),
        ("THONG BAQ", "07", "fuzzy"),
        ("Thông cáo", "06", "exact"),
        ("Thông báo", "07", "exact"),
        ("Quy chế", "04", "exact"),
        ("Quy định", "05", "exact"),
    ],
)
def test_types_are_recognised_and_say_how(text: str, code: str, how: str) -> None:
    match = match_type(text)
    assert (match.code, match.how) == (code, how)
    assert match.suggestion == (how == "fuzzy")
    assert match.label is not None and match.reason


@pytest.mark.parametrize(
    "text",
    [
        "Bảng mô tả công việc",
        "BÃNG MÔ TẢ CÔNG VIỆC",
        "BÀNG MỎ TẢ CÔNG VIỆC CÁ NHÂN",
        "BẢNG ĐẺ NGHỊ",
        "Giay thoi tra luong GTTL",
        "DANH SÁCH CÁN BỘ CÔNG NHÂN VIÊN",
        "ĐƠN XIN ĐI ÔN THI CAO HỌC",
        "Thông tư",
        "Nghị định",
        "Phiếu bầu",
        "Dự toán",
    ],
)
def test_what_is_no_type_of_the_list_is_only_suggested_as_other(text: str) -> None:
    match = match_type(text)
    assert match.code == "32"
    assert match.suggestion and match.how != "exact"
    assert "32 Khác" in match.reason or "Gần giống" in match.reason


@pytest.mark.parametrize("text", ["Hồ sơ", "", "   ", "xyz", "hực", "QUYT DINH", "123", "喃"])
def test_what_fits_nothing_is_not_claimed(text: str) -> None:
    match = match_type(text)
    assert (match.code, match.label, match.how, match.score) == (None, None, "none", 0.0)
    assert match.suggestion and match.reason


def test_every_official_name_is_exactly_itself() -> None:
    for entry in RuleSet.packaged().newest_codes("document_types"):
        for written in (entry.vi, entry.vi.upper(), f"  {entry.vi.lower()} "):
            match = match_type(written)
            assert (match.code, match.label, match.how, match.score) == (
                *(entry.code, entry.vi),
                *("exact", 100.0),
            )


def test_one_wrong_letter_never_turns_one_official_name_into_another() -> None:
    entries = RuleSet.packaged().newest_codes("document_types")
    for entry in entries:
        for at in range(len(entry.vi)):
            match = match_type(entry.vi[:at] + "x" + entry.vi[at + 1 :])
            assert match.code in (entry.code, None, "32"), (entry.vi, at, match)
            assert match.how != "exact"


def test_an_installations_own_alias_is_used(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        "[lists.document_types]\ncitation = 'Quy chế của cơ quan'\nevidence = 'P'\n"
        "effective_from = 2025-07-01\n"
        "codes = [{ code = '10', vi = 'Kế hoạch', en = 'Plan', aliases = ['Lịch công tác'] }]\n",
        "utf-8",
    )
    assert match_type("lịch công tác", RuleSet.load(own)).code == "10"
    assert match_type("lịch công tác").code == "32"


def test_types_of_the_real_index_are_matched() -> None:
    workbook = CORPORA / "hau-giang-2010" / "metadata.xlsx"
    if not workbook.exists():
        pytest.skip(f"SKIPPED: no real index, {workbook} is absent")
    sheet = load_workbook(workbook, read_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    column = rows[0].index("Tên loại văn bản")
    found = {str(row[column]): match_type(str(row[column])) for row in rows[1:] if row[column]}
    assert {text: match.code for text, match in found.items()} == {
        "Quyết định": "02",
        "Báo cáo": "14",
        "Hợp đồng": "21",
        "Giay thoi tra luong GTTL": "32",
        "Công văn": "22",
        "Tờ trình": "15",
        "biên bản thanh lý": "20",
        "Hồ sơ": None,
    }


@given(st.text(max_size=40))
def test_any_text_gets_a_match_within_its_bounds(text: str) -> None:
    match = match_type(text)
    assert 0 <= match.score <= 100
    assert (match.code is None) == (match.how == "none")


def test_hostile_text_is_matched_without_harm(hostile: str) -> None:
    assert match_type(hostile).how != "exact"
