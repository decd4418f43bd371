"""Sort keys: the hand-made lists are in the order a Vietnamese reader expects."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.vietnamese.sorting import MAX_KEY, name_sort_key, title_sort_key

ORDERED = [
    *["2", "10", "ám", "An", "Ánh", "Ăn", "ấm", "Ấn", "Âu", "Bình", "Ca", "Cha", "Da", "Dũng"],
    *["Đào", "E", "Ê", "Hà", "Hà Nội", "Hả", "Hã", "Há", "Hạ", "hòa bình", "hóa an", "Lê", "Ô"],
    *["Ơ", "Phòng 2", "Phòng 10", "Sa", "Thái", "Ung", "Ưng", "Vân", "Xa", "Ý", "喃", "𡨸"],
]
TONES = ["ma", "mà", "mả", "mã", "má", "mạ"]
ALPHABET = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
NAMES = [
    "Nguyễn An",
    "Lê Văn An",
    "Nguyễn Văn An",
    "Đặng Thị An",
    "Lê Anh",
    "Trần Văn Bình",
    "Phạm Dũng",
    "Đỗ Đào",
    "Bùi Mỹ Hằng",
    "Vũ Hạnh",
]


@pytest.mark.parametrize("ordered", [ORDERED, TONES, ALPHABET, [a.upper() for a in ALPHABET]])
def test_titles_sort_as_a_vietnamese_dictionary_does(ordered: list[str]) -> None:
    keys = [title_sort_key(title).encode() for title in ordered]
    assert all(before < after for before, after in itertools.pairwise(keys))


def test_names_sort_by_given_name_then_middle_then_family() -> None:
    wanted = [
        "Nguyễn An",
        "Đặng Thị An",
        "Lê Văn An",
        "Nguyễn Văn An",
        "Lê Anh",
        "Trần Văn Bình",
        "Phạm Dũng",
        "Đỗ Đào",
        "Vũ Hạnh",
        "Bùi Mỹ Hằng",
    ]
    assert sorted(NAMES, key=name_sort_key) == wanted


def test_what_stands_in_brackets_after_a_name_does_not_move_it() -> None:
    assert name_sort_key("Nguyễn Văn An (bí danh Ba)") == name_sort_key("Nguyễn Văn An")


def test_a_single_name_comes_before_the_same_given_name_with_a_family() -> None:
    assert name_sort_key("An") < name_sort_key("Nguyễn An") < name_sort_key("Anh")


def test_capitals_punctuation_and_tone_placement_do_not_count() -> None:
    assert title_sort_key("Cộng  hoà, XÃ HỘI") == title_sort_key("cộng hòa xã hội")


@given(st.text(max_size=80))
def test_keys_are_short_printable_ascii_and_the_same_for_both_normal_forms(a: str) -> None:
    for make in (title_sort_key, name_sort_key):
        key = make(a)
        assert key.isascii() and key.isprintable() and len(key) <= MAX_KEY
        assert key == make(unicodedata.normalize("NFC", a)) == make(unicodedata.normalize("NFD", a))


@given(st.lists(st.sampled_from(ORDERED), min_size=1, max_size=4))
def test_a_longer_title_never_sorts_before_its_own_beginning(parts: list[str]) -> None:
    whole = " ".join(parts)
    for end in range(1, len(parts)):
        assert title_sort_key(" ".join(parts[:end])) < title_sort_key(whole)


def test_hostile_text_gets_a_bounded_key(hostile: str) -> None:
    assert len(title_sort_key(hostile)) <= MAX_KEY
    assert len(name_sort_key(hostile)) <= MAX_KEY
