"""No dead ends: from every page that says no there is a way back, or on."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.office.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import make_dossier

HERE = "http://testserver"
BACK = re.compile(r'<a class="btn btn-primary" href="([^"]+)">Quay lại trang trước</a>')


def back_of(page: bytes) -> str:
    found = BACK.search(page.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_a_refused_page_leads_back_to_where_one_came_from(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("cuc")
    asked = "/xuat/moi/?nguon=khong-co"
    for method in (client.get, client.post):
        refused = method(asked, headers={"Referer": f"{HERE}/ho-so/?q=1&sort=-code"})
        assert refused.status_code == 400
        assert back_of(refused.content) == "/ho-so/?q=1&sort=-code"
    assert 'href="/"' in refused.content.decode()
    # A form that posts to its own address is gone back to; a page that was opened there is not.
    assert back_of(client.post(asked, headers={"Referer": f"{HERE}{asked}"}).content) == asked
    assert back_of(client.get(asked, headers={"Referer": f"{HERE}{asked}"}).content) == ""


@pytest.mark.parametrize(
    "told",
    ["", "/ho-so/", "https://evil.example/", "http://testserver.evil.example/", "http://[",
     f"{HERE}//evil.example/", f"{HERE}/\\evil.example/", "javascript:alert(1)",
     "http://testserver@evil.example/"],
)  # fmt: skip
def test_what_is_no_page_of_ours_is_no_way_back(
    shared_cast: TestHouse, sign_in: SignIn, told: str
) -> None:
    page = sign_in("cuc").get("/xuat/moi/?nguon=khong-co", headers={"Referer": told})
    assert back_of(page.content) == ""
    assert "evil" not in page.content.decode()


def test_a_form_that_was_too_old_leads_back_to_its_page(shared_cast: TestHouse) -> None:
    strict = Client(enforce_csrf_checks=True)
    sent = {"username": "hoa", "password": PASSWORD}
    page = strict.post("/dang-nhap/", sent, headers={"Referer": f"{HERE}/dang-nhap/?next=/kho/"})
    assert page.status_code == 403
    assert back_of(page.content) == "/dang-nhap/?next=/kho/"


def test_a_wrong_host_is_answered_too(shared_cast: TestHouse) -> None:
    page = Client().get("/", headers={"Host": "evil.example", "Referer": "http://evil.example/x"})
    assert page.status_code == 400
    assert back_of(page.content) == ""
