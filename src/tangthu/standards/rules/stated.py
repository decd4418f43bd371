"""All rules in force on one day, each with its value in words, citation, evidence and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tangthu.standards.rules.errors import NotInForceError
from tangthu.standards.rules.ruleset import RuleSet
from tangthu.standards.rules.values import Scalar, Source

Kind = Literal["value", "code", "field", "format"]


@dataclass(frozen=True, slots=True)
class Stated:
    """One rule as it stands: its set (the list, the record, or what its key begins with), key,
    Vietnamese name, value, where it comes from, and the file of the installation that replaced the
    packaged rule ("" for none)."""

    kind: Kind
    group: str
    key: str
    name: str
    value: str
    source: Source
    own: str = ""


def stated(rules: RuleSet, on: date) -> list[Stated]:
    """The rules in force on the day `on`, in file order; what is not in force then is left out."""
    own = {(str(one.kind), one.key): one.origin for one in rules.overrides()}
    return [*_values(rules, on, own), *_codes(rules, on, own), *_records(rules, on, own)]


def _values(rules: RuleSet, on: date, own: Mapping[tuple[str, str], str]) -> Iterator[Stated]:
    for key in rules.value_keys():
        try:
            found = rules.value(key, on)
        except NotInForceError:
            continue
        shown = _shown(found.value) + (f" {found.unit}" if found.unit else "")
        group = key.partition(".")[0]
        yield Stated("value", group, key, found.vi, shown, found, own.get(("value", key), ""))


def _codes(rules: RuleSet, on: date, own: Mapping[tuple[str, str], str]) -> Iterator[Stated]:
    for name in rules.list_names():
        try:
            codes = rules.codes(name, on)
        except NotInForceError:
            continue
        for code in codes:
            at = own.get(("code", f"{name}/{code.code}"), "")
            yield Stated("code", name, f"{name}/{code.code}", code.vi, code.code, code, at)


def _records(rules: RuleSet, on: date, own: Mapping[tuple[str, str], str]) -> Iterator[Stated]:
    for name in rules.field_sets():
        try:
            fields = rules.fields(name, on)
        except NotInForceError:
            continue
        for field in fields:
            length = f", ≤ {field.max_length}" if field.max_length else ""
            shown = f"{field.kind}, {field.obligation}{length}"
            key = f"{name}/{field.name}"
            yield Stated("field", name, key, field.vi, shown, field, own.get(("fields", name), ""))
    try:
        formats = rules.formats(on)
    except NotInForceError:
        return
    for one in formats:
        at = own.get(("format", one.extension), "")
        shown = ", ".join(one.mime)
        yield Stated("format", "formats", one.extension, one.vi, shown, one, at)


def _shown(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
