"""Registers: keys that are not there any more, ties, caps, hostile filters."""

from __future__ import annotations

import uuid

import pytest

from tangthu.discovery import asked, lists
from tests.discovery.entries import ARCHIVIST, counted, entry, put, rare
from tests.support.house import TestHouse


@pytest.mark.parametrize("order", list(lists.ORDERS))
def test_rows_that_sort_alike_are_neither_lost_nor_repeated(index: TestHouse, order: str) -> None:
    put(*(entry("x", code="1/QĐ", place="a", date_from="2010") for _ in range(23)))
    seen: list[uuid.UUID] = []
    after = None
    for _ in range(5):
        page = lists.page(ARCHIVIST, "document", order=order, limit=5, after=after)
        seen += [row.obj for row in page.rows]
        after = (page.rows[-1].key, page.rows[-1].obj)
    assert len(seen) == len(set(seen)) == 23
    assert not page.has_next


def test_a_page_continues_where_the_last_row_stood_also_when_that_row_is_gone(
    index: TestHouse,
) -> None:
    from tangthu.discovery.index import drop

    entries = [entry("x") for _ in range(9)]
    put(*entries)
    first = lists.page(ARCHIVIST, "document", limit=4)
    last = first.rows[-1]
    drop([last.obj, entries[4].obj])
    put(entry("mới", place="000"))
    rest = lists.page(ARCHIVIST, "document", limit=9, after=(last.key, last.obj))
    assert [row.obj for row in rest.rows] == [one.obj for one in entries[5:]]


def test_an_unknown_order_is_the_order_of_codes(index: TestHouse) -> None:
    put(entry("hai", place="2"), entry("một", place="1"))
    rows = lists.page(ARCHIVIST, "document", order="evil; DROP TABLE").rows
    assert [row.title for row in rows] == ["một", "hai"]


@pytest.mark.parametrize(
    "value", ["\0", "'", "9" * 5000, "٣", "(", "0x1", "-1", "2010 OR 1=1", "\ud800"]
)
@pytest.mark.parametrize("name", ["year", "type", "fonds", "retention", "sealed", "date", "issuer"])
def test_any_filter_value_is_answered(index: TestHouse, name: str, value: str) -> None:
    put(entry("x"))
    assert lists.page(ARCHIVIST, "document", filters={name: value}).count in {0, 1}


def test_a_key_with_anything_in_it_is_answered(index: TestHouse) -> None:
    put(entry("x"))
    for key in ("\0", "'", "\U0010ffff", "a" * 10_000):
        lists.page(ARCHIVIST, "document", after=(key, uuid.UUID(int=0)))


@pytest.mark.parametrize("common", [False, True])
def test_a_register_with_more_matches_than_are_counted_says_more(
    index: TestHouse, common: bool
) -> None:
    put(*(entry("Quyết định") for _ in range(1100)))
    if common:
        counted()
    try:
        page = lists.page(ARCHIVIST, "document", text="quyết", limit=20)
        assert (page.count, page.capped, len(page.rows)) == (asked.TEXT_COUNT_CAP, True, 20)
        assert lists.page(ARCHIVIST, "document").count == 1100
    finally:
        rare()


def test_a_facet_offers_the_thirty_most_frequent_values(index: TestHouse) -> None:
    for year in range(1980, 2020):
        put(*(entry("x", year=year) for _ in range(2 if year % 2 else 1)))
    offered = lists.facet(ARCHIVIST, "document", "year")
    assert len(offered) == 30
    assert [count for _, count in offered] == [2] * 20 + [1] * 10
    assert [year for year, _ in offered[:20]] == list(range(1981, 2020, 2))
