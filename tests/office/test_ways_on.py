"""No dead ends: from every page that says no there is a way back, or on."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

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


@pytest.mark.parametrize("username", ["", "cuc"])
def test_an_address_that_only_a_button_leads_to_is_answered_by_a_page_of_ours(
    shared_cast: TestHouse, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username) if username else Client()
    for address in ["/dang-xuat/", *(["/in/danh-sach/"] if username else [])]:
        page = client.get(address, headers={"Referer": f"{HERE}/ho-so/"})
        assert page.status_code == 405
        assert "POST" in page["Allow"]
        assert "chỉ dùng khi bấm nút" in page.content.decode()
        assert back_of(page.content) == "/ho-so/"
        assert back_of(client.get(address).content) == ""


def age(client: Client, seconds: int) -> None:
    """Let the session's last use have been so long ago."""
    session = client.session
    session["used"] -= seconds
    session.save()
    Session.objects.filter(pk=session.session_key).update(
        expire_date=timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE - seconds)
    )


def left(client: Client) -> float:
    """How many seconds the session has left."""
    found = Session.objects.get(pk=client.session.session_key).expire_date
    return (found - timezone.now()).total_seconds()


def test_a_session_ends_after_its_last_use_and_is_written_every_few_minutes(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("cuc")
    whole = settings.SESSION_COOKIE_AGE
    client.get("/")
    age(client, 100)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/")
    assert not [one for one in captured if "UPDATE" in one["sql"]]
    assert "tangthu_session" not in page.cookies
    age(client, whole - 400)
    client.get("/cong-viec/", headers={"HX-Request": "true"})
    assert left(client) < 500, "a page that asks by itself kept the session alive"
    page = client.get("/ho-so/")
    assert left(client) > whole - 60
    assert page.cookies["tangthu_session"]["max-age"] == whole
    age(client, whole + 1)
    assert client.get("/")["Location"] == "/dang-nhap/?next=/"


def test_what_was_posted_too_late_is_told_at_sign_in_and_on_the_page_of_the_form(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    form = f"/ho-so/{made.dossier.id}/mo-ta/"
    told = "Phiên làm việc đã hết hạn; nội dung vừa nhập chưa được lưu."
    client = Client()
    late = client.post(form, {"title": "x"}, headers={"Referer": f"{HERE}{form}?q=a%26b"})
    assert late.status_code == 302
    page = client.get(late["Location"]).content.decode()
    assert told in page
    sent = {"username": "cuc", "password": PASSWORD}
    answer = client.post(late["Location"], sent)
    assert answer["Location"] == f"{form}?q=a%26b"
    assert told in client.get(answer["Location"]).content.decode()
    assert told not in client.get(answer["Location"]).content.decode()
    # A button elsewhere posts to an address that cannot be opened: back to where the button is.
    pressed = f"/in/ho-so/{made.dossier.id}/"
    late = Client().post(pressed, headers={"Referer": f"{HERE}/ho-so/"})
    assert late["Location"] == "/dang-nhap/?next=/ho-so/&het-han=1"
    upload = Client().post(form, headers={"Referer": f"{HERE}{form}", "X-Upload": "1"})
    assert upload.json()["location"].startswith("/dang-nhap/?next=/ho-so/")
    foreign = Client().post(form, headers={"Referer": "https://evil.example/"})
    assert foreign["Location"] == f"/dang-nhap/?next={form}"
    assert told not in Client().get("/dang-nhap/").content.decode()
