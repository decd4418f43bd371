"""What is found and what comes first: diacritics, codes, fields, weights."""

from __future__ import annotations

import unicodedata

import pytest

from tangthu.discovery import candidates, frequency
from tests.discovery.entries import ask, counted, entry, found, in_small_segments, put, titles
from tests.support.house import TestHouse

CODES = (
    "123/QĐ-UBND", "123/qd-ubnd", "0123/QĐ-UBND", "123 QĐ UBND", "123 qd ubnd", "123 / QĐ - UBND",
    "số 123/QĐ-UBND", "số:123/QĐ-UBND", "123/QĐ–UBND", "Số: 123/ QĐ-UBND", "số 123", "123/qđ",
)  # fmt: skip


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize("asked", CODES)
def test_a_document_is_found_by_its_code_in_every_spelling(index: TestHouse, asked: str) -> None:
    wanted = entry("Phê duyệt", code="123/QĐ-UBND")
    put(wanted, entry("Khác", code="1234/QĐ-UBND"), entry("Khác", code="23/QĐ-UBND"))
    put(entry("Năm 123, UBND xã"), entry("Khác", code="124/QĐ-UBND"))
    assert titles(asked)[0] == "Phê duyệt"
    assert found(asked, wanted)


def test_a_code_with_a_year_is_found_without_it(index: TestHouse) -> None:
    wanted = entry("Nghị định", code="30/2020/NĐ-CP")
    put(wanted)
    assert found("30/2020/NĐ-CP", wanted)
    assert found("30/NĐ-CP", wanted)
    assert not found("30/2021/NĐ-CP", wanted)


def test_a_text_that_cites_a_code_is_found_after_the_document_itself(index: TestHouse) -> None:
    put(
        entry("Báo cáo", text="Căn cứ Quyết định số 12/QĐ-CC ngày 01/02/2010"),
        entry("Quyết định", code="12/QĐ-CC"),
    )
    assert titles("12/QĐ-CC") == ["Quyết định", "Báo cáo"]
    assert titles("số:12/QĐ-CC") == ["Quyết định"]


def test_the_beginning_of_an_archive_code_finds_all_below_it(index: TestHouse) -> None:
    put(
        entry("Hồ sơ", kind="dossier", code="001.03.08.H30.81.2010.01",
              code_keys=["001.03.08.h30.81.2010.01"], place="001.03.08.h30.81.2010.01"),
        entry("Trong", place="001.03.08.h30.81.2010.01.0000001"),
        entry("Ngoài", place="001.03.08.h30.81.2010.02.0000001"),
        entry("Mã cũ", code_keys=["001.03.08.h30.81.2010.01"], place="009.01.01.x.1"),
    )  # fmt: skip
    assert set(titles("001.03.08.H30.81.2010.01")) == {"Hồ sơ", "Trong", "Mã cũ"}
    assert titles("-001.03.08.H30.81.2010.01") == ["Ngoài"]


@pytest.mark.parametrize(
    "asked", ["dat dai", "đất đai", "ĐẤT đai", "đất*", '"dat dai"', '"đất đai"']
)
@pytest.mark.parametrize("place", ["title", "text", "keywords", "subtitle"])
def test_words_are_found_with_and_without_diacritics(
    index: TestHouse, asked: str, place: str
) -> None:
    wanted = entry(**{place: "Hồ sơ đất đai năm cũ"})
    put(wanted)
    assert found(asked, wanted)


@pytest.mark.parametrize(
    ("stands", "asked", "is_found"),
    [
        ("hoà giải", "hòa giải", True), ("hòa giải", "hoà giải", True),
        ("thuỷ lợi", "thủy lợi", True), ("khoẻ", "khỏe", True), ("quý", "quí", False),
        (unicodedata.normalize("NFD", "hoà giải"), "hòa giải", True),
        ("hòa giải", unicodedata.normalize("NFD", "hoà giải"), True),
        ("hoa giai", "hòa giải", False), ("hòa giải", "hóa giải", False),
        ("Ðất", "đất", True), ("đất", "dất", False), ("da", "đa", False), ("đa", "da", True),
    ],
)  # fmt: skip
def test_a_word_with_diacritics_means_that_word(
    index: TestHouse, stands: str, asked: str, is_found: bool
) -> None:
    in_title, in_text = entry(stands), entry("x", text=stands)
    put(in_title, in_text)
    assert found(asked, in_title) == found(asked, in_text) == is_found


def test_only_when_nothing_of_any_kind_has_the_diacritics_they_are_dropped(
    index: TestHouse,
) -> None:
    put(entry("Thanh ly", kind="dossier"), entry("Thành lý"))
    exact = ask("thành lý")
    assert not exact.widened
    assert exact.by_kind == {"dossier": 0, "document": 1}
    none_here = ask("thành lý", kind="dossier")
    assert (none_here.count, none_here.widened) == (0, False)
    wider = ask("thánh lỳ")
    assert wider.widened
    assert wider.by_kind == {"dossier": 1, "document": 1}
    assert ask("thánh lỳ", kind="dossier").count == 1


@pytest.mark.parametrize("word", ["hòa", "hoa"])
def test_words_as_typed_stand_above_those_that_only_fold_to_them(
    index: TestHouse, word: str
) -> None:
    put(entry("hóa chất một"), entry("họa sĩ một"), entry(f"{word} một"), entry("hỏa hoạn một"))
    assert titles("hoa một" if word == "hoa" else "hòa một")[0] == f"{word} một"


def test_a_dropped_diacritic_still_counts_for_the_order(index: TestHouse) -> None:
    put(entry("hoa giải"), entry("hòa giai"), entry("hóa giai"))
    result = ask("hòa giải")
    assert result.widened
    assert {hit.title for hit in result.hits[:2]} == {"hoa giải", "hòa giai"}


def test_the_title_stands_above_the_issuer_and_the_description_above_the_text(
    index: TestHouse,
) -> None:
    put(
        entry("Trong văn bản", text="thanh lý " * 40),
        entry("Cơ quan", issuer="Ban thanh lý"),
        entry("Về thanh lý"),
        entry("Từ khóa", keywords="thanh lý"),
    )
    assert titles("thanh lý") == ["Về thanh lý", "Từ khóa", "Cơ quan", "Trong văn bản"]


def test_words_side_by_side_in_the_title_stand_above_words_apart(index: TestHouse) -> None:
    put(entry("lý do thanh tra"), entry("tài sản thanh lý"))
    assert titles("thanh lý") == ["tài sản thanh lý", "lý do thanh tra"]


def test_equal_hits_stand_in_the_order_of_their_codes(index: TestHouse) -> None:
    put(*(entry("thanh lý", place=f"001.{n:03d}", subtitle="") for n in (5, 1, 3)))
    places = [hit.obj for hit in ask("thanh lý").hits]
    assert places == [hit.obj for hit in ask("thanh lý").hits]
    assert len(places) == 3


def test_words_of_two_fields_are_no_phrase(index: TestHouse) -> None:
    put(entry("biên bản thanh", subtitle="lý lịch"), entry("x", text="biên bản thanh lý"))
    assert titles('"thanh lý"') == ["x"]


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize(
    "asked",
    [
        "loại:02", "loại:quyết định", 'loại:"QĐ"', "năm:2010", "năm:2009-2011", "ngày:02/2010",
        "04/02/2010", "từ:2010", "đến:04/02/2010", "cq:y tế", 'cq:"sở y tế"', "td:duyệt",
        "thbq:01", "thbq:vĩnh viễn", "-loại:07", "-năm:2012", "-cq:nội",
    ],
)  # fmt: skip
def test_fields_leave_what_they_say(index: TestHouse, asked: str) -> None:
    put(
        entry("Phê duyệt", record_type="02", issuer="Sở Y tế", date_from="2010-02-04",
              date_to="2010-02-04", year=2010, retention_code="01"),
        entry("Thông báo", record_type="07", issuer="Sở Nội vụ", date_from="2012",
              date_to="2012", year=2012, retention_code="02", text="duyệt"),
    )  # fmt: skip
    expected = ["Phê duyệt", "Thông báo"] if asked == "từ:2010" else ["Phê duyệt"]
    assert sorted(titles(asked)) == expected


@pytest.mark.parametrize("asked", ["loại:khôngcó", "thbq:khôngcó", "năm:xx", "ngày:32/01/2010"])
def test_a_field_value_that_cannot_be_finds_nothing_rather_than_what_has_none(
    index: TestHouse, asked: str
) -> None:
    put(entry("Hồ sơ", kind="dossier"), entry("Tài liệu"))
    assert titles(asked) == []
    assert titles(f"hồ {asked}") == []


def test_partial_dates_are_found_by_the_days_that_they_may_mean(index: TestHouse) -> None:
    put(entry("năm", date_from="2010", date_to="2010"), entry("khoảng", date_from="2009-11",
        date_to="2010-01"), entry("ngày", date_from="2010-06-15", date_to="2010-06-15"),
        entry("không rõ"))  # fmt: skip
    assert set(titles("ngày:15/06/2010")) == {"năm", "ngày"}
    assert set(titles("từ:01/12/2009 đến:31/12/2009")) == {"khoảng"}
    assert set(titles("ngày:2010")) == {"năm", "khoảng", "ngày"}


def test_what_spans_many_years_is_found_by_any_day_in_them(index: TestHouse) -> None:
    put(entry("Hồ sơ đất", date_from="1950", date_to="1990-05", year=1950))
    for asked in ("năm:1950", "ngày:1971", "từ:02/1980 đến:03/1980", "từ:1989 đến:2000"):
        assert titles(f"đất {asked}") == ["Hồ sơ đất"], asked
    for asked in ("năm:1951", "ngày:1991", "từ:06/1990 đến:1990", "đến:1949"):
        assert titles(f"đất {asked}") == [], asked


@pytest.mark.parametrize("common", [False, True])
def test_common_words_are_answered_like_rare_ones(index: TestHouse, common: bool) -> None:
    """Some segments first and all of the index at once are two ways to the same hits."""
    with in_small_segments():
        put(*(entry(f"Quyết định {n}", text="thanh lý" if n % 3 else "") for n in range(60)))
        put(*(entry("Báo cáo", text="Quyết định") for _ in range(5)))
        if common:
            counted()
            assert frequency.standing().head.of("quyết") > 0.5
        assert ask("quyết định").count == 65
        assert ask("quyet dinh").by_kind == {"dossier": 0, "document": 65}
        assert ask("quyết -thanh").count == 25
        assert ask("quyết định thanh").count == 40
        assert all(title.startswith("Quyết") for title in titles("quyết định")[:60])


def test_of_a_common_word_the_newest_are_looked_at_and_the_rest_left_alone(
    index: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "CAP", 10)
    with in_small_segments():
        put(*(entry("Quyết định", code=f"{n}/QĐ-CC") for n in range(100)))
        counted()
        monkeypatch.setattr(candidates, "_AHEAD", 2)
        found = ask("quyết định")
    assert found.hits
    assert {hit.code for hit in found.hits} <= {f"{n}/QĐ-CC" for n in range(60, 100)}


def test_more_matches_than_are_ranked_are_counted_as_more(index: TestHouse) -> None:
    put(*(entry("Quyết định") for _ in range(1001)), entry("Quyết định", kind="dossier"))
    result = ask("quyết định")
    assert (result.count, result.capped) == (1000, True)
    assert result.by_kind == {"dossier": None, "document": None}
    assert ask("quyết định", kind="dossier").count == 1
