"""What is typed, and what it is taken for."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.discovery.language import MAX_CODES, MAX_QUERY, MAX_TERMS, Query, Term, parse
from tangthu.discovery.lighting import lit, snippet
from tangthu.discovery.matching import must_hold, must_not


def only(query: Query) -> Term:
    """The one term of a query that has nothing else."""
    assert len(query.terms) == 1, query
    assert not (query.conditions or query.without or query.archive_codes), query
    return query.terms[0]


def test_words_are_sought_one_by_one_and_all_must_stand() -> None:
    query = parse("thanh lý  Tài sản")
    assert [term.tokens for term in query.terms] == [("thanh",), ("lý",), ("tài",), ("sản",)]
    assert {term.group for term in query.terms} == {0}


@pytest.mark.parametrize("text", ["hòa", "hoà", "HÒA", "hoa\u0300", "ho\u0300a", "HOÀ"])
def test_every_way_to_type_a_syllable_is_one_word(text: str) -> None:
    assert only(parse(text)).tokens == ("hòa",)


@pytest.mark.parametrize(("typed", "token"), [("đất", "đất"), ("Ðất", "đất"), ("dat", "dat")])
def test_a_word_keeps_its_diacritics_if_it_was_typed_with_any(typed: str, token: str) -> None:
    term = only(parse(typed))
    assert term.tokens == (token,)
    assert term.has_accents == (token != "dat")


@pytest.mark.parametrize(
    "text", ['"tập huấn nghiệp vụ"', '"tập huấn nghiệp vụ', "tập-huấn-nghiệp-vụ"]
)
def test_a_phrase_is_words_side_by_side(text: str) -> None:
    term = only(parse(text))
    assert term.tokens == ("tập", "huấn", "nghiệp", "vụ")
    assert term.adjacent


@pytest.mark.parametrize(
    "text",
    [
        "123/QĐ-UBND", "123/qd-ubnd", "0123/QĐ-UBND", "123 QĐ UBND", "123 qd ubnd", "123/QĐ–UBND",
        "số 123/QĐ-UBND", "Số: 123/QĐ-UBND", "so:123/qd-ubnd", "123 / QĐ - UBND", "123/ QĐ-UBND",
        "123/QĐ- UBND", "123/Q.Đ-UBND", "số 0123 / qd – ubnd", "123/QĐ-UBND.", "123/QĐ-UBND,",
    ],
)  # fmt: skip
def test_a_code_has_one_key_in_every_spelling(text: str) -> None:
    assert "123/qd-ubnd" in only(parse(text)).keys


def test_a_code_among_words_is_a_code_and_the_words_are_words() -> None:
    query = parse("thanh lý 12/QĐ-CC tài sản")
    assert [term.keys for term in query.terms] == [(), (), ("12/qd-cc",), (), ()]
    assert query.codes == ("12/QĐ-CC",)


def test_the_space_before_a_dash_decides_between_a_code_and_an_exclusion() -> None:
    joined, excluded = parse("12/QĐ - CC"), parse("12/QĐ -CC")
    assert only(joined).keys == ("12/qd-cc",)
    assert [term.excluded for term in excluded.terms] == [False, True]


def test_spaces_inside_quotes_stay() -> None:
    assert only(parse('"điều 5 / khoản 2"')).tokens == ("điều", "5", "khoản", "2")


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("năm:2010", {"year": "2010"}), ("nam:2010", {"year": "2010"}),
        ("year: 2010", {"year": "2010"}), ("năm:2008-2010", {"from": "2008", "to": "2010"}),
        ("04/02/2010", {"date": "04/02/2010"}), ("ngày 4-2-2010", {"date": "4-2-2010"}),
        ("ngày:02/2010", {"date": "02/2010"}),
        ("từ:01/02/2010 đến:31/03/2010", {"from": "01/02/2010", "to": "31/03/2010"}),
        ("loại:02", {"type": "02"}), ("loại:quyết định", {"type": "quyết định"}),
        ("loai:quyet dinh", {"type": "quyet dinh"}), ('loại:"Tờ trình"', {"type": "Tờ trình"}),
        ("thbq:vĩnh viễn", {"retention": "vĩnh viễn"}),
    ],
)  # fmt: skip
def test_fields_become_conditions(text: str, conditions: dict[str, str]) -> None:
    query = parse(text)
    if "4-2-2010" in text:
        assert [term.tokens for term in query.terms] == [("ngày",), ("4", "2", "2010")]
    else:
        assert query.conditions == conditions
        assert not query.terms


def test_a_name_takes_only_the_words_that_belong_to_it() -> None:
    query = parse("loại:quyết định thanh lý")
    assert query.conditions == {"type": "quyết định"}
    assert [term.tokens for term in query.terms] == [("thanh",), ("lý",)]


def test_a_field_of_words_takes_those_that_follow() -> None:
    query = parse("td:kế hoạch năm:2010 thuốc")
    assert [(term.tokens, term.field) for term in query.terms] == [
        (("kế",), "title"), (("hoạch",), "title"), (("thuốc",), ""),
    ]  # fmt: skip
    issuer = only(parse('cq:"Sở Y tế"'))
    assert (issuer.tokens, issuer.field, issuer.adjacent) == (("sở", "y", "tế"), "issuer", True)


def test_a_colon_after_no_field_is_a_mark_between_words() -> None:
    assert [term.tokens for term in parse("Kính gửi: Sở").terms] == [("kính",), ("gửi",), ("sở",)]


@pytest.mark.parametrize(
    ("text", "tokens"), [("-kinh", ("kinh",)), ('-"kinh phí"', ("kinh", "phí"))]
)
def test_a_minus_excludes(text: str, tokens: tuple[str, ...]) -> None:
    query = parse(f"huấn {text}")
    assert [(term.tokens, term.excluded) for term in query.terms] == [
        (("huấn",), False), (tokens, True),
    ]  # fmt: skip


def test_fields_and_codes_are_excluded_too() -> None:
    query = parse("huấn -năm:2010 -12/QĐ-CC -001.03.08.H30")
    assert query.without == (("year", "2010"),)
    assert query.terms[1].excluded
    assert query.archive_codes == (("001.03.08.h30", True),)


@pytest.mark.parametrize("word", ["hoặc", "OR", "|", "hoac", "HOẶC"])
def test_either_side_of_or_is_enough(word: str) -> None:
    query = parse(f"rượu mạnh {word} bia")
    assert [term.group for term in query.terms] == [0, 0, 1]


def test_or_at_the_ends_or_twice_makes_no_empty_side() -> None:
    assert [t.group for t in parse("hoặc bia hoặc hoặc rượu hoặc").terms] == [0, 1]


def test_a_star_seeks_beginnings_and_a_short_one_does_not() -> None:
    assert only(parse("thanh*")).prefix
    assert not only(parse("th*")).prefix
    assert parse("*").is_empty


@pytest.mark.parametrize(
    "text", ["001.03.08.H30.81.2010.01", "001.03.08.h30.81.2010.01.0000001", "001.03.08.H30."]
)
def test_dotted_codes_are_archive_codes(text: str) -> None:
    assert parse(text).archive_codes == ((text.lower(), False),)


@pytest.mark.parametrize("text", ["", "   ", "-", '"', '""', "*", "---", ":", "\0", "hoặc", "!?…"])
def test_what_says_nothing_asks_nothing(text: str) -> None:
    assert parse(text).is_empty


ODD = "a1đàĐ\"'-:/.*|&!<>()\\%_ \0\n\u0300\u0323喃\U0010ffff٣ﬁ 0123.08 số năm: hoặc"
TEXT = st.text(max_size=MAX_QUERY * 2) | st.text(ODD, max_size=200)


@given(TEXT)
def test_nothing_that_is_typed_is_an_error_or_too_much(text: str) -> None:
    query = parse(text)
    assert len(query.terms) <= MAX_TERMS
    assert len(query.archive_codes) <= MAX_CODES
    assert len(query.text) <= MAX_QUERY
    assert query == parse(unicodedata.normalize("NFC", text)) or len(text) > MAX_QUERY
    must_hold(query), must_not(query)


@given(TEXT, TEXT)
def test_what_is_lit_are_words_of_the_text(text: str, asked: str) -> None:
    terms = parse(asked).terms
    for start, end in lit(text, terms):
        assert 0 <= start < end <= len(text)
    shown, places = snippet(text, terms)
    assert len(shown) <= 260
    assert all(0 <= start < end <= len(shown) for start, end in places)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000, "1/" * 50_000, "1.a" * 50_000, "a-" * 50_000, '"' * 100_000,
        "\u0300" * 100_000, "số " * 40_000, "1 / a - " * 20_000, "-a:" * 40_000, " " * 100_000,
    ],
)  # fmt: skip
def test_endless_input_is_cut_before_it_is_read(text: str) -> None:
    assert len(parse(text).text) <= MAX_QUERY
