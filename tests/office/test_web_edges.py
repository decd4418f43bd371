"""What the server answers to methods, paths and messages that no browser sends."""

from __future__ import annotations

import http.client
import re
import socket
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tangthu.signin.actions.account_state import disable_account
from tests.office.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse
from tests.support.server import Server


def _asked(server: Server, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request(
        method, path, headers={one.replace("_", "-"): headers[one] for one in headers}
    )
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def _raw(server: Server, message: bytes) -> bytes:
    """All that the server says to `message` until it hangs up or falls silent."""
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(message.replace(b"HOST", place.netloc.encode()))
        line.settimeout(3)
        said = b""
        try:
            while chunk := line.recv(65536):
                said += chunk
        except TimeoutError:
            pass
    return said


def test_no_method_echoes_and_no_folder_is_listed(shared_server: Server) -> None:
    """TRACE gives nothing back, no other origin is let in, no folder or hidden file is served."""
    for path in ("/dang-nhap/", "/static/ui/base.css", "/song"):
        answer = _asked(shared_server, "TRACE", path, X_Word="kinnhatnha")
        assert answer.status in {404, 405, 501}, path
        assert b"kinnhatnha" not in answer.body  # type: ignore[attr-defined]
        for method in ("GET", "OPTIONS"):
            answer = _asked(shared_server, method, path, Origin="https://evil.example",
                            Access_Control_Request_Method="POST")  # fmt: skip
            assert not [one for one in answer.headers if one.lower().startswith("access-control")]
    for path in ("/static/", "/static/ui/", "/static/ui", "/.git/config", "/.git/HEAD", "/.env",
                 "/static/../settings.py", "/static/%2e%2e/%2e%2e/kernel/settings.py",
                 "/static/ui/..%2f..%2fLICENSE", "/pyproject.toml", "/tangthu/"):  # fmt: skip
        answer = _asked(shared_server, "GET", path)
        told = answer.body.decode(errors="replace")  # type: ignore[attr-defined]
        assert answer.status in {302, 400, 404}, path
        for word in ("SECRET_KEY", "[core]", "base.css", "hatchling"):
            assert word not in told, path


def test_every_answer_has_its_type_and_the_policy_of_the_house(
    shared_server: Server,
) -> None:
    """Pages, errors, files of the design, the programming interface and its errors alike."""
    types = {
        "/dang-nhap/": "text/html; charset=utf-8", "/khong-co/": "text/html; charset=utf-8",
        "/static/ui/base.css": 'text/css; charset="utf-8"',
        "/static/ui/start.js": 'text/javascript; charset="utf-8"',
        "/song": "text/plain; charset=utf-8",
        "/api/v1/bodies": "application/problem+json",
        "/api/v1/khong-co": "application/problem+json",
    }  # fmt: skip
    for path, wanted in types.items():
        answer = _asked(shared_server, "GET", path)
        given = answer.headers["Content-Type"] or ""
        if answer.status != 302:
            assert given.split(";")[0] == wanted.split(";")[0], path
            if given.startswith("text/"):
                assert "utf-8" in given, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"Content-Length: 5\r\nContent-Length: 43",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 43",
        b"Transfer-Encoding : chunked\r\nContent-Length: 43",
    ],
)
def test_a_second_request_is_not_smuggled_in_the_body_of_the_first(
    shared_server: Server, head: bytes
) -> None:
    """A message whose end can be read in two ways gets one answer, and the line is closed."""
    body = b"0\r\n\r\nGET /kinnhatnha/ HTTP/1.1\r\nHost: HOST\r\n\r\n"
    said = _raw(shared_server, b"POST /song HTTP/1.1\r\nHost: HOST\r\n" + head + b"\r\n\r\n" + body)
    answers = re.findall(rb"HTTP/1\.[01] (\d{3})", said)
    assert len(answers) == 1, said
    # Where the length is not simply overruled (RFC 9112 6.3) the message is refused.
    assert answers == [b"403"] or (answers == [b"400"] and b"connection: close" in said.lower())


def test_a_session_is_long_random_kept_here_and_worth_nothing_when_it_ended(
    cast: TestHouse, sign_in: SignIn
) -> None:
    """Known by its cookie alone, new at every sign-in, and dead on the server after signing out."""
    seen = set()
    for _turn in range(3):
        client = Client()
        client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
        token = client.cookies["tangthu_session"].value
        assert re.fullmatch(r"[a-z0-9]{32,}", token), "over 160 bits"
        seen.add(token)
        page = client.get("/")
        assert token not in page.content.decode()
        assert 'action="/dang-xuat/"' in page.content.decode()
        assert "tangthu_session" not in str(page.headers.get("Location", ""))
        client.post("/dang-xuat/")
        again = Client()
        again.cookies["tangthu_session"] = token
        assert again.get("/").status_code == 302
    assert len(seen) == 3
    running = sign_in("hoa")
    assert running.get("/").status_code == 200
    disable_account(cast.acting("dung"), cast.acting("hoa").viewer.person_id)
    assert running.get("/").status_code == 302, "who is disabled is outside at once"
    in_the_address = Client().get(f"/?tangthu_session={token}&sessionid={token}")
    assert in_the_address.status_code == 302


def test_an_error_that_nobody_expected_shows_nothing_of_the_inside(
    cast: TestHouse,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The page speaks in general words; nothing half-written stays, the log has the trace."""
    client = sign_in("cuc")
    client.raise_request_exception = False

    def broken(*_args: object, **_named: object) -> object:
        raise RuntimeError("kinnhatnha SELECT secret FROM nowhere")

    monkeypatch.setattr("tangthu.faces.office.middleware.viewer_of", broken)
    answer = client.get("/ho-so/")
    text = answer.content.decode()
    assert answer.status_code == 500
    for word in ("kinnhatnha", "SELECT", "Traceback", "RuntimeError", "/src/", "django"):
        assert word not in text
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    monkeypatch.undo()
    assert client.get("/ho-so/").status_code == 200, "the house goes on"
