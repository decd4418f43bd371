"""Whatever is sent, the answer is a problem document of the right status, and nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangthu.faces.api import parsing
from tangthu.faces.api.problems import BadRequest
from tangthu.programs.models import KeptAnswer
from tests.support.house import TestHouse
from tests.support.programs import BASE, Program, program


@pytest.fixture(scope="module")
def cuc(shared_cast: TestHouse) -> Program:
    return program(shared_cast, "cuc")


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content[:400]
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(answer.content)
    assert found["status"] == status
    assert found["type"].startswith("/api/v1/problems/")
    assert found["title"] and found["detail"]
    return found


def test_without_a_key_every_address_gets_the_same_answer(shared_cast: TestHouse) -> None:
    client = Client()
    answers = [
        client.generic(method, f"{BASE}{path}", headers={"Accept-Language": "vi", **headers})
        for method, path, headers in (
            ("GET", "/me", {}),
            ("GET", "/nothing", {}),
            ("POST", "/views", {}),
            ("DELETE", "/me", {}),
            ("GET", "/me", {"Authorization": "Bearer ttk_wrong"}),
            ("GET", "/me", {"Authorization": "Basic Y3VjOng="}),
            ("GET", "/me", {"Authorization": f"Bearer {'x' * 5000}"}),
            ("GET", "/me", {"Authorization": "Bearer \u00e9"}),
        )
    ]
    assert {answer.content for answer in answers} == {answers[0].content}
    problem(answers[0], 401)


def test_problems_are_in_the_language_that_is_asked_for(cuc: Program) -> None:
    told = {}
    for language in ("vi", "en", "en-GB,vi;q=0.5", "fr", "fr,en;q=0.1", "*", ";;=", ""):
        answer = cuc.ask("GET", "/nothing", Accept_Language=language)
        told[language] = problem(answer, 404)["title"], answer.headers["Content-Language"]
    assert told["vi"] == told["fr"] == told[""] == told["*"] == ("Không có gì ở đây", "vi")
    assert told["en"] == told["en-GB,vi;q=0.5"] == told["fr,en;q=0.1"]
    assert told["en"][1] == "en" and told["en"][0] != told["vi"][0]


def test_a_wrong_method_says_which_are_right(cuc: Program) -> None:
    answer = cuc.ask("DELETE", "/me")
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e999}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a":' * 30 + b"1" + b"}" * 30,
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b'{"name": "x", "source": "search", "stray": 1}',
        b'{"name": {"a": 1}, "source": "search"}',
        b'{"name": "x", "source": "nowhere"}',
    ],
)
def test_hostile_json_is_refused_cleanly(cuc: Program, data: bytes) -> None:
    answer = cuc.client.generic(
        "POST", f"{BASE}/views", data, "application/json", headers=cuc.headers
    )
    assert answer.status_code in {400, 422}, answer.content[:300]
    problem(answer, answer.status_code)
    assert cuc.get("/views")["items"] == []


def test_another_type_and_too_much_are_refused(cuc: Program) -> None:
    for kind in ("text/plain", "application/xml", "", "multipart/form-data; boundary=x"):
        answer = cuc.client.generic("POST", f"{BASE}/views", b"x=1", kind, headers=cuc.headers)
        problem(answer, 415)
    much = b'{"name": "' + b"x" * parsing.MOST_BYTES + b'"}'
    answer = cuc.client.generic(
        "POST", f"{BASE}/views", much, "application/json", headers=cuc.headers
    )
    problem(answer, 413)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ED%A0%80", "cursor=%00x", "kind=%00", "q=" + "a" * 5000, "limit=9e9"]
)
def test_a_hostile_address_is_refused_or_answered(cuc: Program, query: str) -> None:
    for path in ("/search", "/dossiers", "/documents", "/jobs", "/uses"):
        answer = cuc.ask("GET", f"{path}?{query}")
        assert answer.status_code in {200, 400, 422}, (path, query, answer.content[:200])


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_json)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_read_is_what_json_reads_or_a_refusal(value: Any) -> None:
    text = json.dumps(value)
    try:
        found = parsing.parsed(text.encode())
    except BadRequest:
        return
    assert found == json.loads(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parsing.parsed(data)
    except BadRequest as error:
        assert str(error.message)


def test_a_key_that_asks_too_fast_waits(cast: TestHouse) -> None:
    with override_settings(API_LIMITS={"*": (300, 100), "H30.81": (60, 3)}):
        asking, other = program(cast, "cuc"), program(cast, "nga")
        statuses = [asking.ask("GET", "/me") for _ in range(5)]
        assert [one.status_code for one in statuses[:3]] == [200, 200, 200]
        refused = [one for one in statuses if one.status_code == 429]
        assert refused
        problem(refused[0], 429)
        assert refused[0].headers["Retry-After"] == "1"
        assert refused[0].headers["RateLimit-Policy"] == '"key";q=3;w=60'
        assert statuses[0].headers["RateLimit"] == '"key";r=2;t=1'
        assert other.ask("GET", "/me").status_code == 200


def test_the_document_and_the_types_of_problems_are_open_to_all(shared_cast: TestHouse) -> None:
    client = Client()
    document = client.get(f"{BASE}/openapi.json")
    assert document.status_code == 200 and document.json()["openapi"].startswith("3.1")
    kind = client.get(f"{BASE}/problems/not-found-for-viewer", headers={"Accept-Language": "en"})
    assert kind.json()["status"] == 404
    problem(client.get(f"{BASE}/problems/nothing"), 404)


def test_a_named_change_is_made_once(cuc: Program) -> None:
    view = {"name": "Của máy", "source": "search", "query": "q=a"}
    first = cuc.ask("POST", "/views", view, Idempotency_Key="lan-1")
    assert first.status_code == 201
    again = cuc.ask("POST", "/views", view, Idempotency_Key="lan-1")
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = cuc.ask("POST", "/views", {**view, "query": "q=b"}, Idempotency_Key="lan-1")
    problem(other, 422)
    for bad in (" ", "a b", "x" * 256, "\u00e9"):
        problem(cuc.ask("POST", "/views", view, Idempotency_Key=bad), 400)
    refused = cuc.ask("POST", "/views", {**view, "name": " "}, Idempotency_Key="lan-2")
    problem(refused, 422)
    assert cuc.ask("POST", "/views", {**view, "name": " "}, Idempotency_Key="lan-2").content == (
        refused.content
    )
    gone = cuc.ask("DELETE", first.headers["Location"], Idempotency_Key="lan-3")
    assert gone.status_code == 204
    assert cuc.ask("DELETE", first.headers["Location"], Idempotency_Key="lan-3").status_code == 204
    problem(cuc.ask("DELETE", first.headers["Location"]), 404)
    assert KeptAnswer.objects.count() == 3


def test_our_own_failure_is_not_kept(cuc: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from tangthu.faces.api.routes import exports

    view = {"name": "Hỏng giữa chừng", "source": "search", "query": "q=a"}

    def broken(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    whole = exports.run_save_view
    monkeypatch.setattr(exports, "run_save_view", broken)
    problem(cuc.ask("POST", "/views", view, Idempotency_Key="hong"), 500)
    monkeypatch.setattr(exports, "run_save_view", whole)
    assert cuc.ask("POST", "/views", view, Idempotency_Key="hong").status_code == 201
