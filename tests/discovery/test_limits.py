"""Questions that are too broad or hostile: what the database does, and what the person sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangthu.discovery import guarded, lists
from tangthu.discovery.language import parse
from tangthu.discovery.search import search
from tests.discovery.entries import ARCHIVIST, ask, entry, put
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier


@contextmanager
def index_taken(house: TestHouse) -> Iterator[None]:
    """Somebody else holds the whole index for as long as the block lasts, so that reading waits."""
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute("LOCK TABLE discovery_entry IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of time is reached soon."""
    monkeypatch.setattr(guarded, "LIMIT_MS", 60)


def test_what_takes_too_long_is_too_broad_and_says_what_to_do(
    index: TestHouse, short_patience: None
) -> None:
    with index_taken(index), pytest.raises(guarded.TooBroad) as caught:
        ask("thanh lý")
    assert "quá rộng" in str(caught.value.message)
    assert "Thêm từ" in str(caught.value.hint)
    put(entry("thanh lý"))
    assert ask("thanh lý").count == 1, "the connection is as it was before"


def test_the_limit_and_the_settings_end_with_the_question(index: TestHouse) -> None:
    def shown() -> list[str]:
        names = ("statement_timeout", "enable_seqscan", "jit", "work_mem")
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"current_setting('{n}')" for n in names))
            return list(cursor.fetchone())

    before = shown()
    ask("thanh lý")
    assert shown() == before
    with transaction.atomic():
        ask("thanh lý")
        put(entry("giữ lại"))
        assert shown() == before
    assert ask("giữ lại").count == 1


def test_a_register_with_words_is_under_the_same_limit(
    index: TestHouse, short_patience: None
) -> None:
    with index_taken(index):
        with pytest.raises(guarded.TooBroad):
            lists.page(ARCHIVIST, "document", text="thanh lý")
        with pytest.raises(guarded.TooBroad):
            lists.page(ARCHIVIST, "document", text="-thanh", facets=["year"])


@pytest.mark.parametrize(
    "address", ["/tim/?q=thanh+lý", "/ho-so/?q=thanh+lý", "/tai-lieu/?q=thanh+lý&year=2010"]
)
def test_the_page_says_that_the_question_was_too_broad_and_keeps_it(
    cast: TestHouse, sign_in: SignIn, short_patience: None, address: str
) -> None:
    make_dossier(cast)
    client = sign_in("hoa")
    with index_taken(cast):
        answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Câu tìm quá rộng." in page
    assert "Thêm từ, năm hoặc loại văn bản" in page
    assert 'value="thanh lý"' in page
    assert "kết quả" not in page.partition("<main")[2].partition("Cách tìm")[0].lower()
    assert "Không có dòng nào" not in page


ODD = "a1đĐ\"'-:/.*|&!<>()\\%_ \0\u0300喃\U0010ffff\ud800٣ 0123.08 số năm: loại: td: -từ: hoặc"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60) | st.text(ODD, max_size=60))
def test_whatever_is_typed_is_answered(index: TestHouse, text: str) -> None:
    put(entry("thanh lý", text="một hai ba"))
    query = parse(text)
    if not query.is_empty:
        assert search(ARCHIVIST, query).count <= 200
    lists.page(ARCHIVIST, "document", text=text, facets=["year", "type"])


@pytest.mark.parametrize(
    "text",
    [
        "a " * 200, "-a " * 130, " hoặc ".join("abcdefghijklmnop"), "* " * 200, '"a b" ' * 60,
        "a* " * 100, "001.03.08.H30 " * 28, "12/QĐ-CC " * 40, "td:a cq:b " * 40, "năm:2010 " * 44,
        "nhà-ở-" * 60, "-năm:2010 " * 40,
    ],
)  # fmt: skip
def test_long_questions_are_answered_within_the_limit(index: TestHouse, text: str) -> None:
    put(*(entry("a b c nhà ở", text="a b c d e f " * 30) for _ in range(50)))
    query = parse(text)
    assert query.is_empty or search(ARCHIVIST, query).count <= 50
    lists.page(ARCHIVIST, "document", text=text)


def test_a_phrase_of_words_that_stand_apart_in_many_texts_is_looked_for_in_so_many_and_it_is_said(
    index: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.discovery import candidates

    put(entry("Có", text="biên bản thanh lý"), *(entry("x", text="lý do thanh") for _ in range(30)))
    whole = ask('"thanh lý"')
    assert (whole.count, whole.capped) == (1, False)
    monkeypatch.setattr(candidates, "LOOKED_AT", 10)
    part = ask('"thanh lý"')
    assert part.count <= 1
    assert part.capped
    assert part.by_kind == {"dossier": None, "document": None}
    page = lists.page(ARCHIVIST, "document", text='"thanh lý"')
    assert page.capped
    assert not ask('"biên bản thanh lý"').capped, "few hold all of these words"
