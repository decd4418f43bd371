"""The shapes in which rules are handed out. All are immutable and know where they come from."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tangthu.standards.rules.errors import WrongRuleTypeError

Evidence = Literal["P", "V", "S2", "S", "N", "G"]
Unit = Literal["hours", "days", "working_days", "months", "years"]
Scalar = str | int | bool | tuple[str, ...]

EVIDENCE: tuple[Evidence, ...] = ("P", "V", "S2", "S", "N", "G")
UNITS: tuple[Unit, ...] = ("hours", "days", "working_days", "months", "years")
_UNSETTLED = frozenset({"S", "N", "G"})
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from and when it holds.

    `citation`: instrument and article. `evidence`: P or V the article was read; S2 two digests
    agree; S one digest; N not verified; G general knowledge. `effective_from` and `effective_to`
    are the first and the last day in force; `effective_to` is None while the rule stands.
    """

    citation: str
    evidence: Evidence
    effective_from: date
    effective_to: date | None = None
    note: str = ""

    @property
    def configurable(self) -> bool:
        """True if the text was not read well enough (S, N, G) to be settled: expect overriding."""
        return self.evidence in _UNSETTLED

    def in_force(self, on: date) -> bool:
        """Say whether the rule is in force on the day `on`."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Source):
    """One entry of a code list.

    `abbreviation`: the form used in document codes (NĐ30/2020 PL.III), None where there is none.
    `aliases`: other names people write; `abbreviations`: other abbreviations met in practice.
    `attributes`: what only this list knows, e.g. `group`.
    """

    list_name: str
    code: str
    vi: str
    en: str
    abbreviation: str | None
    abbreviations: tuple[str, ...]
    aliases: tuple[str, ...]
    attributes: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Source):
    """One value of a rule. `unit` is set when `value` is an amount of time."""

    key: str
    value: Scalar
    unit: Unit | None
    vi: str


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of time as the law states it, e.g. 7 working days or 5 years."""

    amount: int
    unit: Unit

    def after(self, day: date, holidays: Collection[date] = ()) -> date:
        """Return the last day of the period that begins on `day` (which itself is not counted).

        Months and years keep the day of the month, or take the month's last day if it has none.
        Working days leave out Saturdays, Sundays and `holidays`. Raises `WrongRuleTypeError` for
        hours, which no calendar day can answer, and `OverflowError` past the year 9999.
        """
        if self.unit == "days":
            return day + timedelta(days=self.amount)
        if self.unit == "working_days":
            return _after_working_days(day, self.amount, holidays)
        if self.unit in ("months", "years"):
            return _after_months(day, self.amount * (12 if self.unit == "years" else 1))
        raise WrongRuleTypeError(
            "Thời hạn tính theo giờ không quy ra ngày được.",
            "Cộng số giờ vào thời điểm bắt đầu.",
            amount=self.amount,
            unit=self.unit,
        )

    def before(self, day: date) -> date:
        """Return the day that lies this long before `day`, by the calendar, as `after` counts.

        Raises `WrongRuleTypeError` for hours and working days.
        """
        if self.unit in ("days", "months", "years"):
            return Duration(-self.amount, self.unit).after(day)
        raise WrongRuleTypeError(
            "Thời hạn tính theo giờ hoặc ngày làm việc không đếm ngược ra ngày được.",
            "Ghi thời hạn bằng ngày, tháng hoặc năm.",
            amount=self.amount,
            unit=self.unit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Source):
    """One element of a TT05 descriptive record.

    `name`: XML element; `identifier`: our name for it; `max_length`: characters, None if not
    stated; `obligation`: mandatory, conditional (then `condition` names the case) or optional;
    `code_list`: the list its values come from; `many`: several codes may be given; `precision`: for
    dates, `day` or `any` (day, month or year).
    """

    field_set: str
    name: str
    identifier: str
    kind: Literal["string", "number", "date", "boolean"]
    max_length: int | None
    obligation: Literal["mandatory", "conditional", "optional"]
    condition: str | None
    code_list: str | None
    many: bool
    precision: Literal["day", "any"] | None
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Source):
    """One file format accepted in packages, known by its extension (lower case, without dot).

    `group`: DOC, OTHER, PIC or MEDIA as TT05 sorts them; `mime`: media types, the one to write
    first; `pronom`: PUIDs known to be this format, possibly none.
    """

    extension: str
    group: Literal["DOC", "OTHER", "PIC", "MEDIA"]
    mime: tuple[str, ...]
    pronom: tuple[str, ...]
    vi: str


@dataclass(frozen=True, slots=True)
class Override:
    """A rule that a file of the installation replaced.

    `kind`: value, code, fields or format; `settled`: True if the replaced rule was read in the
    law's own text, so that the override needs a reason of its own; `added`: True if nothing was
    replaced.
    """

    kind: Literal["value", "code", "fields", "format"]
    key: str
    origin: str
    citation: str
    settled: bool
    added: bool


def _after_working_days(day: date, amount: int, holidays: Collection[date]) -> date:
    left = amount
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in holidays:
            left -= 1
    return day


def _after_months(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > date.max.year:
        raise OverflowError("date value out of range")
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))
