"""The census: its counts are those of the entries, whatever is written, by whom and when."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangthu.discovery import asked, census, lists
from tangthu.discovery.index import drop
from tangthu.identity.models import Role
from tangthu.identity.policies import Scope
from tests.discovery.entries import ARCHIVIST, BODIES, CLERK, entry, person, put
from tests.support.house import TestHouse
from tests.support.workers import wait_until

FACETS = ("type", "year", "retention", "fonds", "sealed")
FONDS = (None, uuid.UUID(int=7), uuid.UUID(int=8))
_KEY = ", ".join(("body_id", "access_level", *census.COLUMNS))

one_write = st.fixed_dictionaries(
    {
        "obj": st.integers(1, 6).map(lambda n: uuid.UUID(int=n)),
        "kind": st.sampled_from(["document", "dossier"]),
        "body_id": st.sampled_from(BODIES[:2]),
        "access_level": st.sampled_from(["01", "02"]),
        "record_type": st.sampled_from(["", "02"]),
        "year": st.sampled_from([None, 2010, 2011]),
        "retention_code": st.sampled_from(["", "01"]),
        "sealed": st.booleans(),
        "fonds_id": st.sampled_from(FONDS),
        "tangled": st.booleans(),
    }
)
step = one_write | st.integers(1, 6) | st.just("settle") | st.just("again")


def counted_one_by_one() -> Counter[tuple[Any, ...]]:
    """The count of each combination, by a look at every entry."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_KEY} FROM discovery_entry")
        return Counter(cursor.fetchall())


def in_census() -> dict[tuple[Any, ...], int]:
    """The count of each combination, by the census."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_KEY}, sum(n) FROM (SELECT * FROM discovery_census UNION ALL "
            f"SELECT * FROM discovery_censuschange) c GROUP BY {_KEY} HAVING sum(n) <> 0"
        )
        return {tuple(row[:-1]): int(row[-1]) for row in cursor.fetchall()}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(step, max_size=14))
def test_after_any_writes_the_census_holds_what_a_look_at_every_entry_gives(
    index: TestHouse, steps: list[Any]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry")
    last = None
    for act in steps:
        if act == "settle":
            census.settle()
        elif act == "again":
            if last is not None:
                put(last)
        elif isinstance(act, int):
            drop([uuid.UUID(int=act)])
        else:
            last = entry("x", **act)
            put(last)
        assert in_census() == counted_one_by_one()
    assert census.correct() == 0
    census.settle()
    assert in_census() == counted_one_by_one()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM discovery_censuschange), count(*) FILTER (WHERE n < 1) "
            "FROM discovery_census"
        )
        assert cursor.fetchone() == (0, 0)


def test_what_is_written_again_unchanged_is_noted_nowhere(index: TestHouse) -> None:
    one = entry("x", year=2010)
    put(one)
    census.settle()
    put(one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM discovery_censuschange")
        assert cursor.fetchone() == (0,)


@pytest.fixture
def crowd(index: TestHouse) -> Iterator[int]:
    """More entries than are counted one by one, two thirds of them behind all others in order."""
    many = asked.COUNT_CAP + 500
    put(
        entry("x", place="1", year=2001, record_type="02", sealed=True, fonds_id=FONDS[1]),
        entry("y", place="9", year=2010, record_type="03", access_level="02"),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO discovery_entry (obj, kind, body_id, access_level, code, title, subtitle, "
            "record_type, retention_code, issuer, date_from, date_to, year, sealed, place, text, "
            "whole) SELECT gen_random_uuid(), 'document', %s, '01', '', 'z', '', "
            "'0' || (1 + n %% 2), '01', '', '', '', 1990 + n %% 3, n %% 5 = 0, '5', '', '' "
            "FROM generate_series(1, %s) n",
            [BODIES[0], many],
        )
    yield many


def test_a_register_counts_exactly_and_offers_every_value_however_much_there_is(
    crowd: int,
) -> None:
    for _ in range(2):
        page = lists.page(CLERK, "document", facets=FACETS)
        assert (page.count, page.capped) == (crowd + 1, False)
        assert dict(page.facets["year"]) == {2001: 1} | dict.fromkeys((1990, 1991, 1992), crowd / 3)
        assert dict(page.facets["type"]) == {"01": crowd / 2, "02": crowd / 2 + 1}
        assert dict(page.facets["sealed"]) == {False: crowd * 4 / 5, True: crowd / 5 + 1}
        assert page.facets["retention"] == [("01", crowd)]
        assert page.facets["fonds"] == [(FONDS[1], 1)]
        census.settle()
    cleared = lists.page(ARCHIVIST, "document", facets=FACETS)
    assert cleared.count == crowd + 2
    assert (2010, 1) in cleared.facets["year"]


def test_what_grants_for_a_fonds_open_is_counted_exactly_however_much_it_is(crowd: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE discovery_entry SET fonds_id = %s WHERE title = 'z'", [FONDS[2]])
    alone = entry("tài liệu", fonds_id=FONDS[2], year=2015, tangled=True)
    by_name = entry("hồ sơ", fonds_id=FONDS[1], year=2016)
    put(alone, by_name, entry("khác", fonds_id=FONDS[2], year=2017, access_level="02"))

    def scope(kind: str, id_: uuid.UUID) -> Scope:
        return Scope(BODIES[0], "read.public", kind, id_)

    granted = [scope("fonds", FONDS[2]), scope("document", by_name.obj)]
    reader = person((BODIES[2], Role.CLERK), scopes=granted)
    for _ in range(2):
        page = lists.page(reader, "document", facets=FACETS)
        assert (page.count, page.capped) == (crowd + 1, False)
        assert dict(page.facets["year"]) == dict.fromkeys((1990, 1991, 1992), crowd / 3) | {2016: 1}
        census.settle()
    # Of several dossiers, hence opened by its own name alone.
    by_itself = person((BODIES[2], Role.CLERK), scopes=[*granted, scope("document", alone.obj)])
    assert lists.page(by_itself, "document").count == crowd + 2
    # Named and in an open fonds: counted once.
    twice = [*granted, scope("fonds", FONDS[1])]
    assert lists.page(person((BODIES[2], Role.CLERK), scopes=twice), "document").count == crowd + 2


def test_filters_that_the_census_knows_are_counted_exactly_and_others_as_far_as_told(
    crowd: int,
) -> None:
    page = lists.page(CLERK, "document", filters={"sealed": "0"}, facets=FACETS)
    assert (page.count, page.capped) == (crowd * 4 // 5, False)
    # A facet's own filter is left out of its counts.
    assert dict(page.facets["sealed"]) == {False: crowd * 4 / 5, True: crowd / 5 + 1}
    by_field = lists.page(CLERK, "document", text="năm:1990", facets=("type",))
    assert (by_field.count, by_field.capped) == (crowd // 3, False)
    beyond = lists.page(CLERK, "document", filters={"inventory": str(FONDS[1])}, facets=FACETS)
    assert (beyond.count, beyond.facets["year"]) == (0, [])
    assert lists.count(CLERK, "document") == (crowd + 1, False)
    assert lists.count(CLERK, "document", text="từ:1990") == (0, False)
    assert lists.count(CLERK, "document", text="-chicket") == (asked.COUNT_CAP, True)


def test_a_census_that_was_lost_is_put_right_while_others_write(index: TestHouse) -> None:
    put(*(entry("x", year=year) for year in (2009, 2010, 2010)))
    census.settle()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_census")
        cursor.execute("UPDATE discovery_entry SET issuer = 'khác'")
    assert lists.page(ARCHIVIST, "document").count == 0
    assert census.correct() == 2
    assert lists.page(ARCHIVIST, "document").count == 3
    assert census.correct() == 0


def _corrected_elsewhere() -> int:
    try:
        return census.correct()
    finally:
        connection.close()


def _somebody_waits_for_a_lock() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_two_who_put_the_census_right_at_once_put_it_right_once(index: TestHouse) -> None:
    put(*(entry("x", year=2010) for _ in range(3)))
    census.settle()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_census")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert census.correct() == 1
            second = pool.submit(_corrected_elsewhere)
            wait_until(_somebody_waits_for_a_lock, 10)
        assert second.result(10) == 0
    assert in_census() == counted_one_by_one()


def test_who_adds_up_waits_for_no_writer_and_loses_none(index: TestHouse) -> None:
    put(entry("x", year=2010))
    other = connections["owner"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE discovery_entry SET year = 2011")
            census.settle()
            assert lists.page(ARCHIVIST, "document", facets=("year",)).facets["year"] == [(2010, 1)]
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert lists.page(ARCHIVIST, "document", facets=("year",)).facets["year"] == [(2011, 1)]
    census.settle()
    assert in_census() == counted_one_by_one()
