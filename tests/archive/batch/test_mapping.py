"""Columns found by their headings, wherever they stand, and what is not sure said."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangthu.archive.batch.cells import Column, Row, Table
from tangthu.archive.batch.errors import BadMappingError
from tangthu.archive.batch.headings import BY_KEY, DOCUMENT, DOSSIER, FIELDS, candidates
from tangthu.archive.batch.mapping import load, propose, reapply

TWICE = ["Ngôn ngữ", "Ghi chú", "Ký hiệu thông tin", "Từ khóa", "Chế độ sử dụng",
         "Mức độ tin cậy", "Tình trạng vật lý"]  # fmt: skip
SURE = {
    level: [f.label for f in FIELDS if f.level == level and len(candidates(f.label)) == 1]
    for level in (DOSSIER, DOCUMENT)
}


def table(headings: list[str], groups: list[str] | None = None) -> Table:
    columns = [Column(i, text, groups[i] if groups else "") for i, text in enumerate(headings)]
    return Table("x", "S", 1, tuple(columns), (Row(2, ("a",)),))


def shuffled(level: str, data: st.DataObject) -> list[str]:
    """Headings of one level in any order, beginning and ending with one that leaves no doubt."""
    names = [name for name in SURE[level] if name != "STT"]
    first, last = names[0], names[1]
    return [first, *data.draw(st.permutations(names[2:] + TWICE)), last]


@settings(deadline=None)
@given(st.data())
def test_columns_in_any_order_inside_their_level_find_their_fields(data: st.DataObject) -> None:
    dossier, document = shuffled(DOSSIER, data), shuffled(DOCUMENT, data)
    levels = [(DOSSIER, dossier), (DOCUMENT, document)]
    if data.draw(st.booleans()):
        levels.reverse()
    mapping = propose(table([name for _, names in levels for name in names]))
    expected = [level for level, names in levels for _ in names]
    for choice, level in zip(mapping.choices, expected, strict=True):
        assert choice.field is not None
        assert BY_KEY[choice.field].level == level, choice
        assert not choice.doubtful


@settings(deadline=None)
@given(st.permutations([*SURE[DOSSIER], *SURE[DOCUMENT], *TWICE, *TWICE]))
def test_columns_mixed_across_levels_are_right_or_said_to_be_unsure(headings: list[str]) -> None:
    mapping = propose(table(headings))
    fields = [choice.field for choice in mapping.choices if choice.field]
    assert len(fields) == len(set(fields))
    for choice in mapping.choices:
        if choice.heading in TWICE:
            assert choice.doubtful or choice.confidence >= 0.75
        else:
            assert choice.field == candidates(choice.heading)[0]
    switches = [BY_KEY[f].level for f in fields if len(candidates(BY_KEY[f].label)) == 1]
    if sum(a != b for a, b in itertools.pairwise(switches)) > 3:
        assert any(choice.doubtful for choice in mapping.choices)


@settings(deadline=None)
@given(st.sampled_from([f for f in FIELDS if f.aliases]), st.data())
def test_every_known_name_in_any_writing_means_its_field(
    field: object, data: st.DataObject
) -> None:
    alias = data.draw(st.sampled_from(field.aliases))  # type: ignore[attr-defined]
    written = data.draw(st.sampled_from([alias, alias.upper(), f" {alias} ", f"{alias} (nếu có)"]))
    assert field.key in candidates(written.strip())  # type: ignore[attr-defined]


def test_a_merged_heading_above_tells_the_level() -> None:
    headings = ["Ghi chú", "Tiêu đề hồ sơ", "Trích yếu nội dung", "Ghi chú", "Ngôn ngữ"]
    groups = ["THÔNG TIN HỒ SƠ", "THÔNG TIN HỒ SƠ", "VĂN BẢN", "VĂN BẢN", "THÔNG TIN HỒ SƠ"]
    mapping = propose(table(headings, groups))
    assert [choice.field for choice in mapping.choices] == [
        "dossier.note", "dossier.title", "document.subject", "document.note", "dossier.language",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "line", "ordinal"),
    [
        (["STT", "Số hồ sơ", "Tiêu đề hồ sơ", "Số văn bản", "Trích yếu"], 0, None),
        (["Số hồ sơ", "Tiêu đề hồ sơ", "STT", "Số văn bản", "Trích yếu"], None, 2),
        (["Số hồ sơ", "Tiêu đề hồ sơ", "Số văn bản", "TT", "Trích yếu"], None, 3),
        (["STT", "Số hồ sơ", "Tiêu đề hồ sơ", "STT", "Số văn bản", "Trích yếu"], 0, 3),
        (["STT", "Số văn bản", "Trích yếu", "Tên tệp"], None, 0),
        (["Số văn bản", "Trích yếu", "STT", "Số hồ sơ", "Tiêu đề hồ sơ"], 2, None),
        (["Số hồ sơ", "STT", "DocOrdinal", "Trích yếu"], 1, 2),
    ],
)
def test_stt_is_the_ordinal_where_it_stands_among_the_columns_of_documents(
    headings: list[str], line: int | None, ordinal: int | None
) -> None:
    mapping = propose(table(headings))
    columns = mapping.columns()
    assert columns.get("dossier.line") == line
    assert columns.get("document.ordinal") == ordinal
    assert not any(one.doubtful for one in mapping.choices if one.heading in ("STT", "TT")) or (
        "DocOrdinal" in headings
    )


def test_an_stt_that_runs_on_through_several_dossiers_is_asked_about() -> None:
    columns = tuple(
        Column(i, text) for i, text in enumerate(["Số hồ sơ", "Tiêu đề hồ sơ", "STT", "Trích yếu"])
    )

    def numbered(*numbers: str) -> Table:
        dossiers = ["01", "01", "02", "02"]
        rows = [
            Row(place + 2, (dossiers[place], "A", number, "B"))
            for place, number in enumerate(numbers)
        ]
        return Table("x", "S", 1, columns, tuple(rows))

    runs_on = propose(numbered("1", "2", "3", "4")).choices[2]
    assert (runs_on.field, runs_on.doubtful) == ("document.ordinal", True)
    begins_anew = propose(numbered("1", "2", "1", "2")).choices[2]
    assert (begins_anew.field, begins_anew.doubtful) == ("document.ordinal", False)


def test_a_misspelt_heading_is_proposed_and_asked_and_an_unknown_one_is_kept() -> None:
    mapping = propose(table(["Tiêu đề hồ sơ", "Trích yếu nôị dungg", "Màu bìa"]))
    guess, extra = mapping.choices[1:]
    assert (guess.field, guess.doubtful) == ("document.subject", True)
    assert extra.field is None and not extra.doubtful
    assert [choice.heading for choice in mapping.extras()] == ["Màu bìa"]


@pytest.mark.req("RM-851", "RM-852")
def test_older_names_of_the_fields_are_known() -> None:
    headings = ["OrganId", "FileCatalog", "FileNotation", "Rights", "DocOrdinal", "CodeNumber",
                "CodeNotation", "OrganName", "PageAmount", "Autograph"]  # fmt: skip
    fields = [choice.field for choice in propose(table(headings)).choices]
    assert fields == [
        "dossier.fonds_code", "dossier.inventory", "dossier.number", "dossier.mode",
        "document.ordinal", "document.number", "document.notation", "document.issuer",
        "document.pages", "document.autograph",
    ]  # fmt: skip


def test_a_mapping_is_edited_kept_and_used_for_another_index() -> None:
    mapping = propose(table(["Tiêu đề hồ sơ", "Màu", "Trích yếu nội dung"]))
    edited = load(mapping.changed(1, "document.note").to_json())
    other = reapply(edited, table(["Trích yếu nội dung", "Bút tích", "Tiêu đề hồ sơ", "Màu"]))
    assert [choice.field for choice in other.choices] == [
        "document.subject", "document.autograph", "dossier.title", "document.note",
    ]  # fmt: skip


def test_giving_a_field_to_another_column_takes_it_from_the_first() -> None:
    mapping = propose(table(["Tiêu đề hồ sơ", "Trích yếu nội dung"])).changed(1, "dossier.title")
    assert [choice.field for choice in mapping.choices] == [None, "dossier.title"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version":9,"columns":[]}', '{"version":1,"columns":[{"heading":"a"}]}',
     '{"version":1,"columns":[{"heading":"a","column":0,"field":"x.y","confidence":1,'
     '"reason":"person"}]}'],
)  # fmt: skip
def test_a_mapping_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadMappingError):
        load(text)


def test_a_column_or_field_that_does_not_exist_is_refused() -> None:
    mapping = propose(table(["Tiêu đề hồ sơ"]))
    with pytest.raises(BadMappingError):
        mapping.changed(7, "dossier.title")
    with pytest.raises(BadMappingError):
        mapping.changed(0, "dossier.colour")


def test_headings_are_known_shortened_as_offices_write_them() -> None:
    headings = ["Số HS", "Tiêu đề hồ sơ", "Tên loại VB", "Số", "Kí hiệu", "Ngày tháng VB"]
    assert [choice.field for choice in propose(table(headings)).choices] == [
        "dossier.number", "dossier.title", "document.type", "document.number",
        "document.notation", "document.issued",
    ]  # fmt: skip


def test_a_day_without_columns_for_month_and_year_is_the_whole_date() -> None:
    parted = ["Ngày bắt đầu", "Tháng bắt đầu", "Năm bắt đầu", "Ngày văn bản"]
    assert [choice.field for choice in propose(table(parted)).choices] == [
        "dossier.start_day", "dossier.start_month", "dossier.start_year", "document.issued",
    ]  # fmt: skip
