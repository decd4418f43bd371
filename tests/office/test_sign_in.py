"""Signing in and out, and what every answer carries to keep a session safe."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.office.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse

WRONG = "khong-phai-mat-khau-nay"


def attempt(client: Client, username: str, password: str = WRONG) -> int:
    answer = client.post("/dang-nhap/", {"username": username, "password": password})
    return answer.status_code


def end_positions(username: str) -> None:
    """End every appointment of a person, with its event as the database demands."""
    from django.db import transaction

    from tangthu.identity.models import Appointment
    from tangthu.ledger.record import Actor, Event, record

    with transaction.atomic():
        found = Appointment.objects.filter(person__account__username=username)
        for appointment in found:
            record(
                Event(
                    "identity.person.appointed",
                    appointment.person_id,
                    appointment.person.home_body_id,
                    Actor(None, "", "", "system"),
                )
            )
        found.update(effective_to="2021-01-01")


def test_five_wrong_passwords_lock_the_account_and_say_so(cast: TestHouse) -> None:
    client = Client()
    assert [attempt(client, "hoa") for _ in range(4)] == [422] * 4
    page = client.post("/dang-nhap/", {"username": "hoa", "password": WRONG})
    assert page.status_code == 429
    assert "Hãy thử lại sau 15" in page.content.decode()
    assert attempt(client, "hoa", PASSWORD) == 429, "the right password does not unlock"
    assert attempt(client, "binh", PASSWORD) == 302, "others still get in"


def test_a_wrong_name_and_a_wrong_password_get_the_same_words(cast: TestHouse) -> None:
    def words(username: str) -> str:
        page = Client().post("/dang-nhap/", {"username": username, "password": WRONG})
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        return text.replace(f'value="{username}"', "")

    assert words("hoa") == words("khongcoai")


def test_sign_in_leads_where_one_wanted_to_go_but_never_to_another_site(cast: TestHouse) -> None:
    credentials = {"username": "hoa", "password": PASSWORD}
    own = Client().post("/dang-nhap/?next=/ho-so/", {**credentials, "next": "/ho-so/"})
    assert own["Location"] == "/ho-so/"
    other = Client().post("/dang-nhap/", {**credentials, "next": "https://evil.example/"})
    assert other["Location"] == "/"


def test_sign_out_needs_a_post_and_ends_the_session(cast: TestHouse, sign_in: SignIn) -> None:
    client = sign_in("hoa")
    assert client.get("/dang-xuat/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/dang-xuat/").status_code == 302
    assert client.get("/").status_code == 302


def test_every_posting_page_wants_the_token_of_its_form(cast: TestHouse, sign_in: SignIn) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    assert page.status_code == 403
    assert "Chưa có gì thay đổi" in page.content.decode()
    client = sign_in("cuc")
    client.handler.enforce_csrf_checks = True
    for address in ("/dang-xuat/", "/ngon-ngu/"):
        assert client.post(address).status_code == 403


def test_answers_carry_the_strict_policy_and_headers(cast: TestHouse, sign_in: SignIn) -> None:
    for answer in (Client().get("/dang-nhap/"), sign_in("cuc").get("/"), Client().get("/song")):
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(cast: TestHouse) -> None:
    client = Client()
    client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    cookie = client.cookies["tangthu_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["httponly"]


def test_signing_in_changes_the_session_id(cast: TestHouse) -> None:
    client = Client()
    client.cookies["tangthu_session"] = "a" * 32
    client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    assert client.cookies["tangthu_session"].value != "a" * 32


def test_a_person_without_a_position_is_told_so_and_stays_out(cast: TestHouse) -> None:
    end_positions("hoa")
    page = Client().post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    assert page.status_code == 422
    assert "không giữ chức vụ nào" in page.content.decode()


def test_a_position_that_ends_ends_the_rights_of_the_running_session(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    end_positions("hoa")
    assert client.get("/ho-so/").status_code == 302


@pytest.mark.parametrize(("code", "word"), [("en", 'lang="en"'), ("vi", 'lang="vi"')])
def test_the_language_is_kept_in_a_cookie(cast: TestHouse, code: str, word: str) -> None:
    client = Client()
    answer = client.post("/ngon-ngu/", {"language": code, "next": "/dang-nhap/"})
    assert answer["Location"] == "/dang-nhap/"
    assert client.cookies["tangthu_language"].value == code
    assert f"<html {word}" in client.get("/dang-nhap/").content.decode()


def test_choosing_a_language_never_leads_to_another_site(cast: TestHouse) -> None:
    answer = Client().post("/ngon-ngu/", {"language": "en", "next": "https://evil.example/"})
    assert "evil" not in answer["Location"]


def test_the_health_page_says_only_that_it_lives(cast: TestHouse) -> None:
    answer = Client().get("/song")
    assert (answer.status_code, answer.content) == (200, b"song\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_page_of_scripts_asks_a_visitor_to_sign_in_by_header(cast: TestHouse) -> None:
    answer = Client().get("/cong-viec/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/dang-nhap/")
