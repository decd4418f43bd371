"""Requests that nobody sends by mistake: too large, malformed, or on another's account."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.office.conftest import SignIn
from tests.office.test_rights import routes
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import make_dossier, signed_events

LARGE = 11 * 1024 * 1024


class Watched(io.BytesIO):
    """The body of a request that tells whether anybody read it."""

    was_read = False

    def read(self, size: int | None = -1, /) -> bytes:
        Watched.was_read = True
        return super().read(size)


def sent_file(client: Client, address: str, size: int) -> tuple[int, bool]:
    """Post a file of (told) `size` bytes; the answer's status, and whether the body was read."""
    head = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n"
    )
    Watched.was_read = False
    answer = client.post(
        address,
        b"",
        content_type="text/plain",
        **{
            "wsgi.input": Watched(head + b"x" * 1000 + b"\r\n--x--\r\n"),
            "CONTENT_LENGTH": str(size),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )
    return answer.status_code, Watched.was_read


def test_a_visitor_cannot_fill_the_disk_through_pages_that_are_open_to_all(
    cast: TestHouse,
) -> None:
    for address in ("/dang-nhap/", "/dang-xuat/", "/ngon-ngu/"):
        assert sent_file(Client(), address, LARGE) == (413, False), address
    assert sent_file(Client(), "/dot-so-hoa/moi/", LARGE) == (302, False)


def test_whoever_imports_nowhere_sends_no_files(cast: TestHouse, sign_in: SignIn) -> None:
    clerk, archivist = sign_in("hoa"), sign_in("cuc")
    for address in ("/dot-so-hoa/moi/", "/tim/", "/khong-co/"):
        assert sent_file(clerk, address, LARGE) == (413, False), address
    assert sent_file(archivist, "/tim/", LARGE) == (413, False)
    assert sent_file(archivist, "/dot-so-hoa/moi/", LARGE)[1], "files are taken here"


def test_what_does_not_fit_on_the_disk_is_turned_away_and_not_kept(
    cast: TestHouse, sign_in: SignIn
) -> None:
    archivist = sign_in("cuc")
    assert sent_file(archivist, "/dot-so-hoa/moi/", 10**17)[0] == 507
    assert [path for path in cast.home.uploads.rglob("*") if path.is_file()] == []
    assert sent_file(archivist, "/tim/", 10**17) == (413, False)


def test_pages_are_not_shown_again_after_signing_out(cast: TestHouse, sign_in: SignIn) -> None:
    client = sign_in("hoa")
    assert client.get("/ho-so/")["Cache-Control"] == "private, no-cache"
    assert client.post("/dang-xuat/")["Clear-Site-Data"] == '"cache"'


HOSTILE = [
    "%00", "%ff%fe", "a%00b", "9" * 40, "-1", "1e999", "NaN", "%F0%9F%92%A9",
    "'\"><script>x</script>", "..%2F..%2Fetc%2Fpasswd", "%ED%A0%80", "%E2%80%AE" * 5, "{{7*7}}",
    "%25s%25(n)s", "A" * 3000,
    "2010" + "%EF%BC%91", "%C2%B2%C2%B2%C2%B2%C2%B2", "(" * 500, '"' * 501, "*", "-",
    "%0d%0aX-Evil:1",
]  # fmt: skip
PARAMETERS = (
    "q", "kind", "year", "type", "retention", "fonds", "sealed", "sort", "at", "page", "state",
    "body", "muc", "ma", "hs", "trang", "tai", "rong", "xem", "next", "from", "to", "ve",
)  # fmt: skip


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_no_parameter_of_any_page_makes_it_fail_or_speak_unescaped(
    cast: TestHouse, sign_in: SignIn, every: bool
) -> None:
    made = make_dossier(cast)
    signed_events()
    client = sign_in("cuc")
    pages = [reverse(route.name) for route in routes() if not route.parameters]
    pages += [f"/ho-so/{made.dossier.id}/", f"/phong/{made.dossier.place.inventory.fonds_id}/",
              f"/tai-lieu/{made.documents[0].id}/trang/1.webp"]  # fmt: skip
    for page in pages:
        # Each page meets a few values, another few than its neighbours; in the soak all of them.
        values = HOSTILE if every else random.Random(page[:12]).sample(HOSTILE, 6)
        for value in values:
            asked = "&".join(f"{name}={value}&{name}={value}" for name in PARAMETERS)
            answer = client.get(f"{page}?{asked}")
            assert answer.status_code < 500, (page, value)
            if not answer.streaming:
                assert b"<script>x" not in answer.content
            assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "value", ["\0", "a\0b", "\ud800", "x" * 5000, "Robert'); DROP", "\r\nX: 1"]
)
def test_signing_in_with_anything_is_refused_in_words(cast: TestHouse, value: str) -> None:
    for data in ({"username": value, "password": "x"}, {"username": "hoa", "password": value}):
        body = "&".join(f"{k}={quote(v.encode('utf-8', 'surrogatepass'))}" for k, v in data.items())
        answer = Client().post(
            "/dang-nhap/", body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 422, value
    page = Client().get(f"/dang-nhap/?next={quote('//evil.example')}")
    assert 'value="//evil.example"' not in page.content.decode()


def test_behind_a_proxy_with_tls_forms_work_and_browsers_stay_with_tls(cast: TestHouse) -> None:
    """In a process of its own: the settings are read once."""
    code = f"""
import django; django.setup()
from django.test import Client, override_settings
client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
page = client.get("/dang-nhap/", headers={{"X-Forwarded-Proto": "https"}})
assert page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", page.headers
assert client.cookies["__Host-csrftoken"]["secure"]
import re
token = re.search(r'csrfmiddlewaretoken" value="(\\w+)"', page.content.decode())[1]
data = {{"username": "hoa", "password": "{PASSWORD}", "csrfmiddlewaretoken": token}}
with_tls = {{"X-Forwarded-Proto": "https", "Origin": "https://localhost"}}
chosen = client.post("/ngon-ngu/", {{**data, "language": "vi"}}, headers=with_tls)
assert chosen.status_code == 302
for more in ({{"X-Forwarded-Proto": "https", "Referer": "https://localhost/dang-nhap/"}}, {{}}):
    answer = client.post("/dang-nhap/", data, headers={{"Origin": "https://localhost", **more}})
    assert answer.status_code == 302, (more, answer.status_code)
    break
assert {{one.key for one in client.cookies.values()}} == {{
    "__Host-csrftoken", "__Host-tangthu_session", "__Host-tangthu_language"}}
for one in client.cookies.values():
    assert one["secure"] and one["httponly"] and one["samesite"] == "Lax", one
    assert one["path"] == "/" and not one["domain"], one
evil = client.post("/ngon-ngu/", data, headers={{"Origin": "https://evil.example"}})
assert evil.status_code == 403
"""
    environment = {
        **cast.environment,
        "TANGTHU_HTTPS": "1",
        "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def guesses(address: str, header: str = "") -> list[int]:
    """Six sign-ins as hoa: five with a wrong password, one with the right one."""
    client = Client(REMOTE_ADDR=address, **({"HTTP_X_FORWARDED_FOR": header} if header else {}))
    words = ["khong-phai-mat-khau-nay"] * 5 + [PASSWORD]
    return [
        client.post("/dang-nhap/", {"username": "hoa", "password": one}).status_code
        for one in words
    ]


def test_guessing_behind_the_proxy_locks_the_guesser_out_and_not_the_owner(
    cast: TestHouse, sign_in: SignIn
) -> None:
    with override_settings(SITE_HTTPS=True):
        assert guesses("127.0.0.1", "1.2.3.4, 203.0.113.9")[-2:] == [429, 429]
        assert guesses("127.0.0.1", "198.51.100.1, 203.0.113.9")[0] == 429, "a made-up first place"
        sign_in("hoa", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.10")


def test_without_a_proxy_nobody_escapes_the_lock_by_a_header(cast: TestHouse) -> None:
    assert guesses("127.0.0.1", "203.0.113.9")[-1] == 429
    client = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.77")
    answer = client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    assert answer.status_code == 429


def test_ended_sessions_and_old_guesses_are_forgotten_and_no_others(
    cast: TestHouse, sign_in: SignIn
) -> None:
    import datetime as dt

    from axes.models import AccessAttempt
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from tangthu.identity.actions.forget_visits import forget_visits

    ended, going_on = sign_in("hoa"), sign_in("cuc")
    assert guesses("203.0.113.1")[-1] == 429
    ends = timezone.now() - dt.timedelta(minutes=1)
    Session.objects.filter(pk=ended.session.session_key).update(expire_date=ends)
    forget_visits()
    assert Session.objects.count() == 1
    assert going_on.get("/").status_code == 200
    assert guesses("203.0.113.1")[-1] == 429, "who is locked out stays so"
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(days=2))
    forget_visits()
    assert not AccessAttempt.objects.exists()
