"""The rule set: dates decide, a faulty file is refused whole, an installation's files win."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.rules import (
    DuplicateRuleError,
    Duration,
    GappedPeriodsError,
    NotInForceError,
    OverlappingPeriodsError,
    RuleError,
    RuleFileError,
    RuleSet,
    UnknownRuleError,
    WrongRuleTypeError,
)

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
HISTORY = """
[[values]]
key = "deadline.hand_over"
value = 10
unit = "years"
vi = "Hạn nộp"
citation = "Luật cũ Điều 21"
evidence = "P"
effective_from = 2012-07-01
effective_to = 2025-06-30

[[values]]
key = "deadline.hand_over"
value = 5
unit = "years"
vi = "Hạn nộp"
citation = "Luật mới Điều 17"
evidence = "S"
effective_from = 2025-07-01

[lists.colour]
vi = "Màu"
en = "Colour"
citation = "PL III"
evidence = "S2"
effective_from = 2025-07-01
codes = [
    { code = "01", vi = "Màu", en = "Colour" },
    { code = "02", vi = "Đen trắng", en = "Monochrome", effective_to = 2026-12-31 },
]
"""


def written(folder: Path, text: str, name: str = "rules.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def value_entry(begins: str, ends: str = "", value: str = "1") -> str:
    until = f"effective_to = {ends}\n" if ends else ""
    return (
        f'[[values]]\nkey = "k"\nvalue = {value}\nvi = "Thử"\ncitation = "Điều 1"\n'
        f'evidence = "P"\neffective_from = {begins}\n{until}'
    )


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    return RuleSet.load(base=written(tmp_path / "base", HISTORY))


@pytest.mark.req("AR-01", "RM-014")
def test_a_record_is_judged_by_the_rules_in_force_on_its_date(rules: RuleSet) -> None:
    before, after = (rules.value("deadline.hand_over", on) for on in (OLD, NEW))
    assert (before.value, before.unit, before.citation) == (10, "years", "Luật cũ Điều 21")
    assert (after.value, after.unit, after.citation) == (5, "years", "Luật mới Điều 17")
    assert (before.effective_from, before.effective_to) == (date(2012, 7, 1), OLD)
    assert (after.effective_from, after.effective_to) == (NEW, None)
    assert rules.duration("deadline.hand_over", OLD) == Duration(10, "years")


@pytest.mark.req("AR-01", "RM-014")
def test_changing_the_data_alone_changes_the_answer(tmp_path: Path) -> None:
    changed = HISTORY.replace("value = 5", "value = 6")
    assert RuleSet.load(base=written(tmp_path / "a", changed)).duration(
        "deadline.hand_over", NEW
    ) == Duration(6, "years")


def test_a_retired_code_is_gone_the_day_after_its_last(rules: RuleSet) -> None:
    assert [c.code for c in rules.codes("colour", date(2026, 12, 31))] == ["01", "02"]
    assert [c.code for c in rules.codes("colour", date(2027, 1, 1))] == ["01"]
    assert [c.code for c in rules.newest_codes("colour")] == ["01", "02"]
    assert rules.code("colour", "02", date(2026, 12, 31)).en == "Monochrome"
    with pytest.raises(NotInForceError):
        rules.code("colour", "02", date(2027, 1, 1))


def test_asking_outside_every_period_or_for_a_stranger_is_told_apart(rules: RuleSet) -> None:
    with pytest.raises(NotInForceError):
        rules.value("deadline.hand_over", date(2012, 6, 30))
    with pytest.raises(NotInForceError):
        rules.codes("colour", OLD)
    with pytest.raises(NotInForceError):
        rules.formats(NEW)
    for ask in (
        lambda: rules.value("no.such", NEW),
        lambda: rules.codes("no_such", NEW),
        lambda: rules.code("colour", "99", NEW),
        lambda: rules.newest_codes("no_such"),
        lambda: rules.list_title("no_such"),
        lambda: rules.fields("no_such", NEW),
    ):
        with pytest.raises(UnknownRuleError):
            ask()


def test_a_list_tells_its_title_in_both_languages(rules: RuleSet) -> None:
    assert rules.list_title("colour") == ("Màu", "Colour")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (value_entry("2025-01-01") + value_entry("2025-07-01"), OverlappingPeriodsError),
        (
            value_entry("2025-01-01", "2025-07-01") + value_entry("2025-07-01"),
            OverlappingPeriodsError,
        ),
        (value_entry("2025-07-01", "2025-06-30"), OverlappingPeriodsError),
        (value_entry("2025-01-01", "2025-06-29") + value_entry("2025-07-01"), GappedPeriodsError),
        (value_entry("2025-07-01") + value_entry("2025-01-01", "2025-06-29"), GappedPeriodsError),
        ("[[values]]", RuleFileError),
        (value_entry("2025-07-01").replace('citation = "Điều 1"\n', ""), RuleFileError),
        (value_entry("2025-07-01").replace('"P"', '"X"'), RuleFileError),
        (value_entry("2025-07-01").replace("effective_from", "effective_form"), RuleFileError),
        (value_entry('"2025-07-01"'), RuleFileError),
        (value_entry("2025-07-01T00:00:00"), RuleFileError),
        (value_entry("2025-07-01", value="1.5"), RuleFileError),
        (value_entry("2025-07-01") + 'unit = "weeks"\n', RuleFileError),
        (value_entry("2025-07-01", value='"x"') + 'unit = "days"\n', RuleFileError),
        (value_entry("2025-07-01", value="true") + 'unit = "days"\n', RuleFileError),
        (value_entry("2025-07-01", value="-1") + 'unit = "days"\n', RuleFileError),
        ("lists = 3", RuleFileError),
        ("[lists.a]\ncodes = [3]", RuleFileError),
        ("[lists]\na = 3", RuleFileError),
        ("values = 3", RuleFileError),
        ("[other]", RuleFileError),
        ("not toml", RuleFileError),
        ("x = " + "[" * 100_000, RuleFileError),
        ("x = 9" + "9" * 10_000, RuleFileError),
        ("formats = 3", RuleFileError),
        ("[field_sets.a]\ndefinitions = 'b'\nelements = ['x']", RuleFileError),
        (
            "[field_definitions.b]\n[field_sets.a]\ndefinitions = 'b'\nelements = ['x']",
            RuleFileError,
        ),
        (
            "[field_definitions.b]\n[field_sets.a]\ndefinitions = 'b'\nelements = ['x', 'x']",
            RuleFileError,
        ),
    ],
)
def test_a_faulty_file_is_refused_whole(tmp_path: Path, text: str, error: type[RuleError]) -> None:
    with pytest.raises(error) as caught:
        RuleSet.load(base=written(tmp_path / "base", text))
    assert caught.value.message and caught.value.hint and caught.value.facts


def test_a_conditional_field_needs_its_condition(tmp_path: Path) -> None:
    text = (
        "[field_definitions.b]\nx = { identifier = 'x', kind = 'string',"
        " obligation = 'conditional', vi = 'X', en = 'X' }\n"
        "[field_sets.a]\ndefinitions = 'b'\nelements = ['x']\n"
        "citation = 'PL'\nevidence = 'P'\neffective_from = 2025-07-01\n"
    )
    with pytest.raises(RuleFileError) as caught:
        RuleSet.load(base=written(tmp_path / "base", text))
    assert caught.value.facts["field"] == "condition"


def test_bytes_that_are_not_utf8_a_missing_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b'x = "\xff"')
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * (5 * 1024 * 1024))
    for path in (bad, huge, tmp_path / "absent.toml"):
        with pytest.raises(RuleFileError):
            RuleSet.load(path)


def test_one_key_has_one_home_within_a_layer(tmp_path: Path) -> None:
    folder = written(tmp_path / "base", value_entry("2025-07-01"), "a.toml")
    written(folder, value_entry("2025-07-01"), "b.toml")
    with pytest.raises(DuplicateRuleError) as caught:
        RuleSet.load(base=folder)
    assert caught.value.facts["files"] == ("a.toml", "b.toml")


def test_later_files_win_and_are_listed(tmp_path: Path) -> None:
    base = written(tmp_path / "base", HISTORY)
    province = tmp_path / "province.toml"
    province.write_text(
        value_entry("2025-07-01", value="3").replace('"k"', '"deadline.hand_over"')
        + 'unit = "years"\n'
        + '[lists.colour]\ncitation = "Quy chế"\nevidence = "P"\neffective_from = 2025-07-01\n'
        + 'codes = [{ code = "03", vi = "Khác", en = "Other" },'
        + ' { code = "02", vi = "Đơn sắc", en = "Monochrome" }]\n',
        "utf-8",
    )
    commune = tmp_path / "commune.toml"
    commune.write_text(
        value_entry("2025-07-01", value="2").replace('"k"', '"deadline.hand_over"')
        + 'unit = "years"\n',
        "utf-8",
    )
    rules = RuleSet.load(province, commune, base=base)
    assert rules.duration("deadline.hand_over", NEW).amount == 2
    with pytest.raises(NotInForceError):
        rules.value("deadline.hand_over", OLD)
    assert [c.vi for c in rules.codes("colour", date(2027, 1, 1))] == ["Màu", "Đơn sắc", "Khác"]
    assert [(o.kind, o.key, o.origin, o.settled, o.added) for o in rules.overrides()] == [
        ("code", "colour/03", "province.toml", False, True),
        ("code", "colour/02", "province.toml", True, False),
        ("value", "deadline.hand_over", "province.toml", True, False),
        ("value", "deadline.hand_over", "commune.toml", True, False),
    ]
    assert RuleSet.load(base=base).overrides() == ()


def test_what_was_not_read_in_the_law_is_configurable(rules: RuleSet) -> None:
    assert not rules.value("deadline.hand_over", OLD).configurable
    assert rules.value("deadline.hand_over", NEW).configurable
    assert not rules.code("colour", "01", NEW).configurable


def test_a_rule_set_is_known_by_its_content(tmp_path: Path) -> None:
    base = written(tmp_path / "base", HISTORY)
    own = written(tmp_path / "own", value_entry("2025-07-01"))
    plain, stacked = RuleSet.load(base=base), RuleSet.load(own, base=base)
    assert plain.identity == RuleSet.load(base=base).identity
    assert len({plain.identity, stacked.identity}) == 2
    written(base, HISTORY + "# a remark\n")
    assert RuleSet.load(base=base).identity != plain.identity


def test_each_kind_of_value_is_asked_for_by_its_kind(tmp_path: Path) -> None:
    kinds = {"n": "5", "t": '"x"', "f": "true", "l": '["a", "b"]'}
    text = "".join(
        value_entry("2025-07-01", value=v).replace('"k"', f'"{k}"') for k, v in kinds.items()
    )
    rules = RuleSet.load(
        base=written(tmp_path / "base", text + value_entry("2025-07-01") + 'unit = "days"\n')
    )
    assert rules.value_keys() == ("n", "t", "f", "l", "k")
    asks = [rules.integer, rules.text, rules.flag, rules.texts, rules.duration]
    answers = [5, "x", True, ("a", "b"), Duration(1, "days")]
    for key, right, answer in zip(rules.value_keys(), asks, answers, strict=True):
        assert right(key, NEW) == answer
        for wrong in asks:
            if wrong != right:
                with pytest.raises(WrongRuleTypeError):
                    wrong(key, NEW)


@pytest.mark.parametrize(
    ("duration", "begins", "ends"),
    [
        (Duration(60, "days"), date(2026, 1, 1), date(2026, 3, 2)),
        (Duration(0, "days"), date(2026, 1, 1), date(2026, 1, 1)),
        (Duration(1, "months"), date(2026, 1, 31), date(2026, 2, 28)),
        (Duration(12, "months"), date(2026, 12, 31), date(2027, 12, 31)),
        (Duration(1, "years"), date(2024, 2, 29), date(2025, 2, 28)),
        (Duration(5, "years"), date(2026, 11, 22), date(2031, 11, 22)),
        (Duration(1, "working_days"), date(2026, 11, 20), date(2026, 11, 23)),
        (Duration(7, "working_days"), date(2026, 11, 18), date(2026, 11, 27)),
    ],
)
def test_durations_end_on_the_day_the_law_means(
    duration: Duration, begins: date, ends: date
) -> None:
    assert duration.after(begins) == ends


def test_holidays_are_no_working_days() -> None:
    holiday = date(2026, 11, 23)
    assert Duration(1, "working_days").after(date(2026, 11, 20), {holiday}) == date(2026, 11, 24)


def test_hours_have_no_last_day_and_time_ends() -> None:
    with pytest.raises(WrongRuleTypeError):
        Duration(72, "hours").after(NEW)
    for unit in ("days", "working_days", "months", "years"):
        with pytest.raises(OverflowError):
            Duration(4_000_000, unit).after(date(9999, 12, 1))


NAMES = st.sampled_from(
    [
        *["key", "value", "unit", "vi", "en", "code", "codes", "citation", "evidence", "x"],
        *["attributes", "effective_from", "definitions", "elements", "changes", "accepted"],
    ]
)
JUNK = st.recursive(
    st.booleans() | st.integers(0, 9) | st.sampled_from(["P", "x", "string"]) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=20,
)
SECTIONS = st.dictionaries(
    st.sampled_from(["lists", "values", "formats", "field_sets", "field_definitions"]), JUNK
)


def toml(value: object) -> str:
    """Write a value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


@given(SECTIONS)
def test_any_tables_load_or_are_a_rule_error(
    tmp_path_factory: pytest.TempPathFactory, sections: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_text("\n".join(f"{key} = {toml(item)}" for key, item in sections.items()), "utf-8")
    with contextlib.suppress(RuleError):
        assert RuleSet.load(path).identity


@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_a_rule_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(content)
    with contextlib.suppress(RuleError):
        assert RuleSet.load(path).identity
