"""Lists as files: whole, escaped, marked, and no bigger in memory for being longer."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from lxml import etree

from tangthu.standards.sheets import (
    Column,
    PdfList,
    Sheet,
    clean,
    pdf,
    write_docx,
    write_rtf,
    write_xlsx,
    xlsx,
)
from tangthu.standards.sheets.rtf import rtf_text
from tangthu.standards.sheets.typesetting import LONG_CELL

SHEET = Sheet(
    body="Chi cục & <Thử>",
    title="Danh sách tài liệu",
    facts=(("Từ cần tìm", "thanh lý"),),
    columns=(Column("STT", 5, "right"), Column("Trích yếu", 40), Column("Ngày", 10, "center")),
    mark="Tàng Thư & bạn · Mã bản: TT-AAAAA-BBBBB",
    closing=lambda count: f"Có {count} dòng.",
)


def rows(count: int) -> Iterator[list[str]]:
    """So many rows of usual length."""
    for number in range(1, count + 1):
        yield [str(number), f"Về việc thanh lý tài sản, lần {number}; " * 3, "04/02/2010"]


def peak(count: int, format_: str, folder: Path) -> int:
    """Most memory that Python held while a list of so many rows was written, in bytes."""
    tracemalloc.start()
    try:
        if format_ == "xlsx":
            write_xlsx(folder / "a.xlsx", SHEET, rows(count), temporary=folder)
        else:
            write = write_docx if format_ == "docx" else write_rtf
            with (folder / "a").open("wb") as target:
                write(target, SHEET, rows(count))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("format_", ["xlsx", "docx", "doc"])
def test_a_list_ten_times_as_long_needs_no_more_memory(tmp_path: Path, format_: str) -> None:
    peak(20, format_, tmp_path)
    assert peak(5000, format_, tmp_path) < peak(500, format_, tmp_path) + 300_000


def test_a_pdf_list_holds_one_portion_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "PORTION", 60)
    listing = PdfList(tmp_path, SHEET)
    for row in rows(200):
        listing.add(row)
        assert len(listing._waiting) <= 60
        if (tmp_path / "portion.json").exists():
            assert len(json.loads((tmp_path / "portion.json").read_text())["rows"]) <= 60
    target = tmp_path / "all.pdf"
    assert listing.finish(target) == 200
    pages = [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(target)]
    numbers = [int(one) for page in pages for one in re.findall(r"lần (\d+)", page)]
    assert list(dict.fromkeys(numbers)) == list(range(1, 201))
    assert all("TT-AAAAA-BBBBB" in page for page in pages)
    assert all("Trích yếu" in page for page in pages[:-1])
    assert [re.findall(r"Trang (\d+)", page)[-1] for page in pages] == [
        str(number) for number in range(1, len(pages) + 1)
    ]
    with pikepdf.open(target) as whole, whole.open_metadata() as meta:
        assert meta.pdfa_status == "2B"


def test_a_pdf_portion_ends_with_a_full_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages(portion: int) -> int:
        monkeypatch.setattr(pdf, "PORTION", portion)
        folder = tmp_path / str(portion)
        folder.mkdir()
        listing = PdfList(folder, SHEET)
        for row in rows(170):
            listing.add(row)
        listing.finish(folder / "all.pdf")
        return len(pdfium.PdfDocument(folder / "all.pdf"))

    assert pages(70) == pages(1000)


def test_a_cell_longer_than_a_page_is_set_whole(tmp_path: Path) -> None:
    listing = PdfList(tmp_path, SHEET)
    words = " ".join(f"từ{number}" for number in range(3000))
    assert len(words) > LONG_CELL
    listing.add(["1", words, ""])
    listing.add(["2", "Ế" * 1000, ""])
    listing.finish(tmp_path / "all.pdf")
    document = pdfium.PdfDocument(tmp_path / "all.pdf")
    told = " ".join(page.get_textpage().get_text_range() for page in document)
    assert all(f"từ{number}" in told for number in (0, 1500, 2999))
    assert told.count("Ế") == 1000


def test_a_letter_that_no_font_has_is_shown_as_such(tmp_path: Path) -> None:
    listing = PdfList(tmp_path, SHEET)
    listing.add(["1", "Chữ Nôm 𡨸喃 và ế ở cạnh", ""])
    listing.finish(tmp_path / "all.pdf")
    told = pdfium.PdfDocument(tmp_path / "all.pdf")[0].get_textpage().get_text_range()
    assert "Chữ Nôm [?][?] và ế ở cạnh" in told
    assert listing.replaced


def test_what_reads_like_typesetting_is_only_text(tmp_path: Path) -> None:
    listing = PdfList(tmp_path, SHEET)
    evil = '#read("/etc/passwd") $ x $ *đậm* @nhãn <place> \\ // /* ]'
    listing.add(["1", evil, ""])
    listing.finish(tmp_path / "all.pdf")
    told = pdfium.PdfDocument(tmp_path / "all.pdf")[0].get_textpage().get_text_range()
    assert '#read("/etc/passwd") $ x $ *đậm* @nhãn <place>' in told.replace("\u200b", "")


def test_a_word_document_is_well_formed_and_repeats_its_headings() -> None:
    out = io.BytesIO()
    assert write_docx(out, SHEET, [["1", "a\nb <w:p/> & \x00\x1f\ud800", "x"]]) == 1
    with zipfile.ZipFile(out) as book:
        assert book.testzip() is None
        parts = {name: etree.fromstring(book.read(name)) for name in book.namelist()}
    document = parts["word/document.xml"]
    space = {"w": document.nsmap["w"]}
    assert len(document.findall(".//w:tr", space)) == 2
    assert document.find(".//w:tr//w:tblHeader", space) is not None
    assert document.findall(".//w:tc", space)[4].findall(".//w:br", space)
    header = "".join(parts["word/header1.xml"].itertext())
    assert "TT-AAAAA-BBBBB" in header
    assert "PAGE" in etree.tostring(parts["word/footer1.xml"]).decode()


def test_many_columns_lay_the_page_down() -> None:
    columns = tuple(Column(str(number)) for number in range(9))
    wide = Sheet("a", "b", (), columns, "m", lambda n: "c")
    out = io.BytesIO()
    write_docx(out, wide, [[""] * 9])
    with zipfile.ZipFile(out) as book:
        assert 'w:orient="landscape"' in book.read("word/document.xml").decode()
    assert sum(wide.widths(1001)) == 1001


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ế", "\\u7870?"), ("a{b}\\c", "a\\{b\\}\\\\c"), ("x\ny", "x\\line y"),
        ("\uf900", "\\u-1792?"),
        ("𡨸", "\\u-10170?\\u-8648?"), ("\x07\u202e", ""),
    ],
)  # fmt: skip
def test_letters_are_written_as_rtf_reads_them(text: str, wanted: str) -> None:
    assert rtf_text(text) == wanted


def test_what_office_files_cannot_hold_is_left_out() -> None:
    assert clean("a\x00b\x0bc\r\nd\re\ufffe\ud800 ") == "a b c\nd\ne"


def test_the_mark_is_cut_to_what_excel_takes_as_a_header(tmp_path: Path) -> None:
    long = Sheet("a", "b", (), (Column("x"),), "&" * 400, lambda n: "c")
    write_xlsx(tmp_path / "a.xlsx", long, [["=1"]], temporary=tmp_path)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        page = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    header = page.findtext(".//{*}oddHeader")
    assert header is not None and len(header) <= 255
    assert header.removeprefix("&L").count("&") % 2 == 0


def test_rows_that_do_not_fit_a_sheet_are_refused_and_never_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    assert write_xlsx(tmp_path / "a.xlsx", SHEET, rows(3), temporary=tmp_path) == 3
    with pytest.raises(xlsx.TooManyRowsError):
        write_xlsx(tmp_path / "b.xlsx", SHEET, rows(4), temporary=tmp_path)
