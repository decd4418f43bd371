"""What leaves an isolated installation: cut to the degree that was asked for, marked with it."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pypdfium2 as pdfium
import pytest

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.grant_clearance import set_clearance
from tangthu.identity.models import Person
from tangthu.kernel import jobs
from tangthu.kernel.models import Job
from tangthu.reports import sources
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import Export, SavedView
from tests.office.conftest import SignIn
from tests.reports.exporting import FORMATS, made, text_of
from tests.support.house import TestHouse
from tests.support.isolated import secret_dossier
from tests.support.records import make_dossier

LOW, HIGH, OPEN = "Xanhdam", "Tranghong", "Ai cũng đọc"


def stocked(house: TestHouse) -> TestHouse:
    """A dossier of Mật, one of Tuyệt mật and one that is no secret."""
    secret_dossier(house, "1", number="02", token=LOW)
    secret_dossier(house, "3", number="03", token=HIGH)
    make_dossier(house, number="04", title=OPEN, documents=[{"subject": OPEN}])
    return house


@pytest.mark.req("AR-128", "RM-661")
@pytest.mark.parametrize(("source", "page"), [("dossiers", "/ho-so/"), ("documents", "/tai-lieu/"),
                                              ("search", "/tim/")])  # fmt: skip
def test_a_list_cut_to_a_degree_leaves_cut_to_it(
    isolated_cast: TestHouse, sign_in: SignIn, source: str, page: str
) -> None:
    house = stocked(isolated_cast)
    pairs = {"secrecy": "1"}
    if source == "search":
        pairs |= {"q": "Kế hoạch | hồ sơ", "dang": "bang"}
    client = sign_in("cuc")
    screen = html.unescape(client.get(f"{page}?{urlencode(pairs)}").content.decode())
    assert re.search(r"/xuat/moi/\?[^\"]*secrecy=1", screen)
    order = client.get(f"/xuat/moi/?{urlencode({'nguon': source, **pairs})}").content.decode()
    assert re.search(r"Độ mật.{0,60}Mật", re.sub(r"\s+|<[^>]+>", " ", order))
    export = made(house, source=source, format_="xlsx", **pairs)
    printed = client.post("/in/danh-sach/", {"nguon": source, **pairs}).content.decode()
    for told in (text_of(export), printed):
        assert LOW in told
        assert HIGH not in told
        assert OPEN not in told
        assert "Độ mật" in told
    cuc = house.acting("cuc").viewer
    count, _capped = sources.count(cuc, sources.asked(cuc, source, pairs))
    assert count == export.rows
    client.post(
        f"/tim-kiem-da-luu/moi/?{urlencode({'nguon': source, **pairs})}",
        {"name": "Chỉ độ Mật", "shared_with": ""},
    )
    assert "secrecy=1" in SavedView.objects.get().query


@pytest.mark.req("AR-128")
def test_an_order_for_a_degree_finds_nothing_else_when_the_clearance_is_gone(
    isolated_cast: TestHouse,
) -> None:
    house = stocked(isolated_cast)
    export, job = order_export(
        house.acting("cuc"), source="documents", pairs={"secrecy": "3"}, columns=[],
        format_="docx", queued=False,
    )  # fmt: skip
    person = Person.objects.get(account__username="cuc")
    set_clearance(SYSTEM, person.pk, body_id=person.home_body_id, degree="1", decision="06/QĐ-UBND")
    assert jobs.execute(job.id).state == Job.State.DONE
    export.refresh_from_db()
    assert export.rows == 0
    # Asked for anew by whoever is not cleared for it, it is no filter, as on the screen.
    made(house, "hoa", secrecy="3")
    assert Export.objects.get(person__account__username="hoa").asked == {}


@pytest.mark.req("AR-128", "RM-662")
@pytest.mark.parametrize("format_", FORMATS)
def test_an_exported_list_is_marked_with_the_highest_degree_of_its_rows(
    isolated_cast: TestHouse, format_: str
) -> None:
    house = stocked(isolated_cast)
    columns = ["title", "secrecy"]
    for who, pairs, degree in (
        ("cuc", {}, "TUYỆT MẬT · Tàng Thư"), ("binh", {}, "MẬT · Tàng Thư"),
        ("cuc", {"secrecy": "1"}, "MẬT · Tàng Thư"), ("hoa", {}, "Tàng Thư"),
    ):  # fmt: skip
        told = " ".join(
            text_of(made(house, who, format_=format_, columns=columns, **pairs)).split()
        )
        assert set(re.findall(r"(?:TUYỆT |TỐI )?(?:MẬT · )?Tàng Thư(?= ·)", told)) == {degree}
        assert "Độ mật" in told
        assert "Người xuất: " in told


@pytest.mark.req("AR-128", "RM-662")
def test_printed_sheets_and_marked_copies_bear_the_degree(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    house = isolated_cast
    one = secret_dossier(house, "3", number="02", token=HIGH)
    inner = secret_dossier(house, "1", number="03", token=LOW, dossier_too=False)
    free = make_dossier(house, number="04", title=OPEN)
    cuc = sign_in("cuc")
    for address, data, degree in (
        ("/in/danh-sach/", {"nguon": "documents"}, "TUYỆT MẬT · "),
        ("/in/danh-sach/", {"nguon": "documents", "secrecy": "1"}, "MẬT · "),
        (f"/in/ho-so/{one.dossier.pk}/", {}, "TUYỆT MẬT · "),
        (f"/in/tai-lieu/{one.documents[0].pk}/", {}, "TUYỆT MẬT · "),
        (f"/in/ho-so/{inner.dossier.pk}/", {}, "MẬT · "),
        (f"/in/ho-so/{free.dossier.pk}/", {}, ""),
    ):  # fmt: skip
        page = cuc.post(address, data).content.decode()
        assert f"<p>{degree}Tàng Thư · " in page
        assert "Người in: " in page
    assert "<p>Tàng Thư · " in (
        sign_in("hoa").post(f"/in/ho-so/{inner.dossier.pk}/").content.decode()
    )
    copy = cuc.post(f"/tep/{one.files[0].pk}/ban-co-dau/")
    assert copy.status_code == 200
    for page in pdfium.PdfDocument(copy.content):
        told = page.get_textpage().get_text_range()
        assert "TUYỆT MẬT · Tàng Thư" in told
        assert "Người tải: " in told


def test_a_connected_installation_knows_no_column_and_no_mark_of_secrecy(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    page = sign_in("cuc").post("/in/danh-sach/", {"nguon": "documents", "cot": "title,secrecy"})
    assert "Độ mật" not in page.content.decode()
    assert "<p>Tàng Thư · " in page.content.decode()
    assert "secrecy" not in {column.key for column in sources.columns_of("document")}
