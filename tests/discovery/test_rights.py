"""Nobody finds, counts or filters what is closed to him: SQL against a plain look at every entry.

A few hundred random entries of four bodies, asked by random people with random queries: once with
every word rare, once with the words counted (common ones are looked for segment by segment), and
once as after an upgrade, when no mark of the index is asked for.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tangthu.discovery import lists
from tangthu.discovery.index import Findable
from tangthu.discovery.language import Query, accented, parse, without_accents
from tangthu.discovery.search import search
from tangthu.identity.models import Role
from tangthu.identity.policies import NOBODY, Scope, Viewer
from tests.discovery import reference
from tests.discovery.entries import (
    ARCHIVIST,
    BODIES,
    CLERK,
    counted,
    entry,
    in_small_segments,
    outdated,
    person,
    put,
    rare,
)
from tests.support.house import TestHouse

WORDS = (
    "hoa", "hòa", "hoà", "hóa", "đất", "dat", "Đạt", "thanh", "thành", "lý", "12", "quyết",
)  # fmt: skip
CODES = ("12/QĐ-CC", "12/BC-CC", "7/2020/TT-BTC", "3a/TB", "")
FONDS = tuple(uuid.UUID(int=n) for n in (71, 72))
DOSSIERS = tuple(uuid.UUID(int=n) for n in (81, 82, 83))
DATES = ("", "2009", "2010-02", "2010-02-04", "2011-12-31")


def made_id(number: int) -> uuid.UUID:
    """The id of the entry with this number."""
    return uuid.UUID(int=(1 << 101) + number)


def made(seed: int, count: int = 400) -> list[Findable]:
    """Random entries, the same for a seed."""
    dice = random.Random(seed)

    def some(most: int) -> str:
        return " ".join(dice.choice(WORDS) for _ in range(dice.randint(0, most)))

    entries = []
    for number in range(count):
        date = dice.choice(DATES)
        kind = dice.choice(("dossier", "document", "document"))
        entries.append(
            entry(
                some(4), obj=made_id(number), code=dice.choice(CODES), kind=kind, text=some(6),
                keywords=some(1), dossier_id=dice.choice((*DOSSIERS, None)),
                tangled=dice.random() < 0.1,
                issuer=some(2), subtitle=some(1), body_id=dice.choice(BODIES),
                access_level=dice.choice(("01", "01", "02")), date_from=date, date_to=date,
                year=int(date[:4]) if date else None, sealed=dice.random() < 0.5,
                record_type=dice.choice(("02", "07")) if kind == "document" else "",
                retention_code=dice.choice(("01", "03")), fonds_id=dice.choice((*FONDS, None)),
                place=f"001.{dice.randint(1, 9):03d}.{dice.randint(1, 3)}.x.{number % 50:03d}",
            )
        )  # fmt: skip
    return entries


@pytest.fixture(scope="module", params=["rare", "common", "outdated"])
def filled(shared_cast: TestHouse, request: pytest.FixtureRequest) -> Iterator[list[Findable]]:
    """The entries, indexed."""
    entries = made(20)
    with in_small_segments():
        put(*entries)
        {"rare": rare, "common": counted, "outdated": outdated}[request.param]()
        yield entries
    rare()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry")


ROLES = st.lists(st.tuples(st.sampled_from(BODIES), st.sampled_from(list(Role))), max_size=6)
SCOPES = st.lists(
    st.builds(
        Scope,
        body=st.sampled_from(BODIES),
        right=st.sampled_from(["read.public", "read.conditional"]),
        kind=st.just("fonds"),
        id=st.sampled_from(FONDS),
    )
    | st.builds(
        Scope,
        body=st.sampled_from(BODIES),
        right=st.sampled_from(["read.public", "read.conditional"]),
        kind=st.just("dossier"),
        id=st.sampled_from(DOSSIERS),
    )
    | st.builds(
        Scope,
        body=st.sampled_from(BODIES),
        right=st.sampled_from(["read.public", "read.conditional"]),
        kind=st.just("document"),
        id=st.integers(0, 399).map(made_id),
    ),
    max_size=4,
)
VIEWERS = st.builds(lambda roles, scopes: person(*roles, scopes=scopes), ROLES, SCOPES)
WORD = st.sampled_from([*WORDS, "khong"])
TERM = st.one_of(
    WORD,
    WORD,
    st.tuples(WORD, WORD).map(lambda two: f'"{two[0]} {two[1]}"'),
    WORD.map(lambda word: f"-{word}"),
    WORD.map(lambda word: f"{word[:3]}*"),
    WORD.map(lambda word: f"td:{word}"),
    WORD.map(lambda word: f"cq:{word}"),
    st.sampled_from(
        [
            "hoặc", "12/QĐ-CC", "12 qđ cc", "-12/qd-cc", "7/tt-btc", "số:12", "001.001.1.x",
            "-năm:2010", "năm:2010", "từ:2010-02", "đến:2010-02-04", "ngày:2011", "loại:02",
            "-loại:07", "3a/TB",
        ]
    ),
)  # fmt: skip
QUERIES = st.lists(TERM, min_size=1, max_size=4).map(" ".join)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "year": st.sampled_from(["2010", "2009", "1999"]),
        "type": st.sampled_from(["02", "07"]),
        "sealed": st.sampled_from(["0", "1"]),
        "retention": st.sampled_from(["01", "03"]),
        "fonds": st.sampled_from([str(one) for one in FONDS]),
    },
)
COLUMNS = {
    "type": "record_type", "year": "year", "retention": "retention_code", "fonds": "fonds_id",
    "sealed": "sealed",
}  # fmt: skip
often = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plainly(
    entries: list[Findable], viewer: Viewer, query: Query, filters: dict[str, str] | None = None
) -> list[Findable]:
    """What the viewer should get."""
    return [
        one
        for one in entries
        if reference.may_see(viewer, one) and reference.holds(one, query, filters)
    ]


@pytest.mark.req("RM-661", "AR-27", "AR-121")
@often
@given(viewer=VIEWERS, text=QUERIES)
@example(viewer=NOBODY, text="hoa")
@example(viewer=ARCHIVIST, text="-hoa")
@example(viewer=CLERK, text="hóa hoặc đất")
def test_search_finds_and_counts_what_the_viewer_may_see_and_nothing_else(
    filled: list[Findable], viewer: Viewer, text: str
) -> None:
    query = parse(text)
    expected = plainly(filled, viewer, query)
    widened = False
    if not expected and accented(query):
        expected = plainly(filled, viewer, without_accents(query))
        widened = bool(expected)
    result = search(viewer, query, limit=1000)
    assert {hit.obj for hit in result.hits} == {one.obj for one in expected}
    assert len(result.hits) == result.count == len(expected)
    assert result.widened == widened
    for kind in ("dossier", "document"):
        of_kind = [one.obj for one in expected if one.kind == kind]
        assert result.by_kind[kind] == len(of_kind)
        assert {h.obj for h in search(viewer, query, kind=kind, limit=1000).hits} == set(of_kind)


@pytest.mark.req("RM-661", "AR-121")
@often
@given(
    viewer=VIEWERS, text=st.just("") | QUERIES, filters=FILTERS, kind=st.sampled_from(
        ["document", "dossier"]), order=st.sampled_from(list(lists.ORDERS)), down=st.booleans(),
)  # fmt: skip
@example(viewer=NOBODY, text="", filters={}, kind="document", order="place", down=False)
def test_a_register_lists_counts_and_filters_what_the_viewer_may_see_and_nothing_else(
    filled: list[Findable], viewer: Viewer, text: str, filters: dict[str, str], kind: str,
    order: str, down: bool,
) -> None:  # fmt: skip
    query = parse(text)
    expected = plainly(filled, viewer, query, {**filters, "kind": kind})
    column = lists.ORDERS[order]
    expected.sort(key=lambda one: (getattr(one, column), one.obj), reverse=down)
    options: dict[str, Any] = {"text": text, "filters": filters, "order": order, "descending": down}
    page = counted = lists.page(viewer, kind, limit=7, facets=list(COLUMNS), **options)
    assert (page.count, page.capped) == (len(expected), False)
    rows = list(page.rows)
    before = page
    while page.has_next:
        before, last = page, page.rows[-1]
        page = lists.page(viewer, kind, limit=7, after=(last.key, last.obj), **options)
        rows += page.rows
        first = page.rows[0]
        back = lists.page(viewer, kind, limit=7, before=(first.key, first.obj), **options)
        assert back.rows == before.rows
    assert [row.obj for row in rows] == [one.obj for one in expected]
    for name, facet_column in COLUMNS.items():
        others = {key: value for key, value in filters.items() if key != name}
        open_to_all = plainly(filled, viewer, query, {**others, "kind": kind})
        offered = counted.facets[name]
        assert dict(offered) == dict(reference.facet(open_to_all, facet_column)), name


@pytest.mark.req("AR-121")
def test_more_bodies_than_the_index_is_asked_for_are_still_cut(filled: list[Findable]) -> None:
    strangers = [(uuid.UUID(int=500 + n), Role.ARCHIVIST) for n in range(20)]
    viewer = person((BODIES[1], Role.CLERK), *strangers)
    result = search(viewer, parse("hoa"), limit=1000)
    assert {hit.obj for hit in result.hits} == {
        one.obj for one in plainly(filled, viewer, parse("hoa"))
    }
    assert result.count


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR])
def test_a_role_that_reads_nothing_finds_nothing(filled: list[Findable], role: str) -> None:
    nobody = person(*((body, role) for body in BODIES))
    assert search(nobody, parse("hoa")).count == 0
    assert lists.page(nobody, "document").count == 0
    assert lists.facet(nobody, "document", "type") == []
