from dataclasses import dataclass

import pytest
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tangthu.ui.cursors import Cursor, decode_cursor, encode_cursor
from tangthu.ui.query import edit_query
from tangthu.ui.tables import Cell, Column, Filter, Option, RangeFilter, Register, RegisterPage


@dataclass(frozen=True)
class Row:
    number: int
    title: str


ROWS = [Row(n, f"Văn bản {n}") for n in range(1, 24)]


def make(query: str, page_size: int = 5) -> Register[Row]:
    return Register(
        name="r",
        caption="Sổ",
        query=QueryDict(query),
        default_sort="number",
        row_id=lambda r: str(r.number),
        page_size=page_size,
        searchable=True,
        columns=(
            Column("number", "Số", lambda r: r.number, kind="number", sortable=True),
            Column("title", "Trích yếu", lambda r: Cell(r.title, url="/x"), primary=True),
        ),
        filters=(
            Filter("kind", "Loại", (Option("qd", "QĐ", 3), Option("cv", "CV")), multiple=True),
            Filter("state", "Trạng thái", (Option("new", "Mới"), Option("old", "Cũ")), tabs=True),
            RangeFilter("day", "Ngày"),
        ),
    )


def read(query: str) -> RegisterPage:
    """A page as a database would give it."""
    register = make(query)
    cursor = register.cursor(width=1)
    turned = register.descending != bool(cursor and cursor.backwards)
    rows = sorted(ROWS, key=lambda r: r.number, reverse=turned)
    if cursor:
        edge = cursor.values[0]
        assert isinstance(edge, int)
        rows = [r for r in rows if (r.number < edge if turned else r.number > edge)]
    return register.page(
        rows[: register.page_size + 1], sort_values=lambda r: (r.number,), cursor=cursor
    )


@pytest.mark.parametrize("sort", ["", "sort=-number"])
def test_walking_forth_and_back_shows_every_row_once(sort: str) -> None:
    page = read(sort)
    assert page.previous_url == ""
    forth, seen = [page], [row.id for row in page.rows]
    while page.next_url:
        page = read(page.next_url.lstrip("?"))
        forth.append(page)
        seen += [row.id for row in page.rows]
    wanted = [str(r.number) for r in ROWS]
    assert seen == (wanted[::-1] if sort else wanted)
    for before in reversed(forth[:-1]):
        page = read(page.previous_url.lstrip("?"))
        assert page.rows == before.rows
        assert page.next_url
    assert page.previous_url == ""


def test_a_cursor_is_only_good_for_its_register_sort_and_width() -> None:
    mark = encode_cursor(Cursor((7, "a")), register="r", sort="number")
    assert decode_cursor(mark, register="r", sort="number", width=2) == Cursor((7, "a"))
    assert decode_cursor(mark, register="other", sort="number", width=2) is None
    assert decode_cursor(mark, register="r", sort="-number", width=2) is None
    assert decode_cursor(mark, register="r", sort="number", width=1) is None


@given(st.text(max_size=200))
def test_a_hostile_cursor_is_ignored(text: str) -> None:
    assert decode_cursor(text, register="r", sort="number", width=1) is None


def test_an_altered_or_endless_cursor_is_ignored() -> None:
    mark = encode_cursor(Cursor((7,)), register="r", sort="number")
    other = "A" if mark[0] != "A" else "B"
    assert decode_cursor(other + mark[1:], register="r", sort="number", width=1) is None
    assert decode_cursor(mark[:-1], register="r", sort="number", width=1) is None
    assert decode_cursor(mark * 1000, register="r", sort="number", width=1) is None
    assert decode_cursor("-" * 10_000_000, register="r", sort="number", width=1) is None


def test_a_long_sort_value_comes_back_whole_and_an_endless_one_is_an_error() -> None:
    letters = "".join(chr(0x1EA0 + n * 7 % 90) for n in range(400))
    mark = encode_cursor(Cursor((letters, 1)), register="r", sort="title")
    assert decode_cursor(mark, register="r", sort="title", width=2) == Cursor((letters, 1))
    endless = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(5000))
    with pytest.raises(ValueError, match="do not fit"):
        encode_cursor(Cursor((endless,)), register="r", sort="title")


def test_unknown_sorts_and_filter_values_are_forgotten() -> None:
    register = make("sort=-title&kind=qd&kind=%27%3B+drop&kind=qd&state=new&state=old&nope=1")
    assert register.sort == "number"
    assert register.chosen("kind") == ("qd",)
    assert register.chosen("state") == ("new",)
    assert register.chosen("nope") == ()


def test_a_change_of_filter_or_sort_leads_back_to_the_first_page() -> None:
    mark = encode_cursor(Cursor((5,)), register="r", sort="number")
    page = read(f"at={mark}&q=x")
    assert page.rows[0].id == "6"
    links = [h.url for h in page.headings if h.url]
    links += [o.url for f in (*page.filters, *page.tabs) for o in f.options]
    links += [page.clear_url, page.first_url, *(c.url for c in page.chips)]
    assert links
    assert all("at=" not in link for link in links)
    assert ("at", mark) not in page.search_keep


def test_chips_name_each_active_filter_and_take_off_only_that_one() -> None:
    with override("vi"):
        page = make("kind=qd&kind=cv&day_from=01/01/2025&q=a b").page([], sort_values=lambda r: ())
    assert [chip.label for chip in page.chips] == [
        "“a b”",
        "Loại: QĐ",
        "Loại: CV",
        "Ngày: 01/01/2025 – …",
    ]
    assert page.chips[1].url == "?day_from=01%2F01%2F2025&q=a+b&kind=cv"
    assert page.clear_url == "?"
    assert page.search_keep == (("kind", "qd"), ("kind", "cv"), ("day_from", "01/01/2025"))


def test_the_sorted_heading_says_so_and_turns_the_order() -> None:
    number, title = read("sort=-number").headings
    assert (number.direction, number.url) == ("descending", "?sort=number")
    assert (title.direction, title.url) == ("", "")
    assert read("").headings[0].url == "?sort=-number"


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=4))
def test_editing_a_query_keeps_every_other_pair(pairs: dict[str, str]) -> None:
    edited = QueryDict(edit_query(pairs, {"chosen": "ệ&=?", "gone": None}).removeprefix("?"))
    wanted = {k: [v] for k, v in pairs.items() if k not in ("chosen", "gone")}
    assert dict(edited.lists()) == {**wanted, "chosen": ["ệ&=?"]}
