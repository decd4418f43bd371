"""Saved searches, chosen columns, printing, marked copies, the history of use, the figures."""

from __future__ import annotations

import io
import re
import uuid

import pikepdf
import pypdfium2 as pdfium
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tangthu.identity.actions.choose_columns import MOST_LISTS, choose_columns
from tangthu.identity.models import ListChoice
from tangthu.kernel.errors import Refused
from tangthu.ledger.history import history
from tangthu.records.models import Use
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import SavedView
from tests.archive.dips import made as made_dip
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.meanwhile import overtaken
from tests.support.records import make_dossier, sealed_package, small_pdf

HEADINGS = re.compile(r'<th scope="col" class="k-[^"]*"[^>]*>(?:<a [^>]*>)?([^<]+)')


def headings(page: str) -> list[str]:
    return [one.strip() for one in HEADINGS.findall(page)]


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize("address", ["/ho-so/", "/tai-lieu/", "/tim/?q=thanh+l%C3%BD&dang=bang"])
def test_the_columns_chosen_are_shown_remembered_and_forgotten(
    cast: TestHouse, sign_in: SignIn, address: str
) -> None:
    make_dossier(
        cast, title="Thanh lý", documents=[{"note": "ghi chú riêng", "info_symbol": "KH-07"}]
    )
    client = sign_in("cuc")
    before = client.get(address).content.decode()
    assert "Ký hiệu thông tin" not in headings(before)
    name = re.search(r'name="name" value="([^"]+)"', before)
    back = re.search(r'name="next" value="([^"]+)"', before)
    assert name and back
    chosen = {
        "name": name[1],
        "next": address,
        "column": ["title", "info_symbol", "language_codes"],
    }
    answer = client.post("/cot/", chosen)
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert headings(page)[1:] == ["Ngôn ngữ", "Ký hiệu thông tin"] or set(headings(page)[1:]) == {
        "Ngôn ngữ", "Ký hiệu thông tin",
    }  # fmt: skip
    assert "Tiếng Việt" in page
    # Another day, another browser: still there. Others see the list as it is made.
    assert "Ngôn ngữ" in headings(sign_in("cuc").get(address).content.decode())
    assert "Ngôn ngữ" not in headings(sign_in("hoa").get(address).content.decode())
    client.post("/cot/", {"name": name[1], "next": address, "default": "1"})
    assert headings(client.get(address).content.decode()) == headings(before)


def test_columns_in_the_address_go_before_those_remembered(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    client = sign_in("cuc")
    page = client.get("/tai-lieu/?cot=note,nope,%3Cb%3E").content.decode()
    assert headings(page) == ["Trích yếu", "Ghi chú"]
    # A choice that names no column at all is none.
    assert len(headings(client.get("/tai-lieu/?cot=nope").content.decode())) > 3


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
)
def test_choosing_columns_never_leads_elsewhere(
    cast: TestHouse, sign_in: SignIn, back: str
) -> None:
    answer = sign_in("cuc").post("/cot/", {"name": "documents", "next": back, "column": "title"})
    assert answer["Location"] == "/"


def test_a_column_shows_no_record_that_may_not_be_seen(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{}, {"access_level": "02"}] * 3, declared=97)
    address = "/ho-so/?cot=title,declared_record_count,record_count"
    assert ">97<" in sign_in("cuc").get(address).content.decode()
    assert ">97<" not in sign_in("hoa").get(address).content.decode()


@pytest.mark.req("RM-661", "AR-27")
def test_a_search_is_saved_used_renamed_and_deleted(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{"subject": "Kế hoạch tập huấn"}])
    client = sign_in("cuc")
    address = (
        "/tim-kiem-da-luu/moi/?nguon=documents&q=t%E1%BA%ADp+hu%E1%BA%A5n&sort=-date&cot=title,note"
    )
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": ""}).status_code == 422
    assert client.post(address, {"name": "Tập huấn"}).status_code == 302
    kept = SavedView.objects.get()
    page = client.get("/tim-kiem-da-luu/").content.decode()
    assert "Tập huấn" in page
    used = client.get(f"/tim-kiem-da-luu/{kept.pk}/", follow=True)
    shown = used.content.decode()
    assert used.redirect_chain[0][0].startswith("/tai-lieu/?")
    assert "Kế hoạch tập huấn" in shown
    assert headings(shown) == ["Trích yếu", "Ghi chú"]
    # It is asked anew: what came later is found, what others may not see is not.
    make_dossier(cast, number="02", documents=[{"subject": "Kế hoạch tập huấn thứ hai"}])
    again = client.get(f"/tim-kiem-da-luu/{kept.pk}/", follow=True).content.decode()
    assert "tập huấn thứ hai" in again
    change = f"/tim-kiem-da-luu/{kept.pk}/sua/"
    assert client.post(change, {"name": "Đổi tên"}).status_code == 302
    assert SavedView.objects.get().name == "Đổi tên"
    assert client.post(f"/tim-kiem-da-luu/{kept.pk}/xoa/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_shared_search_shows_each_his_own_results_and_only_its_owner_changes_it(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast, documents=[{"subject": "Kín đáo", "access_level": "02"}])
    body = cast.body("H30.81")
    sign_in("cuc").post(
        "/tim-kiem-da-luu/moi/?nguon=documents&q=k%C3%ADn",
        {"name": "Chung", "shared_with": str(body.id)},
    )
    kept = SavedView.objects.get()
    assert kept.shared_with_id == body.id
    mine = f"/tim-kiem-da-luu/{kept.pk}/"
    assert "Kín đáo" in sign_in("binh").get(mine, follow=True).content.decode()
    assert "Kín đáo" not in sign_in("hoa").get(mine, follow=True).content.decode()
    assert sign_in("nga").get(mine).status_code == 404
    for change in ("sua/", "xoa/"):
        assert sign_in("hoa").post(mine + change, {"name": "x"}).status_code == 404
    other = {"name": "Ngoài", "shared_with": str(cast.body("H31.07").id)}
    assert sign_in("cuc").post(f"{mine}sua/", other).status_code == 422


@pytest.mark.req("AR-27", "RM-662")
def test_a_printed_list_bears_its_mark_and_is_an_event(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{"subject": "Kế hoạch tập huấn"}])
    answer = sign_in("cuc").post(
        "/in/danh-sach/", {"nguon": "documents", "q": "tập huấn", "cot": "title,note"}
    )
    page = answer.content.decode()
    use = Use.objects.get(kind=Use.Kind.LIST_PRINT)
    for words in (
        f"Mã bản: TT-{use.serial.removeprefix('TT-')}",
        "Tàng Thư · ",
        "Kế hoạch tập huấn",
        "Ghi chú",
        use.serial,
        "Nguyễn Thị Cúc",
        "Danh sách này có 1",
        "<dt>Ngày in:</dt>",
        "<dt>Người in:</dt> <dd>Nguyễn Thị Cúc, ",
        "Người lập",
        'href="/tai-lieu/?q=t%E1%BA%ADp+hu%E1%BA%A5n"',
    ):
        assert words in page, words
    assert [event.kind_name for event in history(use.obj, ch="a")] == ["reports.list.printed"]
    empty = sign_in("cuc").post("/in/danh-sach/", {"nguon": "documents", "q": "khongco"})
    assert empty.status_code == 400
    assert sign_in("cuc").get("/in/danh-sach/").status_code == 405
    assert Use.objects.filter(kind=Use.Kind.LIST_PRINT).count() == 1


@pytest.mark.req("AR-27", "RM-662")
def test_the_sheet_of_a_record_bears_its_mark_and_is_an_event(
    cast: TestHouse, sign_in: SignIn
) -> None:
    hidden = {"access_level": "02", "subject": "Kín"}
    made = make_dossier(cast, documents=[{"note": "ghi chú riêng"}, hidden])
    for who, address, record, kind in (
        ("cuc", f"/in/tai-lieu/{made.documents[0].pk}/", made.documents[0], "document"),
        ("hoa", f"/in/ho-so/{made.dossier.pk}/", made.dossier, "dossier"),
    ):
        page = sign_in(who).post(address).content.decode()
        use = Use.objects.get(kind=Use.Kind.PRINT, obj=record.pk)
        assert f"Mã bản: TT-{use.serial.removeprefix('TT-')}" in page and "Tàng Thư · " in page
        assert "Kín" not in page
        form = "Phiếu thông tin hồ sơ" if kind == "dossier" else "Phiếu thông tin tài liệu"
        assert f"<h1>{form}</h1>" in page
        assert "<dt>Người in:</dt>" in page
        assert f'class="btn" href="{address.removeprefix("/in")}"' in page
        told = history(record.pk, ch="a")[-1]
        assert told.kind_name == f"records.{kind}.printed"
        assert use.serial in told.sentence
    assert sign_in("nga").post(f"/in/ho-so/{made.dossier.pk}/").status_code == 404
    assert sign_in("hoa").post(f"/in/tai-lieu/{made.documents[1].pk}/").status_code == 404


@pytest.mark.req("RM-662", "AR-27")
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_copy_for_use_is_marked_on_every_page_and_the_original_stays(
    cast: TestHouse, sign_in: SignIn, turned: int
) -> None:
    from tangthu.repository.reading import path_of

    made = make_dossier(cast, pages=3)
    file = made.files[0]
    if turned:
        path = path_of(file)
        with pikepdf.open(io.BytesIO(small_pdf(["xoay"], 2))) as paper:
            for page in paper.pages:
                page.rotate(turned, relative=False)
            out = io.BytesIO()
            paper.save(out)
        from tangthu.capture.marking import marked_copy
        from tangthu.capture.workers import open_sandbox

        turned_path = cast.home.temporary / "turned.pdf"
        turned_path.write_bytes(out.getvalue())
        with open_sandbox(1) as sandbox:
            data = marked_copy(turned_path, sandbox, "Dấu TT-AAAAA-BBBBB của Chi cục")
        pages = list(pdfium.PdfDocument(data))
        assert len(pages) == 2
        for page in pages:
            box = _where(page, "TT-AAAAA-BBBBB")
            wide, high = page.get_size()
            across = (box[2] - box[0], box[3] - box[1])
            upright = turned in (0, 180)
            assert (across[0] > across[1]) == upright
            edge = {0: box[1], 90: wide_raw(turned, wide, high)[0] - box[2],
                    180: wide_raw(turned, wide, high)[1] - box[3], 270: box[0]}[turned]  # fmt: skip
            assert 0 <= edge < 30
        assert path.read_bytes() == made.contents[0]
        return
    client = sign_in("hoa")
    answer = client.post(f"/tep/{file.pk}/ban-co-dau/")
    assert answer.status_code == 200
    use = Use.objects.get(kind=Use.Kind.MARKED)
    pages = [one.get_textpage().get_text_range() for one in pdfium.PdfDocument(answer.content)]
    assert len(pages) == 3
    assert all(use.serial in one and "Trần Thị Hoa" in one and "Van ban" in one for one in pages)
    assert use.serial in answer["Content-Disposition"]
    original = client.get(f"/tep/{file.pk}/")
    assert b"".join(original.streaming_content) == made.contents[0]
    kinds = [event.kind_name for event in history(file.document_id, ch="a")]
    assert kinds == ["records.file.marked", "records.file.exported"]
    assert sign_in("nga").post(f"/tep/{file.pk}/ban-co-dau/").status_code == 404


def wide_raw(turned: int, wide: float, high: float) -> tuple[float, float]:
    """The size of the paper before it is turned."""
    return (high, wide) if turned in (90, 270) else (wide, high)


def _where(page: pdfium.PdfPage, words: str) -> tuple[float, float, float, float]:
    text = page.get_textpage()
    start, count = text.search(words).get_next()
    boxes = [text.get_charbox(at) for at in range(start, start + count)]
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def test_a_file_that_is_no_pdf_inside_is_not_marked_and_no_use_is_recorded(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.records.models import ContentFile
    from tests.support.records import keep

    made = make_dossier(cast)
    digest = keep(cast, b"%PDF-1.7 broken")
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE records_contentfile SET sha256 = %s, size = 15 WHERE id = %s",
            [digest, made.files[0].pk],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    assert ContentFile.objects.get(pk=made.files[0].pk).sha256 == digest
    answer = sign_in("hoa").post(f"/tep/{made.files[0].pk}/ban-co-dau/")
    assert answer.status_code == 422
    assert "Không ghi được nguồn" in answer.content.decode()
    assert not Use.objects.filter(kind=Use.Kind.MARKED).exists()


@pytest.mark.req("AR-27", "RM-662")
def test_every_use_can_be_looked_at_by_the_right_people(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast, documents=[{"subject": "Kế hoạch tập huấn"}])
    document = made.documents[0]
    hoa = sign_in("hoa")
    hoa.get(f"/tai-lieu/{document.pk}/")
    b"".join(hoa.get(f"/tep/{made.files[0].pk}/").streaming_content)
    hoa.post("/in/danh-sach/", {"nguon": "documents"})
    mine = hoa.get("/lich-su-khai-thac/").content.decode()
    for words in ("Xem", "Tải tệp gốc", "In danh sách", "Kế hoạch tập huấn", "Trần Thị Hoa"):
        assert words in mine, words
    # A clerk sees her own alone, however she asks; who oversees the body sees all of it.
    assert "Mọi người" not in mine.split("</main>")[0]  # after it stands the help
    hoa_all = hoa.get("/lich-su-khai-thac/?ai=tat-ca").content.decode()
    cuc = sign_in("cuc")
    cuc.get(f"/ho-so/{made.dossier.pk}/")
    assert "Nguyễn Thị Cúc" not in hoa_all
    everybody = cuc.get("/lich-su-khai-thac/?ai=tat-ca").content.decode()
    assert "Trần Thị Hoa" in everybody
    assert everybody.count('<tr data-list-target="row">') == 4
    only = cuc.get("/lich-su-khai-thac/?ai=tat-ca&viec=download").content.decode()
    assert only.count('<tr data-list-target="row">') == 1
    none = cuc.get("/lich-su-khai-thac/?ai=tat-ca&ngay_to=01/01/2020").content.decode()
    assert 'data-list-target="row"' not in none
    assert (
        "Trần Thị Hoa" not in sign_in("nga").get("/lich-su-khai-thac/?ai=tat-ca").content.decode()
    )


def test_the_history_hides_what_is_withheld_and_what_is_no_longer_seen(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tests.support.records import change_dossier

    made = make_dossier(cast, title="Tập hồ sơ", documents=[{"subject": "Chuyện kín"}])
    hoa = sign_in("hoa")
    hoa.get(f"/tai-lieu/{made.documents[0].pk}/")
    hoa.get(f"/ho-so/{made.dossier.pk}/")
    withhold_document(cast.acting("cuc"), made.documents[0].pk)
    change_dossier(cast, made.dossier, access_level="02")
    mine = hoa.get("/lich-su-khai-thac/").content.decode()
    assert "Chuyện kín" not in mine
    assert "Tập hồ sơ" not in mine
    assert mine.count("Nay bạn không được xem") == 1


@pytest.mark.req("AR-27")
def test_a_code_on_paper_leads_to_who_made_the_copy(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    sign_in("hoa").post("/in/danh-sach/", {"nguon": "documents", "q": "thanh lý"})
    serial = Use.objects.get(kind=Use.Kind.LIST_PRINT).serial
    for typed in (serial, serial.lower().replace("-", " "), serial.removeprefix("TT-")):
        page = sign_in("cuc").get("/ban-in/", {"ma": typed}).content.decode()
        assert "Bản này có trong hệ thống" in page
        assert "Trần Thị Hoa" in page
    stranger = sign_in("nga").get("/ban-in/", {"ma": serial}).content.decode()
    assert "Không có bản nào" in stranger
    for typed in ("TT-00000-00000", "'; DROP", "\0", "x" * 500):
        assert "Không có bản nào" in sign_in("cuc").get("/ban-in/", {"ma": typed}).content.decode()


@pytest.mark.req("AR-27")
def test_dossiers_documents_and_accesses_are_counted_by_fonds_and_period(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {"access_level": "02"}])
    hoa, cuc = sign_in("hoa"), sign_in("cuc")
    hoa.get(f"/tai-lieu/{made.documents[0].pk}/")
    cuc.get(f"/tai-lieu/{made.documents[2].pk}/")
    hoa.post("/in/danh-sach/", {"nguon": "documents"})

    def figures(page: str) -> list[str]:
        return re.findall(
            r'class="stat-value"[^>]*>\s*(?:<a[^>]*>)?\s*([\d.]+)', page
        ) or re.findall(r"<(?:strong|dd|b)[^>]*>(?:<a[^>]*>)?([\d.]+)<", page)

    assert figures(cuc.get("/thong-ke/").content.decode())[:4] == ["1", "3", "2", "1"]
    # Who may not see a document does not see that it was used either.
    assert figures(hoa.get("/thong-ke/").content.decode())[:4] == ["1", "2", "1", "1"]
    past = cuc.get("/thong-ke/?ngay_to=01/01/2020").content.decode()
    assert figures(past)[:4] == ["1", "3", "0", "0"]
    for page in ("/thong-ke/?", "/lich-su-khai-thac/?"):
        for typed in ("ngay_from=31/02/2026", "ngay_to=11-01-9", "ngay_from=hom+qua"):
            told = cuc.get(page + typed).content.decode()
            assert "Ngày chưa đúng." in told, (page, typed)
            assert "Lượt truy cập hồ sơ" not in told
        told = cuc.get(f"{page}ngay_from=02/09/2025&ngay_to=01/09/2025").content.decode()
        assert "Ngày cuối đứng trước ngày đầu." in told
    days = "ngay_from=01/01/2020"
    assert f"/lich-su-khai-thac/?ai=tat-ca&amp;{days.replace('/', '%2F')}" in (
        cuc.get(f"/thong-ke/?{days}").content.decode()
    )
    assert "/lich-su-khai-thac/?ai" not in sign_in("hoa").get("/thong-ke/").content.decode()


def test_no_use_is_recorded_of_what_is_not_found(cast: TestHouse, sign_in: SignIn) -> None:
    client = sign_in("cuc")
    for address in ("/in/ho-so/", "/in/tai-lieu/", "/tep/"):
        tail = "ban-co-dau/" if address == "/tep/" else ""
        assert client.post(f"{address}{uuid.uuid4()}/{tail}").status_code == 404
    assert not Use.objects.exists()


def test_each_page_takes_a_fixed_number_of_queries(cast: TestHouse, sign_in: SignIn) -> None:
    addresses = (
        "/tai-lieu/?cot=title,note,fonds,box", "/ho-so/?cot=title,note,inventory",
        "/tim/?q=thanh+l%C3%BD&dang=bang&cot=title,note,fonds", "/lich-su-khai-thac/?ai=tat-ca",
        "/thong-ke/", "/tim-kiem-da-luu/", "/xuat/",
    )  # fmt: skip
    client = sign_in("cuc")

    def counted() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    make_dossier(cast, documents=[{}] * 3)
    client.post("/in/danh-sach/", {"nguon": "documents"})
    few = counted()
    for number in range(2, 12):
        made = make_dossier(cast, number=f"{number:02d}", documents=[{}] * 6)
        client.post(f"/in/ho-so/{made.dossier.pk}/")
    assert counted() == few
    assert max(few) <= 30


@pytest.mark.req("AR-27", "RM-662")
def test_each_download_of_a_use_package_is_a_use_of_every_document_in_it(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{"subject": "Việc trong gói"}, {}, {}])
    sealed_package(cast, made)
    dip = made_dip(cast, "cuc", [one.pk for one in made.documents[:2]])
    cuc = sign_in("cuc")
    for _ in range(2):
        assert b"".join(cuc.get(f"/goi-su-dung/{dip.pk}/tai/").streaming_content)
    found = Use.objects.filter(kind=Use.Kind.DIP)
    assert sorted(found.values_list("obj", flat=True)) == sorted(
        [one.pk for one in made.documents[:2]] * 2
    )
    page = cuc.get("/lich-su-khai-thac/?viec=dip").content.decode()
    for words in ("Tải gói sử dụng", "Việc trong gói", dip.code):
        assert words in page, words
    told = re.sub(r"<[^>]+>|\s+", " ", cuc.get("/thong-ke/").content.decode())
    # Dossiers, documents, looked at, taken, printed.
    assert re.search(r"Phông Chi cục ATVSTP\s+1\s+3\s+0\s+4\s+0\s", told)


def test_exports_are_work_of_their_owner_alone(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    _export, job = order_export(
        cast.acting("hoa"), source="documents", pairs={"q": "thanh lý"}, columns=[], format_="pdf"
    )
    mine = sign_in("hoa").get("/cong-viec/").content.decode()
    assert "Danh sách tài liệu – thanh lý" in mine
    assert sign_in("hoa").get(f"/cong-viec/{job.id}/").status_code == 200
    for other in ("cuc", "binh"):
        client = sign_in(other)
        assert "thanh lý" not in client.get("/cong-viec/").content.decode()
        assert client.get(f"/cong-viec/{job.id}/").status_code == 404
        assert client.post(f"/cong-viec/{job.id}/dung/").status_code == 404


def test_a_person_keeps_columns_for_so_many_lists_and_no_more(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    for number in range(MOST_LISTS):
        choose_columns(cast.acting("hoa"), f"list-{number}", ["title"])
    one_more = {"name": "one-more", "next": "/ho-so/", "column": "title"}
    answer = client.post("/cot/", one_more)
    assert answer.status_code == 403
    assert "quá nhiều danh sách" in answer.content.decode()
    assert ListChoice.objects.count() == MOST_LISTS
    known = {**one_more, "name": "list-7", "column": ["title", "note"]}
    assert client.post("/cot/", known).status_code == 302
    assert client.post("/cot/", {**known, "default": "1"}).status_code == 302
    assert client.post("/cot/", one_more).status_code == 302
    sign_in("cuc").post("/cot/", one_more)
    assert ListChoice.objects.count() == MOST_LISTS + 1


def test_two_choices_of_columns_at_once_do_not_pass_the_ceiling_together(cast: TestHouse) -> None:
    for number in range(MOST_LISTS - 1):
        choose_columns(cast.acting("hoa"), f"list-{number}", ["title"])
    with (
        pytest.raises(Refused),
        overtaken(
            cast,
            "tangthu.identity.models:ListChoice.save",
            lambda: choose_columns(cast.acting("hoa"), "first", ["title"]),
        ),
    ):
        choose_columns(cast.acting("hoa"), "second", ["title"])
    assert ListChoice.objects.count() == MOST_LISTS


def test_what_a_list_does_not_understand_is_not_kept_and_spoils_no_history(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    client = sign_in("cuc")
    posted = {"nguon": "documents", "dossier": "x"}
    assert client.post("/in/danh-sach/", posted).status_code == 200
    assert "dossier" not in Use.objects.get(kind=Use.Kind.LIST_PRINT).detail["asked"]
    assert client.get("/lich-su-khai-thac/").status_code == 200
