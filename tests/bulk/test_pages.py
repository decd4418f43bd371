"""The pages of bulk acts: from a filter or from marked rows to the result, in the test client."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.bulk.models import BulkAct
from tangthu.kernel import jobs
from tangthu.records.models import Document
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier
from tests.support.server import PHONE, Server, Visitor


def part(page: object) -> str:
    """A page without the help behind it."""
    return page.content.decode().partition("</main>")[0]  # type: ignore[attr-defined]


def test_all_of_a_filter_is_previewed_and_done_on_the_screen(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {}])
    make_dossier(cast, number="02", documents=[{"issued_on": "2011-01-01"}])
    client = sign_in("cuc")
    listed = part(client.get("/tai-lieu/?year=2010"))
    assert 'action="/hang-loat/"' in listed and "/hang-loat/?nguon=documents" in listed
    page = client.post("/hang-loat/", {"nguon": "documents", "year": "2010"}, follow=True)
    here = page.redirect_chain[-1][0]
    assert "3 dòng đã chọn" in part(page) and "2010" in part(page)
    form = part(client.get(f"{here}describe/?truong=note"))
    assert 'name="value"' in form and "Ghi chú" in form
    again = client.post(f"{here}describe/", {"field": "note", "value": "x" * 501})
    assert "Bản xem trước: 0 dòng làm được." in part(client.get(again["Location"]))
    page = client.post(f"{here}describe/", {"field": "note", "value": "Chỉnh lý"}, follow=True)
    assert "Bản xem trước: 3 dòng làm được." in part(page)
    assert len(re.findall(r"<ins>Chỉnh lý</ins>", part(page))) == 3
    withhold_document(cast.acting("cuc"), made.documents[2].pk)
    page = client.get(here)
    assert "2 dòng làm được" in part(page) and made.documents[2].subject not in part(page)
    digest = BulkAct.objects.get().digest
    assert client.post(f"{here}xac-nhan/", {"digest": "x"}, follow=True).status_code == 200
    assert BulkAct.objects.get().confirmed_at is None
    client.post(f"{here}xac-nhan/", {"digest": digest})
    bulk = BulkAct.objects.get()
    assert jobs.execute(bulk.job_id).state == "done"
    assert "Xong 2 dòng." in part(client.get(here))
    assert client.get(f"{here}tien-do/")["Location"] == here
    assert client.get(f"{here}export/").status_code == 302
    assert sign_in("binh").get(here).status_code == 404
    assert Document.objects.filter(note="Chỉnh lý").count() == 2


def test_marked_rows_and_nothing_chosen(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    client = sign_in("hoa")
    marked = {"ids": [str(made.documents[1].pk), "x"]}
    page = client.post("/hang-loat/?nguon=documents", marked, follow=True)
    assert "1 dòng đã chọn" in part(page) and "Xuất ra Word" in part(page)
    for act in ("Sửa một trường", "Cấp quyền xem", "Phong tỏa theo", "Đóng gói"):
        assert act not in part(page)
    assert client.post(f"{page.redirect_chain[-1][0]}describe/", {}).status_code == 404
    back = client.post("/hang-loat/?nguon=documents", {})
    assert back["Location"] == "/tai-lieu/"
    searched = client.post("/hang-loat/", {"nguon": "search", "q": "x"})
    assert searched["Location"] == "/tim/?q=x"
    assert client.post("/hang-loat/", {"nguon": "uses", "q": "x"}).status_code == 400


@pytest.mark.browser
def test_the_pages_of_a_bulk_act_are_sound_by_keyboard_and_on_a_phone(
    cast: TestHouse, server: Server, visit: Callable[..., Visitor]
) -> None:
    make_dossier(cast, documents=[{}, {}])
    for size in (None, PHONE):
        visitor = visit(server, "cuc", **({"size": size} if size else {}))

        def sound(where: Visitor = visitor) -> None:
            assert where.axe() == [] and where.overflow() <= 0 and where.complaints == []

        visitor.go("/tai-lieu/?year=2010")
        visitor.page.keyboard.press("h")
        visitor.page.wait_for_selector("text=2 dòng đã chọn")
        sound()
        visitor.page.get_by_role("link", name="Từ khóa").click()
        visitor.page.get_by_label("Từ khóa").fill("thanh lý")
        sound()
        visitor.page.keyboard.press("Control+s")
        visitor.page.wait_for_selector("text=2 dòng làm được")
        sound()
    visitor.page.get_by_role("button", name="Sửa các dòng làm được").click()
    visitor.page.wait_for_selector("text=Từng dòng")
    sound()
