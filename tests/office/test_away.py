"""A database that does not answer: every page says so in words, and goes on when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client

from tangthu.faces.office import away
from tests.office.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse


@contextmanager
def database_away(house: TestHouse) -> Iterator[None]:
    """Nobody gets into the house's database."""
    admin = psycopg.conninfo.make_conninfo(house.url, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as one:
        one.execute(f"ALTER DATABASE {house.name} ALLOW_CONNECTIONS false")
        one.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [house.name],
        )
        try:
            yield
        finally:
            one.execute(f"ALTER DATABASE {house.name} ALLOW_CONNECTIONS true")
            connections.close_all()


@pytest.fixture
def visitor(cast: TestHouse, sign_in: SignIn) -> Client:
    return sign_in("cuc")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_asked_for_while_the_database_is_away_says_so_and_opens_when_it_is_back(
    cast: TestHouse, visitor: Client, language: str
) -> None:
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    words = {"vi": "Cơ sở dữ liệu tạm thời không trả lời", "en": "The database"}[language]
    with database_away(cast):
        for path in ("/", "/ho-so/?q=a&sort=date", "/dang-nhap/", "/khong-co/"):
            answer = visitor.get(path)
            page = answer.content.decode()
            assert answer.status_code == 503, path
            assert answer["Retry-After"] == "5"
            assert words in page
            assert "Traceback" not in page
        answer = visitor.get("/ho-so/?q=a&sort=date")
        assert 'href="/ho-so/?q=a&amp;sort=date"' in answer.content.decode()
        assert answer["Cache-Control"] == "no-store" and answer["X-Frame-Options"] == "DENY"
        assert answer["Content-Language"] == language
        assert "default-src" in answer["Content-Security-Policy"]
        elsewhere = visitor.get("/", PATH_INFO="//nguoi-khac.example/a/")
        assert 'href="//' not in elsewhere.content.decode()
        assert visitor.head("/ho-so/").status_code == 503
    assert visitor.get("/ho-so/").status_code == 200


def test_a_form_sent_while_the_database_is_away_is_not_offered_to_be_sent_again(
    cast: TestHouse, visitor: Client
) -> None:
    with database_away(cast):
        answer = visitor.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD})
        page = answer.content.decode()
        assert answer.status_code == 503
        assert "không có gì dở dang" in page and "Thử lại" not in page
    assert visitor.get("/ho-so/").status_code == 200


def test_the_log_tells_it_in_one_line_without_a_trace(
    cast: TestHouse, visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with database_away(cast), caplog.at_level("WARNING"):
        visitor.get("/ho-so/")
    told = [one for one in caplog.records if one.name == "tangthu.office"]
    assert [one.getMessage() for one in told] == ["the database did not answer: OperationalError"]
    assert not any(one.exc_info for one in caplog.records)


def test_what_the_database_refuses_is_not_told_as_a_database_that_is_away() -> None:
    def failed(state: str | None) -> OperationalError:
        cause = psycopg.OperationalError()
        if state:
            cause = psycopg.errors.lookup(state)()
        error = OperationalError()
        error.__cause__ = cause
        return error

    for state in (None, "08006", "57P01", "57P02", "57P03", "53300"):
        assert away.is_away(failed(state)), state
    # Disk full, deadlock, cancelled, too complex, out of memory.
    for state in ("53100", "40P01", "57014", "54001", "53200"):
        assert not away.is_away(failed(state)), state
    assert not away.is_away(ValueError())
