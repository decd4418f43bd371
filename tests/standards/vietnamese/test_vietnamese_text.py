"""Folding, tone placement and words: tables by hand, properties by Hypothesis, bombs by size."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tangthu.standards.vietnamese.text import (
    _fold_slowly,
    collapse_spaces,
    fold,
    nfc,
    normalise_tone,
    without_tones,
    words,
)

ANY_TEXT = st.text(max_size=28) | st.text("aăâđĐơưÝyuqgị̛̀̂́̃̉̆̉̉ ̣ßıİΣ가한喃𡨸កា", max_size=28)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đồng Tháp", "dong thap"),
        ("ế ớ ữ ệ ẵ ợ ỹ ặ", "e o u e a o y a"),
        ("QUYẾT ĐỊNH số 123/QĐ-UBND", "quyet dinh so 123/qd-ubnd"),
        ("Ðà Nẵng", "da nang"),
        ("𡨸喃 chữ Nôm", "𡨸喃 chu nom"),
        ("Санкт-Петербургский", "санкт-петербургский"),
        ("កម្ពុជា", "កម្ពុជា"),
        ("Straße, Łódź", "strasse, lodz"),
        ("за\u0301мок", "за\u0301мок"),
        ("x ≠ y", "x ≠ y"),
        ("", ""),
    ],
)
def test_fold_strips_latin_letters_and_leaves_other_scripts(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_fold_covers_every_vietnamese_letter() -> None:
    for vowel in "aăâeêioôơuưy":
        base = unicodedata.normalize("NFD", vowel)[0]
        for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"):
            letter = unicodedata.normalize("NFC", vowel + tone)
            assert fold(letter) == fold(letter.upper()) == base
            assert len(letter) == 1


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(decomposed) == fold(text)
    assert nfc(decomposed) == nfc(composed)
    assert normalise_tone(decomposed) == normalise_tone(composed)


@given(ANY_TEXT)
def test_the_fast_way_to_fold_agrees_with_the_thorough_way(text: str) -> None:
    assert fold(text) == _fold_slowly(nfc(text).lower())


@pytest.mark.parametrize(
    ("written", "regular"),
    [
        ("hoà", "hòa"),
        ("Hoà", "Hòa"),
        ("CỘNG HOÀ", "CỘNG HÒA"),
        ("khoẻ", "khỏe"),
        ("thuỷ", "thủy"),
        ("uỷ ban", "ủy ban"),
        ("tóan", "toán"),
        ("hòan", "hoàn"),
        ("nứơc", "nước"),
        ("qủa", "quả"),
        ("qúy", "quý"),
        ("gìa", "già"),
        ("gíup", "giúp"),
        ("khủyu", "khuỷu"),
        ("qúôc", "quốc"),
        ("hùynh", "huỳnh"),
        ("chuỷên", "chuyển"),
        ("ngòai", "ngoài"),
        ("mía", "mía"),
        ("cuả", "của"),
        ("luạ", "lụa"),
    ],
)
def test_misplaced_tone_marks_move_to_their_letter(written: str, regular: str) -> None:
    assert normalise_tone(written) == regular


KEPT = [
    *["ngưòi", "hòa", "khỏe", "thủy", "ủy", "toán", "hoàn", "quý", "quả"],
    *["quốc", "quyết", "quỳnh", "già", "gì", "gìn", "giếng", "giữa", "giặt"],
    *["khuỷu", "khuya", "khoáng", "ngoằn", "ngoèo", "nguyễn", "nghiêng", "thuở", "xoong"],
    *["boóng", "yếu", "yểu", "tía", "của", "giờ", "quờ", "huệ", "thuế"],
    *["tuổi", "mười", "rượu", "lưỡi", "hươu", "café", "Noël", "Citroën", "résumé"],
    *["naïve", "Zürich", "São", "Škoda", "crème", "quí", "lí", "123", "ĐHQG-HN"],
]


@pytest.mark.parametrize("word", KEPT)
def test_regular_and_foreign_words_stay_as_they_are(word: str) -> None:
    assert normalise_tone(word) == word


@given(ANY_TEXT)
@example("AÝ\u0307")
def test_placing_tones_twice_changes_nothing_and_never_changes_the_fold(text: str) -> None:
    placed = normalise_tone(text)
    assert normalise_tone(placed) == placed
    assert fold(placed) == fold(text)


def test_words_carry_both_forms_and_each_han_nom_character_is_one_word() -> None:
    found = list(words("Số 123/QĐ-UBND: Hoà bình 𡨸喃"))
    assert [w.surface for w in found] == ["Số", "123", "QĐ", "UBND", "Hoà", "bình", "𡨸", "喃"]
    assert [w.exact for w in found][4:6] == ["hòa", "bình"]
    assert [w.folded for w in found][:5] == ["so", "123", "qd", "ubnd", "hoa"]


def test_decomposed_text_gives_the_same_words_at_its_own_offsets() -> None:
    text = unicodedata.normalize("NFD", "Nguyễn Đường")
    first, second = words(text)
    assert (first.exact, second.exact) == ("nguyễn", "đường")
    assert text[second.start : second.end] == second.surface == text.split()[1]


@given(ANY_TEXT)
def test_word_offsets_are_exact_ascending_and_leave_out_no_letter(text: str) -> None:
    end = 0
    for word in words(text):
        assert text[word.start : word.end] == word.surface
        assert word.start >= end
        assert not any(c.isalnum() for c in text[end : word.start])
        end = word.end
    assert not any(c.isalnum() for c in text[end:])


@given(ANY_TEXT)
def test_normal_form_does_not_change_which_words_are_found(text: str) -> None:
    composed = [(w.exact, w.folded) for w in words(unicodedata.normalize("NFC", text))]
    decomposed = [(w.exact, w.folded) for w in words(unicodedata.normalize("NFD", text))]
    assert composed == decomposed


def test_hostile_text_is_folded_and_split_without_harm(hostile: str) -> None:
    assert len(fold(hostile)) <= 3 * len(hostile)
    assert len(normalise_tone(hostile)) <= 3 * len(hostile)
    assert sum(len(w.surface) for w in words(hostile)) <= len(hostile)


def test_a_run_of_marks_is_broken_up_as_the_stream_safe_format_says() -> None:
    safe = nfc("x" + "\u0323\u0301" * 40)
    runs = safe.split("\u034f")
    assert len(runs) == 3
    assert all(sum(unicodedata.combining(c) > 0 for c in run) <= 30 for run in runs)
    assert safe.count("\u0323") == safe.count("\u0301") == 40


def test_thirty_marks_are_left_alone() -> None:
    assert "\u034f" not in nfc("x" + "\u0323" * 30)


def test_tones_can_be_taken_off_while_the_letters_stay() -> None:
    assert without_tones("QUYẾT ĐỊNH ỌĐ ƯỜNG") == "QUYÊT ĐINH OĐ ƯƠNG"


def test_spaces_collapse() -> None:
    assert collapse_spaces("  a\u00a0\n\tb  ") == "a b"
