"""Which words are lit in titles and snippets."""

from __future__ import annotations

import unicodedata

import pytest

from tangthu.discovery.language import parse
from tangthu.discovery.lighting import SNIPPET, lit, snippet


def shown(text: str, asked: str, field: str = "title") -> list[str]:
    """The lit words as they stand."""
    return [text[start:end] for start, end in lit(text, parse(asked).terms, field)]


def in_snippet(text: str, asked: str) -> list[str]:
    """The lit words of the snippet."""
    piece, places = snippet(text, parse(asked).terms)
    return [piece[start:end] for start, end in places]


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        ("Thanh lý tài sản", "thanh ly", ["Thanh", "lý"]),
        ("Đất đai, ĐẤT ở", "dat", ["Đất", "ĐẤT"]),
        ("Hoà bình và hòa giải", "hòa", ["Hoà", "hòa"]),
        ("Hòa bình", "hoà", ["Hòa"]),
        ("hoa và hòa", "hòa", ["hòa"]),
        ("tập huấn; huấn luyện", '"tập huấn"', ["tập", "huấn"]),
        ("thanh tra, thành tích, thanhloan", "thanh*", ["thanh", "thành", "thanhloan"]),
        ("Số 12/QĐ-CC", "12/qd-cc", ["12", "QĐ", "CC"]),
        ("kinh phí tập huấn", "tập -kinh", ["tập"]),
        ("Công văn", "cq:công", []),
    ],
)
def test_words_of_the_title_are_lit_with_and_without_diacritics(
    text: str, asked: str, words: list[str]
) -> None:
    assert shown(text, asked) == words


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["ưỡng", "uong", unicodedata.normalize("NFD", "ưỡng")])
def test_the_normal_form_of_the_text_does_not_matter(form: str, asked: str) -> None:
    text = unicodedata.normalize(form, "Bồi dưỡng và sưỡng, ưỡng người")
    lit_words = [unicodedata.normalize("NFC", one) for one in shown(text, asked)]
    assert lit_words == ["ưỡng"]
    assert [unicodedata.normalize("NFC", one) for one in in_snippet(text, asked)] == ["ưỡng"]


def test_the_snippet_stands_where_most_words_are_together() -> None:
    far = "lời mở đầu dài dòng " * 60
    text = f"thanh {far} biên bản thanh lý tài sản cố định {far} lý"
    piece, places = snippet(text, parse("thanh lý tài sản").terms)
    assert "thanh lý tài sản" in piece
    assert len(places) == 4
    assert len(piece) <= SNIPPET + 2
    assert piece[0] == piece[-1] == "…"
    assert f" {piece[1:-1]} " in f" {text} ", "no word is cut"


def test_without_a_word_in_the_text_there_is_no_snippet() -> None:
    assert snippet("không có gì ở đây", parse("thanh").terms) == ("", ())
    assert snippet("thanh lý", parse("năm:2010").terms) == ("", ())


def test_letters_that_fold_to_two_do_not_shift_the_light() -> None:
    text = "ﬁ ß Straße ở thanh lý"
    assert in_snippet(text, "thanh") == ["thanh"]
    assert in_snippet(text, "strasse") == ["Straße"]


def test_line_ends_of_a_page_become_spaces_in_place() -> None:
    piece, places = snippet("biên bản\nthanh\r\nlý", parse("lý").terms)
    assert "\n" not in piece
    assert [piece[a:b] for a, b in places] == ["lý"]


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("biên bản thanh lý", parse("lý").terms)[0] == "biên bản thanh lý"


@pytest.mark.parametrize("text", ["lý" + "x" * 5000, "x" * 5000 + " lý", "lý " + "y" * 5000])
def test_a_word_longer_than_any_snippet_is_cut(text: str) -> None:
    assert len(snippet(text, parse("lý*").terms)[0]) <= SNIPPET + 2
