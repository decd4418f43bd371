"""The pages on which rights are asked for, confirmed and looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.support.house import PASSWORD, TestHouse
from tests.support.records import CONDITIONAL, MadeDossier, make_dossier
from tests.support.server import DESKTOP, PHONE, Server, Visitor

Visit = Callable[..., Visitor]


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/dang-nhap/", {"username": username, "password": PASSWORD})
    return client


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> MadeDossier:
    """A dossier of conditional access, with one document."""
    return make_dossier(shared_cast, access=CONDITIONAL)


@pytest.fixture(scope="module")
def site(made: MadeDossier, shared_server: Server) -> Iterator[Server]:
    """The site with it."""
    yield shared_server


@pytest.mark.req("RM-630", "AR-21")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_right_is_asked_for_and_confirmed_in_the_browser_and_warns_until_then(
    site: Server, made: MadeDossier, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(site, "cuc", size=size).go(f"/ho-so/{made.dossier.id}/")
    page.get_by_role("link", name="Ai được xem").click()
    page.get_by_role("link", name="Cấp quyền").click()
    page.get_by_label("Quyền", exact=True).select_option(
        label="Đọc hồ sơ, tài liệu tiếp cận có điều kiện"
    )
    page.get_by_label("Cấp cho").select_option(label="Trần Thị Hoa")
    page.get_by_label("Căn cứ").fill("15/QĐ-CC ngày 12/03/2026")
    page.get_by_role("button", name="Gửi đề nghị").click()
    page.get_by_text("Quyền này chưa có hiệu lực").wait_for()
    address = page.url
    leader = visit(site, "binh", size=size)
    at_home = leader.go("/")
    assert at_home.get_by_text("Thay đổi quyền chờ xác nhận").first.is_visible()
    change = leader.go(address.removeprefix(site.url))
    change.get_by_role("button", name="Xác nhận").click()
    change.get_by_text("Đã xác nhận.").wait_for()
    seers = leader.go(f"/ho-so/{made.dossier.id}/ai-duoc-xem/")
    row = seers.get_by_role("row", name="Trần Thị Hoa").first
    assert "15/QĐ-CC ngày 12/03/2026" in row.inner_text()
    change = leader.go(address.removeprefix(site.url))
    change.get_by_role("button", name="Chấm dứt quyền").click()
    change.get_by_text("Thay đổi này chưa được xác nhận").wait_for()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("username", ["binh", "cuc"])
def test_every_page_of_rights_is_accessible_quiet_and_no_wider_than_its_window(
    site: Server, made: MadeDossier, visit: Visit, username: str, size: tuple[int, int]
) -> None:
    from tangthu.identity.models import Grant

    visitor = visit(site, username, size=size)
    waiting = [f"/quyen/grant/{one.pk}/" for one in Grant.objects.all()[:1]]
    for address in (
        "/quyen/",
        "/quyen/?cho=1",
        f"/ho-so/{made.dossier.id}/ai-duoc-xem/",
        f"/tai-lieu/{made.documents[0].id}/ai-duoc-xem/",
        f"/quyen/cap/dossier/{made.dossier.id}/",
        *waiting,
    ):
        visitor.go(address)
        assert visitor.axe() == [], address
        assert visitor.overflow() <= 0, address
        assert visitor.complaints == [], address


@pytest.mark.parametrize("username", ["hoa", "dung", "lan", "nga", "quang"])
def test_who_may_see_a_record_is_told_to_nobody_who_may_not_know(
    shared_cast: TestHouse, made: MadeDossier, username: str
) -> None:
    client = signed_in(username)
    real = client.get(f"/ho-so/{made.dossier.id}/ai-duoc-xem/")
    none = client.get(f"/ho-so/{made.dossier.id.hex[::-1]}/ai-duoc-xem/")
    assert (real.status_code, none.status_code) == (404, 404)


def test_a_change_of_another_body_answers_as_one_that_does_not_exist(
    shared_cast: TestHouse, made: MadeDossier
) -> None:
    from tests.identity.test_grants import grant

    asked = grant(shared_cast, "hoa", "read.public", "dossier", made.dossier.pk)
    client = signed_in("minh")
    theirs = client.get(f"/quyen/grant/{asked.pk}/")
    nothing = client.get(f"/quyen/grant/{asked.holder}/")
    assert theirs.status_code == nothing.status_code == 404
    posted = client.post(f"/quyen/grant/{asked.pk}/", {"decision": "confirm"})
    assert posted.status_code == 404
    asked.refresh_from_db()
    assert asked.confirmed_at is None
    assert str(asked.pk) not in client.get("/quyen/").content.decode()


def test_a_form_with_nothing_in_it_says_what_is_missing(
    shared_cast: TestHouse, made: MadeDossier
) -> None:
    page = signed_in("cuc").post(
        f"/quyen/cap/dossier/{made.dossier.id}/",
        {"right": "read.public", "username": "khongcoai", "decision": "1/QĐ"},
    )
    assert page.status_code == 422
    assert "Chọn người, chức vụ, đơn vị hoặc nhóm được cấp quyền." in page.content.decode()
