"""Reading an index from workbooks and CSV, friendly and hostile."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangthu.archive.batch.cells import MAX_CELL, clean, letters, text_of
from tangthu.archive.batch.errors import (
    BatchError,
    DamagedError,
    HostileError,
    LockedError,
    NoHeaderError,
    TooLargeError,
    UnknownEncodingError,
    WrongKindError,
)
from tangthu.archive.batch.tables import read_table

Xlsx = Callable[..., Path]
HEAD = ["STT", "Số và ký hiệu hồ sơ", "Tiêu đề hồ sơ", "Trích yếu nội dung", "Đường dẫn file"]


def test_values_become_clean_text_as_people_see_them(xlsx: Xlsx) -> None:
    path = xlsx([HEAD, [1, 1.0, " Tập\u00a0lưu\n2010 ", dt.date(2010, 2, 4), 2.5]])
    [row] = read_table(path).rows
    assert row.values == ("1", "1", "Tập lưu 2010", "04/02/2010", "2.5")


def test_a_number_keeps_the_zeros_that_its_format_shows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append([1, 7])
    book.active["B2"].number_format = "000"
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx").rows[0].values == ("1", "007")


def test_a_formula_is_never_evaluated(xlsx: Xlsx) -> None:
    [row] = read_table(xlsx([HEAD, [1, '=HYPERLINK("http://x","a")', "x"]])).rows
    assert row.values == ("1", "", "x")


def test_the_header_row_is_found_below_a_title_and_group_headings_are_kept(xlsx: Xlsx) -> None:
    path = xlsx(
        [["SỞ Y TẾ"], [], ["HỒ SƠ", None, None, "VĂN BẢN", None], HEAD, ["1", "2", "3", "4", "5"],
         [1, "01", "t", "s", "f"]],
        merge=["A3:C3", "D3:E3"],
    )  # fmt: skip
    table = read_table(path)
    assert table.header_row == 4
    assert [column.group for column in table.columns] == ["HỒ SƠ"] * 3 + ["VĂN BẢN"] * 2
    assert [row.number for row in table.rows] == [6]
    assert table.address(6, 3) == "Sheet!D6"


def test_a_merged_cell_counts_for_each_row_that_it_covers(xlsx: Xlsx) -> None:
    rows = [HEAD, [1, "01", "Tập", "a"], [2, None, None, "b"], [3, None, None, "c"], [4, "02"]]
    table = read_table(xlsx(rows, merge=["B2:B4", "C2:C4"]))
    assert [row.value(1) for row in table.rows] == ["01", "01", "01", "02"]
    assert [row.value(2) for row in table.rows] == ["Tập", "Tập", "Tập", ""]


def test_the_sheet_with_most_known_headings_is_read_and_the_others_are_named(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Ghi nhớ"
    book.active.append(["gọi lại", "anh A"])
    sheet = book.create_sheet("Mục lục")
    sheet.append(HEAD)
    sheet.append([1, "01", "x"])
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert (table.sheet, table.other_sheets) == ("Mục lục", ("Ghi nhớ",))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NoHeaderError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, LockedError),
        (b"%PDF-1.7\n", WrongKindError),
        (b"PK\x03\x04broken", DamagedError),
        (b"a,b\x00,c\n", DamagedError),
        (b"only,text\nno,headings\n", NoHeaderError),
        ("Phông;Hộp số".encode("utf-16-le")[:-1], BatchError),
    ],
)
def test_what_is_no_index_is_refused_with_a_reason(
    tmp_path: Path, data: bytes, error: type[BatchError]
) -> None:
    path = tmp_path / "index.xlsx"
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_table(path)
    assert str(caught.value) and caught.value.hint


def replaced(source: Path, part: str, content: bytes, target: Path) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return target


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET + b"</sheetData></worksheet>", HostileError),
        (b'<?xml version="1.0" encoding="utf-16"?>' + SHEET, HostileError),
        (b"\xff\xfe<\0w\0", HostileError),
        (SHEET + b"<row r=", DamagedError),
        (SHEET + b" " * 30_000_000 + b"</sheetData></worksheet>", HostileError),
        (SHEET + b'<row r="1"><c r="ZZZ1" t="s"><v>99999</v></c></row></sheetData></worksheet>',
         BatchError),
        (SHEET + b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData></worksheet>',
         BatchError),
        (SHEET + b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (n, n)
                          for n in range(1, 4000)) + b"</sheetData></worksheet>", TooLargeError),
    ],
)  # fmt: skip
def test_a_hostile_sheet_is_refused_quickly(
    xlsx: Xlsx, tmp_path: Path, content: bytes, error: type[BatchError]
) -> None:
    path = replaced(xlsx([HEAD]), "xl/worksheets/sheet1.xml", content, tmp_path / "bad.xlsx")
    with pytest.raises(error):
        read_table(path)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_saying_so(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(data)
        try:
            read_table(path)
        except BatchError as error:
            assert error.code


CSV = ";".join(HEAD) + '\n1;01;Tập;"a;b";x.pdf\n'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"]
)
def test_a_csv_is_read_in_each_encoding_that_can_be_told(tmp_path: Path, encoding: str) -> None:
    import unicodedata

    text = CSV
    if encoding == "cp1258":  # the code page keeps tones apart from their vowels
        text = "".join(_apart(ch) for ch in CSV)
        assert unicodedata.normalize("NFC", text) == CSV
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert table.columns[3].heading == "Trích yếu nội dung"
    assert table.rows[0].values == ("1", "01", "Tập", "a;b", "x.pdf")


def _apart(letter: str) -> str:
    import unicodedata

    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = next(p for p in parts[1:] if p in "\u0300\u0301\u0303\u0309\u0323")
        return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone
    return letter


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_a_csv_is_read_with_each_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV.replace('"a;b"', "ab").replace(";", delimiter), encoding="utf-8")
    assert read_table(path).rows[0].values == ("1", "01", "Tập", "ab", "x.pdf")


def test_a_csv_with_old_one_byte_vietnamese_letters_is_refused_rather_than_garbled(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"STT;S\xe8 h\xe5 s\xac;Ti\xaau \xae\xd2 h\xe5 s\xac\n1;01;T\xcbp\n")
    with pytest.raises(UnknownEncodingError):
        read_table(path)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip() and "\n" not in once


def test_a_long_cell_is_cut_and_errors_are_empty() -> None:
    assert len(text_of("x" * 100_000)) == MAX_CELL
    assert text_of("#REF!") == ""
    assert [letters(n) for n in (0, 25, 26, 45)] == ["A", "Z", "AA", "AT"]


def test_the_line_of_the_totals_is_no_document(xlsx: Xlsx) -> None:
    rows = [[1, "07", "Tổng cộng các báo cáo", "Tổng cộng chi", "a.pdf"], ["Tổng cộng: 1 văn bản"]]
    assert [row.value(0) for row in read_table(xlsx([HEAD, *rows])).rows] == ["1"]
