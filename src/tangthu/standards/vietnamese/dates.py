"""Dates as records state them: a day, a month or a year, in the forms people write.

A stated date is data, never the time of an event. Only the proleptic Gregorian calendar, years 1 to
9999 written with four digits: a year of two digits is ambiguous in an archive and refused.
"""

from __future__ import annotations

import calendar
import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tangthu.standards.vietnamese.text import collapse_spaces, fold

Part = Literal["day", "month", "year", "form"]
MAX_READ = 120
_NAMES: Mapping[Part, str] = {"day": "ngày", "month": "tháng", "year": "năm", "form": "dạng ngày"}
_WORDS = re.compile(
    r"(?:ngay (?P<day>[0-9]{1,2}) ?(?:thang|/|-|\.) ?|thang ?)(?P<month>[0-9]{1,2})"
    r" ?(?:nam|/|-|\.) ?(?P<year>[0-9]{4})(?![0-9])"
)
_YEAR_IN_WORDS = re.compile(r"nam (?P<year>[0-9]{4})")
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[t ][0-9:.+z-]+)?",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})",
        r"(?P<day>[0-9]{1,2}) ?[/.-] ?(?P<month>[0-9]{1,2}) ?[/.-] ?(?P<year>[0-9]+)",
        r"(?P<month>[0-9]{1,2}) ?[/.-] ?(?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4})",
    )
)
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_WHOLE = re.compile(r"([0-9]{1,4})(?:\.0*)?")


class DateError(ValueError):
    """A date that cannot be read or cannot be.

    `part` says which part is at fault (day, month, year, or form when the text is no date at all),
    `message` what is wrong and `hint` what to do, both in Vietnamese; `facts` holds what was read.
    """

    def __init__(self, part: Part, message: str, hint: str, **facts: object) -> None:
        super().__init__(message)
        self.part: Part = part
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, object] = facts


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day; the calendar is checked when it is made (`DateError`).

    Ordered by time; the vaguer of two dates that begin together comes first. `str()` gives ISO
    8601: 2010, 2010-02 or 2010-02-04, which sort the same as text.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.year <= date.max.year:
            raise _impossible("year", self.year, "Năm từ 1 đến 9999.")
        if self.month is None:
            if self.day is not None:
                raise _missing("month", "Ghi tháng, hoặc bỏ ngày.")
            return
        if not 1 <= self.month <= 12:
            raise _impossible("month", self.month, "Tháng từ 1 đến 12.")
        last = calendar.monthrange(self.year, self.month)[1]
        if self.day is not None and not 1 <= self.day <= last:
            raise _impossible("day", self.day, f"Tháng {self.month}/{self.year} có {last} ngày.")

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return the partial date of a calendar day (of a `datetime`: of its date part)."""
        return cls(day.year, day.month, day.day)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return self._order() < other._order()

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def vietnamese(self) -> str:
        """Return the form that Vietnamese records use: 2010, 02/2010 or 04/02/2010."""
        return "/".join(reversed(str(self).split("-")))

    def in_words(self) -> str:
        """Return the form of the document head: ngày 04 tháng 02 năm 2010.

        Months 1 and 2 and days below 10 get a zero, as NĐ30/2020/NĐ-CP PL.I-I-II.4 asks.
        """
        text = f"năm {self.year:04d}"
        if self.month is not None:
            text = (
                f"tháng {self.month:02d} {text}" if self.month < 3 else f"tháng {self.month} {text}"
            )
        if self.day is not None:
            text = f"ngày {self.day:02d} {text}"
        return text

    def first_day(self) -> date:
        """Return the first day that the date may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """Return the last day that the date may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def _order(self) -> tuple[int, int, int]:
        return (self.year, self.month or 0, self.day or 0)


def from_iso(text: str) -> PartialDate:
    """Read 2010, 2010-02 or 2010-02-04 exactly, as `str()` of a partial date. Raises DateError."""
    found = _ISO.fullmatch(text)
    if found is None:
        raise DateError("form", "Không phải ngày dạng ISO.", "Ví dụ: 2010-02-04.", read=text[:40])
    return PartialDate(*(int(part) for part in found.groups() if part))


def parse_date(text: str) -> PartialDate:
    """Read a date: 04/02/2010, 4-2-2010, ngày 04 tháng 02 năm 2010, 2010-02-04, 02/2010, 2010.

    A place in front of the words (“Vị Thanh, ngày …”) and a time after an ISO day are passed over.
    Raises `DateError` naming the part at fault.
    """
    if len(text) > MAX_READ:
        raise _unreadable(text)
    plain = fold(collapse_spaces(text)).strip(" .,;")
    match = _WORDS.search(plain) or _YEAR_IN_WORDS.fullmatch(plain)
    if match is None:
        plain = plain.removeprefix("ngay ")
        match = next((found for form in _FORMS if (found := form.fullmatch(plain))), None)
    if match is None:
        raise _unreadable(text)
    parts = match.groupdict()
    if len(parts["year"]) != 4:
        raise DateError(
            "year",
            f"Năm “{parts['year'][:12]}” phải ghi đủ bốn chữ số.",
            "Ghi năm bằng bốn chữ số, ví dụ 2010.",
            year=parts["year"][:12],
        )
    month, day = parts.get("month"), parts.get("day")
    return PartialDate(int(parts["year"]), int(month) if month else None, int(day) if day else None)


def from_parts(day: object, month: object, year: object) -> PartialDate | None:
    """Make a date of three spreadsheet cells: whole numbers, floats (7.0), strings (" 07 "), or
    blank.

    Returns None if all three are blank. Raises `DateError` naming the cell at fault: not a whole
    number, missing although a smaller part is given, or not in the calendar.
    """
    d, m, y = _cell("day", day), _cell("month", month), _cell("year", year)
    if d is None and m is None and y is None:
        return None
    if y is None:
        raise _missing("year", "Ghi năm bằng bốn chữ số.")
    if y < 1000:
        raise _impossible("year", y, "Ghi năm bằng bốn chữ số, ví dụ 2010.")
    return PartialDate(y, m, d)


def _cell(part: Part, value: object) -> int | None:
    """Return the whole number in a cell, None if it is blank. Raises `DateError`."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (match := _WHOLE.fullmatch(value.strip())):
        return int(match[1])
    shown = str(value)[:40] if isinstance(value, str | int | float) else type(value).__name__
    raise DateError(
        part,
        f"Ô {_NAMES[part]} ghi “{shown}”, không phải số nguyên.",
        f"Ghi {_NAMES[part]} bằng chữ số.",
        value=shown,
    )


def _impossible(part: Part, value: int, hint: str) -> DateError:
    shown = str(value)[:12] if abs(value) < 10**12 else "…"
    return DateError(part, f"Không có {_NAMES[part]} {shown}.", hint, value=shown)


def _missing(part: Part, hint: str) -> DateError:
    return DateError(part, f"Thiếu {_NAMES[part]}.", hint)


def _unreadable(text: str) -> DateError:
    return DateError(
        "form",
        f"Không đọc được “{text[:40]}” thành ngày.",
        "Ghi dạng 04/02/2010, 02/2010 hoặc 2010.",
        text=text[:40],
    )
