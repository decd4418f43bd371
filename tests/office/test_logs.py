"""Structured logs: an object a line, with the number of the request, and nothing people wrote."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from tangthu.kernel import jobs, logs, proxies
from tests.office.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import make_dossier

WORD = "Kinnhatnha"
TYPED = "Vongphucloi"  # of its own: the server's log, which all tests share, tells a bad number
SITE = f"""
import sys, django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
from django.test import Client
from tangthu.identity.models import Person
from tangthu.ui import formats
client = Client(raise_request_exception=False, HTTP_X_REQUEST_ID="from-a-visitor")
client.post("/dang-nhap/", {{"username": "{WORD}", "password": "{WORD}"}})
client.post("/dang-nhap/", {{"username": "cuc", "password": "{PASSWORD}"}})
document = sys.argv[1]
client.get("/tim/?q={WORD}")
client.get(f"/tai-lieu/{{document}}/")
client.get("/{WORD}/")
client.get("/ho-so/{WORD}/?x={WORD}")
client.post("/phong/moi/", {{"code": "{WORD}", "name": "{WORD}"}})
client.get("/", headers={{"Host": "{WORD}.example"}})
Client(enforce_csrf_checks=True).post("/dang-nhap/?next=/{WORD}/", {{"username": "{WORD}"}})
def broken(*args, **kwargs):
    raise ValueError(f"cannot read {WORD}")
formats.moment = broken
assert client.get(f"/ho-so/").status_code == 200
print(client.get(f"/tai-lieu/{{document}}/").status_code)
"""


def lines(text: str) -> list[dict[str, Any]]:
    """Every line as its own object."""
    return [json.loads(line) for line in text.splitlines()]


def test_what_people_type_and_what_stands_in_papers_is_in_no_line(cast: TestHouse) -> None:
    made = make_dossier(cast, title=f"Hồ sơ {WORD}", documents=[{"subject": WORD}])
    given = {**cast.environment, "TANGTHU_LOG": "json", "TANGTHU_PROCESS": "site"}
    done = subprocess.run(
        [sys.executable, "-c", SITE, str(made.documents[0].id)],
        env=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == "500\n"
    told = lines(done.stderr)
    assert len(told) > 10
    for secret in (WORD, "cuc", "Nguyễn", PASSWORD, str(made.documents[0].id)):
        assert secret not in done.stderr, secret
    asked = [one for one in told if one["logger"] == "tangthu.requests"]
    assert {one["route"] for one in asked} >= {
        "/tim/", "/tai-lieu/<uuid:document_id>/", "/dang-nhap/", "–",
    }  # fmt: skip
    assert {one["status"] for one in asked} >= {200, 302, 400, 403, 404, 500}
    assert all(re.fullmatch(r"[0-9a-f]{32}", one["request"]) for one in asked), "no proxy: ours"
    (fault,) = [one for one in told if one.get("error") == "ValueError"]
    assert fault["request"] == asked[-1]["request"]
    assert "in broken" in fault["trace"] and fault["process"] == "site"


def as_json(error: BaseException, **about: str) -> dict[str, Any]:
    record = logging.LogRecord(
        "x", 40, __file__, 1, "failed", (), (type(error), error, error.__traceback__)
    )
    with logs.about(**about):
        (one,) = lines(logs.AsJson().format(record))
    return one


def caught(act: Any) -> BaseException:
    try:
        act()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_an_error_is_told_without_the_value_it_stumbled_over(shared_cast: TestHouse) -> None:
    from django.db import connection

    def ask(statement: str) -> Any:
        def act() -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement, [TYPED])

        return act

    for act in (
        lambda: int(TYPED), lambda: {}[TYPED], lambda: json.loads(TYPED), Path(f"/{TYPED}").stat,
        ask("SELECT %s::integer"), ask("SELECT to_date(%s, 'YYYY')"),
    ):  # fmt: skip
        told = as_json(caught(act))
        assert TYPED not in json.dumps(told, ensure_ascii=False)
        assert told["trace"]
    assert "khong_co" in as_json(caught(ask("SELECT khong_co, %s")))["trace"], "our own mistakes"
    assert "'str'" in as_json(caught(lambda: "".nothing), job="7")["trace"]  # type: ignore[attr-defined]
    assert as_json(ValueError(), job="7")["job"] == "7"


def test_a_line_of_a_job_bears_its_id(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tangthu.kernel import job_registry

    seen: list[str] = []

    def work(running: jobs.Running) -> dict[str, Any]:
        seen.append(logs.AsJson().format(logging.LogRecord("x", 20, "", 1, "hi", (), None)))
        return {}

    monkeypatch.setitem(job_registry._handlers, "x", work)
    job = jobs.enqueue("x", args={}, body_id=None, person_id=None, queued=False)
    jobs.execute(job.id)
    (told,) = lines(seen[0])
    assert (told["job"], told["kind"]) == (str(job.id), "x")


def test_a_request_bears_the_proxys_number_and_no_strangers(shared_cast: TestHouse) -> None:
    def number(address: str, given: str) -> str:
        answer = Client().get("/song", REMOTE_ADDR=address, headers={"X-Request-Id": given})
        return answer["X-Request-Id"]

    assert number("127.0.0.1", "proxy-said-this") != "proxy-said-this", "without HTTPS no proxy"
    with override_settings(SITE_HTTPS=True):
        assert number("127.0.0.1", "proxy-said-this") == "proxy-said-this"
        assert number("203.0.113.9", "proxy-said-this") != "proxy-said-this"
        for wrong in ("x", "a b c d e f g", "x" * 65, "<script>alert", "ốốốốốốốốố"):
            assert number("127.0.0.1", wrong) != wrong


def test_only_a_proxy_that_is_named_is_believed(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.ui.callers import address_of

    told = {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "for=1.2.3.4"}  # fmt: skip

    def kept(address: str, proxy: str, *, expected: bool = True) -> set[str]:
        meta: dict[str, object] = {"REMOTE_ADDR": address, **told}
        proxies.believe(meta, proxies.networks(proxy), expected=expected)
        return set(meta) & set(told)

    believed = {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"}
    assert kept("127.0.0.1", "") == kept("::1", "") == believed
    assert kept("127.0.0.1", "", expected=False) == set()
    assert kept("10.0.0.8", "") == kept("", "") == kept("127.0.0.1", "10.0.0.0/24") == set()
    assert kept("10.0.0.8", "10.0.0.0/24, ::1") == believed
    with pytest.raises(ImproperlyConfigured, match="TANGTHU_PROXIES"):
        proxies.networks("proxy.example")
    # The whole way: a stranger who says that he speaks HTTPS is not taken at his word.
    with override_settings(
        SITE_HTTPS=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
    ):
        for address, secure, source in (
            ("127.0.0.1", True, "198.51.100.7"),
            ("203.0.113.9", False, "203.0.113.9"),
        ):
            answer = Client().get("/dang-nhap/", REMOTE_ADDR=address, **told)
            request = answer.wsgi_request
            assert (request.is_secure(), address_of(request)) == (secure, source)


def test_an_isolated_site_turns_away_a_stranger_behind_its_proxy(isolated_cast: TestHouse) -> None:
    with override_settings(SITE_HTTPS=True):
        for visitor, status in (("127.0.0.1", 200), ("203.0.113.9", 403)):
            answer = Client().get(
                "/dang-nhap/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=visitor
            )
            assert answer.status_code == status, visitor


def test_a_line_is_one_line_and_bears_its_moment_with_its_distance_from_utc() -> None:
    """Whatever word gets into it: nobody writes a line of his own."""
    record = logging.LogRecord("tangthu", logging.WARNING, "x.py", 1, "told %s", (
        "a\r\n2026-01-01T00:00:00+00:00 ERROR tangthu forged\u2028b\x1b[31m",), None)  # fmt: skip
    plain = logs.Discreet("%(asctime)s %(levelname)s %(name)s %(message)s").format(record)
    assert len(plain.splitlines()) == 1
    assert "\x1b" not in plain
    assert re.match(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d WARNING tangthu told", plain
    )
    line = logs.AsJson().format(record)
    assert len(line.encode().splitlines()) == 1
    assert json.loads(line)["time"].endswith("+00:00")
