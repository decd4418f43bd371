"""Columns, saved searches, exports and printing in a real browser, as ordinary people use them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2 as pdfium
import pytest

from tangthu.kernel import jobs
from tangthu.records.models import Use
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import Export, SavedView
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier
from tests.support.server import DESKTOP, PHONE, Server, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> MadeDossier:
    """A dossier of 60 documents, one of them with a title of a thousand letters."""
    long = "Về việc kiểm tra an toàn vệ sinh thực phẩm trong dịp Tết trên địa bàn tỉnh; " * 13
    subjects = [{"subject": long}, *({"subject": f"Kế hoạch kiểm tra số {n}"} for n in range(59))]
    return make_dossier(shared_cast, title="Tập lưu kế hoạch kiểm tra", documents=subjects)


@pytest.fixture(scope="module")
def site(made: MadeDossier, shared_server: Server) -> Server:
    """The site with those records in it."""
    return shared_server


def written(site: Server, who: str = "cuc") -> Export:
    """A finished export of that person."""
    export, job = order_export(
        site.house.acting(who), source="documents", pairs={"q": "kiểm tra"}, columns=[],
        format_="docx", queued=False,
    )  # fmt: skip
    jobs.execute(job.id)
    return export


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_quiet_and_no_wider_than_its_window(
    site: Server, visit: Visit, size: tuple[int, int]
) -> None:
    visitor = visit(site, "cuc", size=size)
    export = written(site)
    waiting, _job = order_export(
        site.house.acting("cuc"), source="documents", pairs={}, columns=[], format_="pdf"
    )
    visitor.go("/tai-lieu/?cot=title,note,language_codes,info_symbol,page_count,fonds,box,keywords")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    for address in (
        "/tim/?q=kiểm+tra&dang=bang", "/tim/?q=kiểm+tra", "/tim-kiem-da-luu/",
        "/tim-kiem-da-luu/moi/?nguon=documents&q=kiểm+tra", "/xuat/",
        "/xuat/moi/?nguon=documents&q=kiểm+tra", f"/xuat/{export.pk}/", f"/xuat/{waiting.pk}/",
        "/lich-su-khai-thac/?ai=tat-ca", "/thong-ke/", "/ban-in/", "/ban-in/?ma=x",
        f"/ban-in/?ma={export.serial}",
    ):  # fmt: skip
        page = visitor.go(address)
        assert visitor.axe() == [], address
        assert visitor.overflow() <= 0, address
        for menu in page.locator(".register-tools details.menu, .search-modes details.menu").all():
            menu.locator("summary").click()
            # On a phone the open menu lies over other buttons, whose free part is then small.
            assert size == PHONE or visitor.axe() == [], address
            assert visitor.overflow() <= 0, address
            page.keyboard.press("Escape")
    assert visitor.complaints == []


@pytest.mark.req("RM-661", "AR-27")
def test_columns_are_chosen_by_keyboard_alone(site: Server, visit: Visit) -> None:
    page = visit(site, "hoa").go("/tai-lieu/")
    page.locator("summary", has_text="Cột").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Ngôn ngữ").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Ngôn ngữ" in page.inner_text("thead")
    assert page.url.endswith("/tai-lieu/")


@pytest.mark.req("RM-661", "AR-27")
def test_columns_saving_and_exporting_work_without_scripts(site: Server, visit: Visit) -> None:
    visitor = visit(site, "binh")
    without = visitor.context.browser.new_context(
        java_script_enabled=False, storage_state=visitor.context.storage_state()
    )
    page = without.new_page()
    page.goto(f"{site.url}/tim/?q=kiểm+tra")
    page.click("text=Xem thành bảng")
    page.click("summary:has-text('Cột')")
    page.check("input[value=note]")
    page.click("button:has-text('Hiện các cột này')")
    assert "Ghi chú" in page.inner_text("thead")
    page.click("summary:has-text('Xuất, in, lưu')")
    page.click("text=Lưu tìm kiếm này")
    page.fill("#id_name", "Kiểm tra của tôi")
    page.click("main form.form button:has-text('Lưu')")
    page.click("text=Kiểm tra của tôi >> nth=-1")
    assert "Ghi chú" in page.inner_text("thead")
    assert SavedView.objects.get(name="Kiểm tra của tôi").source == "search"
    page.click("summary:has-text('Xuất, in, lưu')")
    page.click("text=Xuất ra Word, Excel, PDF")
    page.check("input[value=pdf]")
    page.click("main form.form button:has-text('Xuất')")
    assert "/xuat/" in page.url
    assert Export.objects.order_by("-ordered_at")[0].format == "pdf"
    without.close()


@pytest.mark.req("RM-661", "AR-27")
def test_an_export_is_ordered_watched_and_downloaded(site: Server, visit: Visit) -> None:
    visitor = visit(site, "hoa")
    page = visitor.go("/tai-lieu/?q=kiểm+tra")
    page.click("summary:has-text('Xuất, in, lưu')")
    page.click("text=Xuất ra Word, Excel, PDF")
    page.check("input[value=pdf]")
    page.click("main form.form button:has-text('Xuất')")
    page.wait_for_selector(".progress")
    export = Export.objects.order_by("-ordered_at")[0]
    assert jobs.execute(export.job_id).state == "done"  # type: ignore[arg-type]
    page.wait_for_selector("h1:has-text('Tệp đã sẵn sàng')")
    with page.expect_download() as coming:
        page.click("text=Tải tệp PDF")
    path = coming.value.path()
    pages = [one.get_textpage().get_text_range() for one in pdfium.PdfDocument(path)]
    assert pages and all(export.serial in one for one in pages)
    assert coming.value.suggested_filename.startswith("tai-lieu-")
    assert Use.objects.filter(serial=export.serial, kind=Use.Kind.LIST_DOWNLOAD).count() == 1
    assert visitor.complaints == []


@pytest.mark.req("RM-662", "AR-27")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_printed_list_and_sheet_bear_the_mark_on_every_page_of_paper(
    site: Server, made: MadeDossier, visit: Visit, size: tuple[int, int]
) -> None:
    visitor = visit(site, "cuc", size=size)
    page = visitor.go("/tai-lieu/")
    page.click("summary:has-text('Xuất, in, lưu')")
    page.click("button:has-text('In danh sách')")
    page.wait_for_selector(".printed-sheet")
    assert (visitor.axe(), visitor.overflow(), visitor.complaints) == ([], 0, [])
    _every_page_is_marked(page.pdf(prefer_css_page_size=True), at_least=3)
    visitor.go(f"/ho-so/{made.dossier.pk}/")
    page.click("button:has-text('In phiếu')")
    page.wait_for_selector(".printed-sheet")
    assert (visitor.axe(), visitor.overflow(), visitor.complaints) == ([], 0, [])
    _every_page_is_marked(page.pdf(prefer_css_page_size=True), at_least=2)
    page.click("text=Về hệ thống")
    page.wait_for_url(f"**/ho-so/{made.dossier.pk}/")


def _every_page_is_marked(paper: bytes, *, at_least: int) -> None:
    pages = [one.get_textpage().get_text_range() for one in pdfium.PdfDocument(paper)]
    assert len(pages) >= at_least
    told = [re.findall(r"Trang \d+ / \d+", one) for one in pages]
    assert told == [[f"Trang {number} / {len(pages)}"] for number in range(1, len(pages) + 1)]
    assert [number for number, one in enumerate(pages, 1) if "Mã bản: TT-" not in one] == []
    codes = {code for one in pages for code in re.findall(r"TT-\w{5}-\w{5}", one)}
    assert len(codes) == 1
    assert all(re.search(r"Mã bản: TT-", one) and "Nguyễn Thị Cúc" in one for one in pages)
