"""Dates as records state them: forms, order, impossible days, spreadsheet cells."""

from __future__ import annotations

import itertools
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.vietnamese.dates import DateError, PartialDate, from_parts, parse_date

DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("04/02/2010", "2010-02-04"),
        ("4/2/2010", "2010-02-04"),
        ("4-2-2010", "2010-02-04"),
        ("4.2.2010", "2010-02-04"),
        (" 04 / 02 / 2010 ", "2010-02-04"),
        ("ngày 04 tháng 02 năm 2010", "2010-02-04"),
        ("Ngày 4 tháng 2 năm 2010.", "2010-02-04"),
        ("ngay 04 thang 02 nam 2010", "2010-02-04"),
        ("Vị Thanh, ngày 08 tháng 02 năm 2010", "2010-02-08"),
        ("ngày 25/9/1989", "1989-09-25"),
        ("2010-02-04", "2010-02-04"),
        ("2010-02-04 00:00:00", "2010-02-04"),
        ("2010-02-04T09:30:00+07:00", "2010-02-04"),
        ("02/2010", "2010-02"),
        ("2-2010", "2010-02"),
        ("2010-02", "2010-02"),
        ("tháng 02 năm 2010", "2010-02"),
        ("tháng 2/2010", "2010-02"),
        ("2010", "2010"),
        ("năm 2010", "2010"),
        ("29/02/2012", "2012-02-29"),
    ],
)
def test_dates_are_read_in_every_usual_form(text: str, iso: str) -> None:
    assert str(parse_date(text)) == iso


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("31/02/2010", "day"),
        ("29/02/2011", "day"),
        ("00/01/2010", "day"),
        ("ngày 31 tháng 4 năm 2010", "day"),
        ("04/13/2010", "month"),
        ("2010-00", "month"),
        ("04/02/10", "year"),
        ("04/02/02010", "year"),
        ("04/02/0000", "year"),
        ("hực", "form"),
        ("", "form"),
        ("04/02", "form"),
        ("20100204", "form"),
        ("Số 12 ngày", "form"),
        ("1/2/3/2010", "form"),
    ],
)
def test_an_impossible_date_says_which_part_is_at_fault(text: str, part: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text)
    assert caught.value.part == part
    assert caught.value.message and caught.value.hint


@given(DAYS)
def test_every_form_of_a_day_reads_back_as_that_day(day: date) -> None:
    partial = PartialDate.of(day)
    for text in (str(partial), partial.vietnamese(), partial.in_words()):
        assert parse_date(text) == partial
    assert from_parts(day.day, day.month, day.year) == partial
    assert partial.first_day() == partial.last_day() == day


@given(DAYS)
def test_months_and_years_read_back_and_span_their_days(day: date) -> None:
    for partial in (PartialDate(day.year, day.month), PartialDate(day.year)):
        for text in (str(partial), partial.vietnamese(), partial.in_words()):
            assert parse_date(text) == partial
        assert partial.first_day() <= day <= partial.last_day()


def test_the_vaguer_of_two_dates_that_begin_together_comes_first() -> None:
    dates = ["2009-12-31", "2010", "2010-01", "2010-01-01", "2010-01-02", "2010-02", "2011"]
    parsed = [parse_date(text) for text in dates]
    assert all(before < after for before, after in itertools.pairwise(parsed))
    parsed.reverse()
    assert [str(d) for d in sorted(parsed)] == dates
    assert sorted(dates) == dates


def test_dates_in_words_follow_the_decree() -> None:
    assert PartialDate(2010, 2, 4).in_words() == "ngày 04 tháng 02 năm 2010"
    assert PartialDate(2010, 3, 14).in_words() == "ngày 14 tháng 3 năm 2010"


@pytest.mark.parametrize(
    ("cells", "iso"),
    [
        ((7, 7, 2010), "2010-07-07"),
        (("07", " 7 ", "2010"), "2010-07-07"),
        ((7.0, "7.0", 2010.0), "2010-07-07"),
        ((None, "02", 2010), "2010-02"),
        (("", None, "2010"), "2010"),
    ],
)
def test_cells_make_a_date(cells: tuple[object, object, object], iso: str) -> None:
    assert str(from_parts(*cells)) == iso


def test_three_blank_cells_are_no_date() -> None:
    assert from_parts(None, "", "  ") is None


@pytest.mark.parametrize(
    ("cells", "part"),
    [
        ((31, 2, 2010), "day"),
        (("hực", 2, 2010), "day"),
        ((1.5, 2, 2010), "day"),
        ((float("nan"), 2, 2010), "day"),
        ((float("inf"), 2, 2010), "day"),
        ((1, None, 2010), "month"),
        ((1, 13, 2010), "month"),
        ((1, True, 2010), "month"),
        ((1, 2, None), "year"),
        ((1, 2, 10), "year"),
        ((1, 2, 10**30), "year"),
        ((1, 2, datetime(2010, 1, 1)), "year"),
        ((1, 2, "٢٠١٠"), "year"),
        ((-1, 2, 2010), "day"),
    ],
)
def test_a_cell_that_is_no_date_part_is_named(
    cells: tuple[object, object, object], part: str
) -> None:
    with pytest.raises(DateError) as caught:
        from_parts(*cells)
    assert caught.value.part == part


@given(st.text(max_size=40) | st.text("0123456789/-. ngàythánnmT:+", max_size=30))
def test_any_text_is_a_date_or_a_date_error(text: str) -> None:
    try:
        parsed = parse_date(text)
    except DateError:
        return
    assert parse_date(str(parsed)) == parsed


def test_hostile_text_is_no_date(hostile: str) -> None:
    with pytest.raises(DateError):
        parse_date(hostile)
    with pytest.raises(DateError):
        from_parts(hostile, 1, 2010)
