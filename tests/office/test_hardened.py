"""What a fresh installation is like for strangers: strict by default, and silent about itself."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.server import Server

CSP = {
    "default-src": "'none'", "object-src": "'none'", "script-src": "'self'", "style-src": "'self'",
    "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'",
    "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


def asked(server: Server, path: str, host: str = "") -> http.client.HTTPResponse:
    """The answer of the real server to a bare request."""
    place = urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(place, timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host or place)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_no_answer_says_what_serves_it(shared_server: Server) -> None:
    for path in ("/dang-nhap/", "/khong-co/", "/static/ui/base.css", "/api/v1/bodies", "/song",
                 "/metrics", "/%00", "/" + "a" * 9000):  # fmt: skip
        answer = asked(shared_server, path)
        told = {name.lower(): value.lower() for name, value in answer.getheaders()}
        assert told.get("server", "web") == "web", path
        assert not {"x-powered-by", "via"} & set(told), path
        for word in ("django", "granian", "python", "tangthu/"):
            assert word not in str(told).replace("tangthu_", ""), path


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "a b", "[::2]"])
def test_another_host_name_is_answered_by_nothing(shared_server: Server, host: str) -> None:
    answer = asked(shared_server, "/dang-nhap/", host or "-")
    assert answer.status == 400
    assert "Set-Cookie" not in answer.headers
    assert "evil" not in str(answer.headers)


def test_every_page_forbids_what_it_does_not_need(shared_cast: TestHouse, sign_in: SignIn) -> None:
    signed_in = sign_in("cuc")
    pages = [(Client(), "/dang-nhap/"), (signed_in, "/"), (signed_in, "/tim/"),
             (signed_in, "/khong-co/"), (Client(), "/song")]  # fmt: skip
    for client, path in pages:
        answer = client.get(path)
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer["Content-Security-Policy"].split(";")
            if part.strip()
        )
        assert policy == CSP, path
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(shared_cast: TestHouse) -> None:
    client = Client()
    client.get("/dang-nhap/")
    from tests.support.house import PASSWORD

    client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD})
    assert set(client.cookies) == {"csrftoken", "tangthu_session"}
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"], "sent to no other name"


def test_a_fresh_installation_is_strict(shared_cast: TestHouse) -> None:
    """In a process of its own, with nothing told but the home: what the code itself chooses."""
    code = """
import json, django
django.setup()
from django.conf import settings as s
print(json.dumps([s.DEBUG, s.ALLOWED_HOSTS, s.SITE_HTTPS, len(s.SECRET_KEY) >= 50,
    [str(one) for one in s.PROXIES], s.SECURE_PROXY_SSL_HEADER, s.USE_X_FORWARDED_HOST]))
"""
    kept = {"DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings",
            "TANGTHU_HOME": str(shared_cast.home.root), "PATH": os.environ["PATH"]}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (
        '[false, ["localhost", "127.0.0.1", "[::1]"], false, true, '
        '["127.0.0.0/8", "::1/128"], null, false]'
    )


def test_pages_that_only_developers_need_have_no_address(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    for client in (sign_in("dung"), sign_in("hoa")):
        for page in ("", "queue/", "form/", "errors/500/"):
            assert client.get(f"/ui/{page}").status_code == 404, page
