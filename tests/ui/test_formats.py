from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tangthu.ui import formats
from tangthu.ui.templatetags.ui import highlight


def test_thousands_are_parted_by_dots() -> None:
    assert [formats.thousands(n) for n in (0, 999, 1234, -1234567)] == [
        "0",
        "999",
        "1.234",
        "-1.234.567",
    ]


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, "0\u00a0byte"),
        (1023, "1.023\u00a0byte".replace(".", "")),
        (1024, "1\u00a0KB"),
        (3482, "3,4\u00a0KB"),
        (1024**2 - 1, "1\u00a0MB"),
        (5 * 1024**3 // 2, "2,5\u00a0GB"),
        (3 * 1024**5, "3\u00a0PB"),
    ],
)
def test_a_size_is_written_in_its_largest_unit_with_a_decimal_comma(octets: int, text: str) -> None:
    assert formats.file_size(octets) == text


@given(st.integers(min_value=0, max_value=2**59))
def test_a_size_never_reads_1024_of_a_unit(octets: int) -> None:
    assert not formats.file_size(octets).startswith(("1.024", "1024"))


def test_days_and_months_take_the_zeros_of_administrative_writing() -> None:
    with override("vi"):
        assert formats.long_day(date(2025, 9, 2)) == "ngày 02 tháng 9 năm 2025"
        assert formats.long_day(date(2025, 2, 12)) == "ngày 12 tháng 02 năm 2025"
    assert formats.day(date(2025, 9, 2)) == "02/09/2025"
    assert formats.day(date(938, 9, 2)) == "02/09/0938"


def test_a_moment_is_shown_in_the_current_time_zone() -> None:
    late = datetime(2025, 9, 1, 18, 5, tzinfo=UTC)
    with timezone.override("Asia/Ho_Chi_Minh"):
        assert formats.moment(late) == "01:05 02/09/2025"
        assert formats.day(late) == "02/09/2025"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 giây"),
        (59.4, "59 giây"),
        (60, "1 phút"),
        (3 * 60 + 5, "3 phút"),
        (3599, "1 giờ"),
        (2 * 3600 + 5 * 60, "2 giờ 5 phút"),
        (50 * 3600, "2 ngày"),
    ],
)
def test_a_duration_is_said_in_its_largest_unit(seconds: float, text: str) -> None:
    with override("vi"):
        assert formats.duration(seconds) == text


def test_time_left_and_deadlines_are_said_in_words() -> None:
    with override("vi"):
        assert formats.time_left(170) == "còn khoảng 3 phút"
        assert formats.time_left(2) == "sắp xong"
        today = date(2025, 11, 24)
        assert formats.due(date(2025, 11, 21), today) == "quá hạn 3 ngày"
        assert formats.due(today, today) == "hạn hôm nay"
        assert formats.due(date(2025, 11, 29), today) == "còn 5 ngày"


def test_highlight_marks_the_spans_and_escapes_everything() -> None:
    text = "<b>Số</b> 123 & <script>alert(1)</script>"
    assert highlight(text, [(3, 5), (10, 13)]) == (
        "&lt;b&gt;<mark>Số</mark>&lt;/b&gt; <mark>123</mark> &amp; "
        "&lt;script&gt;alert(1)&lt;/script&gt;"
    )


@given(
    st.text(alphabet="ab<>&\"'ếộ", max_size=30),
    st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=6),
)
def test_highlight_loses_no_letter_and_lets_no_markup_through(
    text: str, ranges: list[tuple[int, int]]
) -> None:
    from html import unescape

    shown = str(highlight(text, ranges))
    assert unescape(shown.replace("<mark>", "").replace("</mark>", "")) == text
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")
    marked = sum(len(unescape(part.split("</mark>")[0])) for part in shown.split("<mark>")[1:])
    wanted = {i for s, e in ranges for i in range(max(0, s), min(len(text), e))}
    assert marked == len(wanted)


def test_filters_pass_over_what_they_are_not_for() -> None:
    template = Template(
        "{% load ui %}[{{ x|day }}][{{ x|octets }}][{{ x|thousands }}][{{ x|duration }}]"
    )
    assert template.render(Context({"x": "<i>"})) == "[][][&lt;i&gt;][]"
    assert template.render(Context({"x": None})) == "[][][None][]"
