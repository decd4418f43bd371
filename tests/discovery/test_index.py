"""Writing the index: at once, the same twice, and with as many statements for many as for few."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangthu.discovery import frequency
from tangthu.discovery import index as writing
from tangthu.discovery.vectors import MAX_BYTES, vector
from tests.discovery.entries import ask, counted, entry, found, put, titles
from tests.support.house import TestHouse
from tests.support.records import change_dossier, make_dossier


def everything() -> list[tuple[Any, ...]]:
    """All index entries, column by column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM discovery_entry ORDER BY obj")
        return list(cursor.fetchall())


def describe(house: TestHouse, document: Any, **values: Any) -> None:
    """Change a document's description through the real action."""
    from tangthu.archive.actions.describe_record import describe_document, digest_of

    document.refresh_from_db()
    describe_document(house.acting("cuc"), document.pk, values, expected=digest_of(document))


def seen_by(house: TestHouse, username: str, text: str) -> list[str]:
    """Ids that a person of the cast finds."""
    viewer = house.acting(username).viewer
    return [str(hit.obj) for hit in ask(text, viewer).hits]


@pytest.mark.req("RM-661", "AR-27")
def test_an_edited_description_is_found_at_once_and_the_old_one_no_more(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{"keywords": "rươi biển"}, {}])
    document = made.documents[0]
    assert seen_by(cast, "cuc", "rươi") == [str(document.pk)]
    describe(cast, document, keywords="", handwriting="đồng ý duyệt")
    assert seen_by(cast, "cuc", "rươi") == []
    assert seen_by(cast, "cuc", "dong y duyet") == [str(document.pk)]
    assert seen_by(cast, "cuc", "trang số") != []


def test_an_edited_dossier_is_found_at_once(cast: TestHouse) -> None:
    made = make_dossier(cast)
    change_dossier(cast, made.dossier, title="Hồ sơ nạo vét kênh xáng")
    assert seen_by(cast, "hoa", "nạo vét") == [str(made.dossier.pk)]
    assert seen_by(cast, "hoa", '"tập lưu quyết định"') == []


@pytest.mark.req("AR-121")
def test_a_closed_document_is_gone_for_a_clerk_at_once(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{"subject": "Kỷ luật ông Sửu"}])
    assert seen_by(cast, "hoa", "sửu") == [str(made.documents[0].pk)]
    describe(cast, made.documents[0], access_level="02")
    assert seen_by(cast, "hoa", "sửu") == []
    assert seen_by(cast, "cuc", "sửu") == [str(made.documents[0].pk)]


@pytest.mark.req("AR-121")
def test_closing_a_dossier_closes_what_is_in_it(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    change_dossier(cast, made.dossier, access_level="02")
    assert seen_by(cast, "hoa", "thanh lý") == []
    assert len(seen_by(cast, "cuc", "thanh lý")) == 2


def test_a_dropped_entry_is_found_no_more(index: TestHouse) -> None:
    one, other = entry("thanh lý"), entry("thanh lý")
    put(one, other)
    writing.drop([one.obj, uuid.uuid4()])
    assert [hit.obj for hit in ask("thanh lý").hits] == [other.obj]


def test_an_entry_written_again_replaces_the_old_one(index: TestHouse) -> None:
    one = entry("cũ kỹ", text="nguyên văn", obj=uuid.UUID(int=7))
    put(one)
    put(entry("mới tinh", obj=uuid.UUID(int=7)))
    assert titles("cũ") == titles("nguyên văn") == []
    assert titles("mới") == ["mới tinh"]


def test_indexing_twice_gives_the_same(cast: TestHouse) -> None:
    from tangthu.archive.searchables import reindex_dossiers

    made = [make_dossier(cast, number=f"{n:02d}", documents=[{}] * n) for n in (1, 3)]
    before = everything()
    assert len(before) == 6
    assert reindex_dossiers([one.dossier.pk for one in made]) == 6
    assert everything() == before
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry")
    reindex_dossiers([one.dossier.pk for one in reversed(made)])
    assert everything() == before


def test_indexing_many_dossiers_takes_as_many_statements_as_few(cast: TestHouse) -> None:
    from tangthu.archive.searchables import reindex_dossiers

    few = [make_dossier(cast, number="01", documents=[{}]).dossier.pk]
    many = few + [
        make_dossier(cast, number=f"{n:02d}", documents=[{}] * (n % 5)).dossier.pk
        for n in range(2, 26)
    ]

    def statements(ids: list[uuid.UUID]) -> int:
        with CaptureQueriesContext(connection) as captured:
            reindex_dossiers(ids)
        return len(captured)

    small, large = statements(few), statements(many)
    assert small == large
    assert large <= 20  # with the transaction and its locks


def test_a_dossier_of_more_documents_than_a_portion_is_indexed_whole(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive import searchables

    one, two = (make_dossier(cast, number=n, documents=[{}] * 7).dossier.pk for n in ("01", "02"))
    before = everything()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry")
    monkeypatch.setattr(searchables, "PORTION", 3)
    assert searchables.reindex_dossiers([one, two]) == 16
    assert everything() == before


def test_the_note_of_a_dossier_with_closed_documents_is_not_indexed_beside_an_open_one(
    cast: TestHouse,
) -> None:
    from tangthu.archive.searchables import reindex_dossiers

    half = make_dossier(cast, number="01", documents=[{}, {"access_level": "02"}])
    whole = make_dossier(cast, number="02", documents=[{}, {}])
    for made in (half, whole):
        change_dossier(cast, made.dossier, note="ghichurieng")
    reindex_dossiers([half.dossier.pk, whole.dossier.pk])
    assert seen_by(cast, "hoa", "ghichurieng") == [str(whole.dossier.pk)]


def grow_old() -> None:
    """Let the index be as a version before this one wrote it: without marks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE discovery_entry SET layout = 1, "
            "head = ts_delete(head, ARRAY(SELECT t FROM unnest(tsvector_to_array(head)) t "
            "WHERE left(t, 1) IN ('^', '%', '~'))), "
            "whole = ts_delete(whole, ARRAY(SELECT t FROM unnest(tsvector_to_array(whole)) t "
            "WHERE left(t, 1) IN ('^', '%', '~')))"
        )
        cursor.execute("UPDATE discovery_indexstate SET outdated = TRUE")


@pytest.mark.parametrize("renewed", [False, True])
def test_what_an_older_version_indexed_is_found_before_and_after_it_is_written_again(
    cast: TestHouse, renewed: bool
) -> None:
    from tangthu.archive.searchables import renew_outdated

    made = [
        make_dossier(cast, number=f"{n:02d}", documents=[{"keywords": f"số {n}12/QĐ-CC"}] * 3)
        for n in (1, 2)
    ]
    grow_old()
    if renewed:
        assert list(renew_outdated()) == [8]
        assert list(renew_outdated()) == []
    counted()
    assert frequency.standing().marked == renewed
    assert len(seen_by(cast, "cuc", '"212/QĐ-CC"')) == 3
    year = made[0].documents[0].issued_on[:4]
    assert len(seen_by(cast, "cuc", f"năm:{year} qđ")) == 6


def test_a_very_long_text_is_indexed_as_far_as_a_vector_reaches(index: TestHouse) -> None:
    text = " ".join(f"tu{n}" for n in range(300_000))
    one = entry("Dài", text=text)
    put(one)
    assert found("tu1", one)
    assert not found("tu299999", one)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(max_size=60), min_size=5, max_size=5))
def test_any_text_can_be_indexed(index: TestHouse, texts: list[str]) -> None:
    title, subtitle, keywords, issuer, text = (t.replace("\0", "") for t in texts)
    storable = all(t.encode("utf-8", "replace").decode() == t for t in texts)
    if storable:
        put(entry(title, subtitle=subtitle, keywords=keywords, issuer=issuer, text=text))
        assert ask("-khongcotrongdo").count >= 1


@pytest.mark.parametrize("text", ["\\ ' '' \\' đ", "喃𡨸" * 3000, "a\u0300" * 9000, "x" * 500_000])
def test_odd_texts_make_vectors_that_postgresql_takes(index: TestHouse, text: str) -> None:
    put(entry(text, text=text, code_keys=["'\\", "a" * 5000]))
    assert ask("-khong").count == 1


def test_a_vector_stays_below_its_limit() -> None:
    made = vector([(" ".join(f"từ{n}" for n in range(200_000)), "D")], ["#1"])
    assert len(made.encode()) < 2 * MAX_BYTES
    assert made.startswith("'#1' ")
