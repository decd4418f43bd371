"""What stands in an exported file, in every format, and what nobody may take."""

from __future__ import annotations

import html
import re
import zipfile

import openpyxl
import pypdfium2 as pdfium
import pytest

from tangthu.reports import files, sources
from tangthu.reports.models import Export
from tests.office.conftest import SignIn
from tests.reports.exporting import FORMATS, made, text_of
from tests.support.house import TestHouse
from tests.support.records import make_dossier


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize("format_", FORMATS)
def test_what_was_searched_is_exported_in_the_chosen_columns_and_marked(
    cast: TestHouse, format_: str
) -> None:
    make_dossier(
        cast, documents=[{"subject": "Kế hoạch tập huấn", "keywords": "từ khóa riêng"}, {}]
    )
    export = made(
        cast, source="search", format_=format_, q="tập huấn", columns=["title", "keywords", "date"]
    )
    told = " ".join(text_of(export).replace("\u200b", "").split())
    for words in (
        "Kế hoạch tập huấn", "từ khóa riêng", "04/02/2010", "trích yếu", "Từ khóa", "STT",
        "Từ cần tìm", "tập huấn", export.serial, "Nguyễn Thị Cúc", "Chi cục ATVSTP",
        "Danh sách này có 1 dòng.",
    ):  # fmt: skip
        assert words in told, words
    assert "thanh lý" not in told
    assert "Trạng thái" not in told
    assert export.rows == 1


@pytest.mark.req("RM-661")
def test_a_list_as_made_is_taken_out_without_the_state_unless_it_was_chosen(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast, documents=[{}])
    page = sign_in("cuc").get("/ho-so/").content.decode()
    assert "Trạng thái" in page
    assert "Thời hạn lưu trữ" in page
    address = html.unescape(page.split('href="/xuat/moi/')[1].split('"')[0])
    assert "cot=" not in address
    asked = sign_in("cuc").get("/xuat/moi/" + address).content.decode()
    assert 'value="retention" checked' in " ".join(re.sub(r' id="[^"]*"', "", asked).split())
    assert not re.search(r'value="state"[^>]*checked', asked)
    chosen = sign_in("cuc").get("/ho-so/?cot=title,state").content.decode()
    assert "cot=title%2Cstate" in chosen
    told = " ".join(text_of(made(cast, columns=["title", "state"])).split())
    assert "Trạng thái" in told


@pytest.mark.req("AR-27")
def test_every_page_of_a_pdf_bears_the_mark(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{"subject": f"Việc số {n} " * 30} for n in range(60)])
    export = made(cast, format_="pdf")
    pages = [page.get_textpage().get_text_range() for page in
             pdfium.PdfDocument(files.file_of(export))]  # fmt: skip
    assert len(pages) > 3
    assert all(export.serial in page and "Nguyễn Thị Cúc" in page for page in pages)
    assert [re.findall(r"Trang (\d+)", page)[-1] for page in pages] == [
        str(number) for number in range(1, len(pages) + 1)
    ]


@pytest.mark.req("RM-661", "AR-27")
def test_rows_stand_in_the_order_that_was_chosen(cast: TestHouse) -> None:
    make_dossier(
        cast, documents=[{"issued_on": f"20{year}-01-01", "subject": f"Năm {year}"}
                         for year in ("11", "09", "10")],
    )  # fmt: skip
    for sort, wanted in (("date", ["09", "10", "11"]), ("-date", ["11", "10", "09"])):
        told = text_of(made(cast, format_="docx", sort=sort))
        assert re.findall(r"Năm (\d\d)", told) == wanted


def test_more_rows_than_a_portion_come_out_once_each_and_in_order(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{"subject": f"Dòng {n:03d}"} for n in range(1, 48)])
    monkeypatch.setattr("tangthu.reports.sources.PORTION", 10)
    monkeypatch.setattr(sources.portions, "__kwdefaults__", {"size": 10})
    export = made(cast, format_="xlsx")
    told = re.findall(r"Dòng (\d{3})", text_of(export))
    assert told == [f"{n:03d}" for n in range(1, 48)]


def test_an_export_holds_only_what_its_owner_may_see(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{"subject": "Ai cũng xem"}, {"subject": "Có điều kiện",
                                                              "access_level": "02"}])  # fmt: skip
    make_dossier(cast, "nga", number="09", documents=[{"subject": "Cơ quan khác"}])
    assert "Có điều kiện" in text_of(made(cast, "cuc"))
    told = text_of(made(cast, "hoa"))
    assert "Ai cũng xem" in told
    assert "Có điều kiện" not in told
    assert "Cơ quan khác" not in told


def test_what_counts_hidden_documents_is_left_out(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{}, {"access_level": "02"}] * 3, declared=971)
    columns = ["record_count", "declared_record_count"]
    assert "971" in text_of(made(cast, "cuc", source="dossiers", columns=columns))
    assert "971" not in text_of(made(cast, "hoa", source="dossiers", columns=columns))


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_text_stays_text(cast: TestHouse, format_: str) -> None:
    evil = [
        "=HYPERLINK(\"http://x\",\"a\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1",
        "Về việc \x0b\x1f kín \ufffe <w:p> &amp; {\\rtf1 \\bin9 } #read(\"/etc/passwd\") $x$",
        "Ế" * 1000, "chữ " * 400, "_x0041_", "😀 𠮷",
    ]  # fmt: skip
    make_dossier(cast, documents=[{"subject": one} for one in evil])
    export = made(cast, format_=format_)
    told = text_of(export)
    assert export.rows == len(evil)
    assert "root:" not in told
    if format_ == "xlsx":
        page = openpyxl.load_workbook(files.file_of(export)).active
        cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
        counts = [cell for cell in cells if cell.data_type == "n"]
        assert [cell.value for cell in counts] == list(range(1, len(evil) + 1))
        assert {cell.column for cell in counts} == {1}
        assert {cell.data_type for cell in cells} == {"s", "n"}
        values = {cell.value for cell in cells}
        assert {'=HYPERLINK("http://x","a")', "+1+1", "-2+3", "@SUM(A1)"} <= values
        # As the standard has a text written that looks like Excel's own escape of a character.
        assert "_x005F_x0041_" in values
    if format_ == "docx":
        from lxml import etree

        with zipfile.ZipFile(files.file_of(export)) as book:
            tree = etree.fromstring(book.read("word/document.xml"))
        texts = tree.itertext("{*}t")
        assert "=HYPERLINK" in "".join(texts)
    if format_ == "doc":
        raw = files.file_of(export).read_bytes()
        assert raw.isascii()
        assert rb"\{\\rtf1 \\bin9 \}" in raw
        assert raw.count(b"{") - raw.count(rb"\{") == raw.count(b"}") - raw.count(rb"\}")
    else:
        assert "😀" in told or "[?]" in told


def test_counts_in_a_spreadsheet_can_be_added_up_and_codes_stay_text(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{"page_count": 12, "number": "007", "subject": "2010"}])
    export = made(cast, format_="xlsx", columns=["code", "title", "page_count"])
    page = openpyxl.load_workbook(files.file_of(export)).active
    row = next(row for row in page.iter_rows() if row[0].value == 1 and row[0].data_type == "n")
    told = {cell.value: cell.data_type for cell in row if cell.value is not None}
    assert told[12] == "n"
    assert told["2010"] == "s"
    assert [kind for value, kind in told.items() if str(value).startswith("007")] == ["s"]


@pytest.mark.parametrize(("extra", "lying"), [(3, False), (4, True)])
def test_paper_lies_from_six_columns_on_printed_or_exported(
    cast: TestHouse, sign_in: SignIn, extra: int, lying: bool
) -> None:
    make_dossier(cast)
    columns = ["title", "note", "keywords", "info_symbol", "page_count"][: extra + 1]
    export = made(cast, format_="pdf", columns=columns)
    width, height = pdfium.PdfDocument(files.file_of(export))[0].get_size()
    assert (width > height) is lying
    page = sign_in("cuc").post("/in/danh-sach/", {"nguon": "documents", "cot": ",".join(columns)})
    assert ("printed-lying" in page.content.decode()) is lying


@pytest.mark.parametrize(
    "address",
    ["/xuat/moi/", "/xuat/moi/?nguon=nope", "/xuat/moi/?nguon=search",
     "/xuat/moi/?nguon=search&q=!", "/tim-kiem-da-luu/moi/?nguon=x"],
)  # fmt: skip
def test_a_list_that_does_not_exist_is_refused_in_words(
    cast: TestHouse, sign_in: SignIn, address: str
) -> None:
    answer = sign_in("cuc").get(address)
    assert answer.status_code == 400
    assert "Traceback" not in answer.content.decode()


def test_the_form_orders_what_was_chosen(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    client = sign_in("cuc")
    page = client.get("/xuat/moi/?nguon=documents&q=thanh+l%C3%BD&cot=title,note").content.decode()
    assert "1 dòng trong phạm vi" in page
    assert re.search(r'value="note"[^>]*checked', page)
    answer = client.post(
        "/xuat/moi/?nguon=documents&q=thanh+l%C3%BD",
        {"format": "pdf", "sort": "-date", "columns": ["title", "note"]},
    )
    export = Export.objects.get()
    assert answer["Location"] == f"/xuat/{export.pk}/"
    assert (export.format, export.columns) == ("pdf", ["title", "note"])
    assert export.asked == {"q": "thanh lý", "sort": "-date"}
    wrong = client.post(
        "/xuat/moi/?nguon=documents", {"format": "exe", "sort": "x", "columns": "y"}
    )
    assert wrong.status_code == 422
    assert Export.objects.count() == 1


def test_an_empty_list_is_a_file_that_says_so(cast: TestHouse) -> None:
    make_dossier(cast)
    for format_ in FORMATS:
        export = made(cast, format_=format_, q="khongcogi")
        assert export.rows == 0
        assert "có 0 dòng" in text_of(export)


def test_what_no_database_can_hold_is_left_out_of_what_was_typed(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    answer = sign_in("cuc").post(
        "/xuat/moi/?nguon=dossiers&q=a%00b",
        {"format": "docx", "sort": "place", "columns": ["title"]},
    )
    assert answer.status_code == 302
    assert Export.objects.get().asked["q"] == "a b"


def test_an_archive_code_stands_in_no_export_as_a_number(cast: TestHouse) -> None:
    [document] = make_dossier(cast, documents=[{"number": "", "symbol": ""}]).documents
    assert document.record_archive_code not in text_of(made(cast))
    chosen = made(cast, columns=("code", "title", "record_archive_code"))
    assert text_of(chosen).count(document.record_archive_code) == 1
