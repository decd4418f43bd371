"""Secrecy stamps are noticed, ordinary words are not; declared degrees are read (AR-127)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.capture.secrets import Suspicion, declared_degree, suspect_stamp, suspect_text
from tests.capture import paper
from tests.support import corpora


def stamped(text: str, y: float = 150.0):
    return paper.page(
        [
            paper.centred("ỦY BAN NHÂN DÂN", 70, 150),
            paper.centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 70, 425),
            paper.centred(text, y, 150),
            paper.words("Căn cứ Luật Bảo vệ bí mật nhà nước ngày 15 tháng 11 năm 2018;", 90, 300),
        ]
    )


@pytest.mark.req("AR-127")
@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("MẬT", "mat"), ("TỐI MẬT", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat"),
        ("MẶT", "mat"), ("MÂT", "mat"), ("TÓI MẬT", "toi_mat"), ("TUYÊT MÂT", "tuyet_mat"),
        ("TUYỆTMẬT", "tuyet_mat"), ("[ MẬT ]", "mat"), ("| TỐI MẬT |", "toi_mat"),
        ("M Ậ T", "mat"), ("Độ mật: Mật", "mat"), ("ĐỘ MẬT: TỐI MẬT", "toi_mat"),
    ],
)  # fmt: skip
def test_a_stamp_alone_in_the_upper_part_is_a_suspicion(text, degree):
    found = suspect_stamp(stamped(text))
    assert found is not None and found.degree == degree
    assert suspect_text(f"ỦY BAN NHÂN DÂN\n{text}\nCăn cứ") == degree


@pytest.mark.req("AR-127")
@pytest.mark.parametrize(
    "text",
    [
        "bí mật kinh doanh", "BẢO MẬT", "mật ong", "MẬT ONG", "Mật", "mật", "BÍ MẬT NHÀ NƯỚC",
        "Danh mục bí mật nhà nước độ Tối mật", "MẬT ĐỘ DÂN SỐ", "MẮT", "MÁT", "Không mật",
        "QUY CHẾ BẢO VỆ BÍ MẬT", "TỐI MẬT, TUYỆT MẬT VÀ MẬT", "VV", "", "MẬT KHẨU", "THƯỜNG",
        "Độ mật: Thường", "Độ mật:",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_stamp(text):
    assert suspect_stamp(stamped(text)) is None
    assert suspect_text(f"ỦY BAN NHÂN DÂN\n{text}\nCăn cứ") is None


def test_a_stamp_word_in_the_lower_half_is_no_stamp():
    assert suspect_stamp(stamped("MẬT", y=600)) is None


def test_a_finding_holds_no_text_of_the_document():
    found = suspect_stamp(stamped("TỐI MẬT"))
    assert {field.name for field in dataclasses.fields(Suspicion)} == {
        "degree",
        "box",
        "confidence",
    }
    assert "MẬT" not in repr(found)


@pytest.mark.req("AR-127")
@pytest.mark.parametrize(
    ("value", "degree"),
    [
        ("Mật", "mat"), ("MẬT", "mat"), (" tối  mật ", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat"),
        ("03", "mat"), (3, "mat"), (3.0, "mat"), ("03 - Mật", "mat"), ("Độ mật: Mật", "mat"),
        ("Mật (03)", "mat"), ("Tuyet mat", "tuyet_mat"),
        ("01", None), ("02", None), (1, None), ("", None), (None, None), ("Công khai", None),
        ("Không mật", None), ("Thường", None), ("Bảo mật", None), ("mật ong", None), (True, None),
        ("A", None), (13, None), ("2003", None), (float("nan"), None), (float("inf"), None),
    ],
)  # fmt: skip
def test_declared_degrees_of_an_index_are_read(value, degree):
    assert declared_degree(value) == degree


def test_register_letters_count_only_in_a_column_for_secrecy():
    assert declared_degree("B", column="secrecy") == "toi_mat"
    assert declared_degree("03", column="secrecy") is None


@given(st.text(max_size=300))
def test_no_text_makes_the_search_raise(text):
    suspect_text(text)
    declared_degree(text)


def test_no_real_open_paper_is_suspected(sandbox):
    from tangthu.capture.text import read_layout, read_plain

    for folder in ("hau-giang-2010", "signed-pdf-vn"):
        for path in sorted(corpora.need(folder).glob("*.pdf")):
            for page in read_layout(path, sandbox, [1, 2]):
                assert suspect_stamp(page) is None, path.name
            for text in read_plain(path, sandbox).pages:
                assert suspect_text(text) is None, path.name
