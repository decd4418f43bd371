"""Dates as records state them: a day, only a month or only a year (`02/09/1945`, `1945`)."""

import re
from dataclasses import dataclass
from datetime import date

_PARTS = re.compile(r"(?:(?:(\d{1,2})[/.\-\s])?(\d{1,2})[/.\-\s])?(\d{4})", re.ASCII)
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class PartialDateError(ValueError):
    """The text is no date, or no day of the calendar."""


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A stated date; `month` and `day` are 0 where nothing is stated, so that values sort."""

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        if self.day and not self.month:
            raise PartialDateError("a day without a month")
        try:
            date(self.year, self.month or 1, self.day or 1)
        except ValueError as error:
            raise PartialDateError(str(error)) from error

    def __str__(self) -> str:
        parts = [f"{part:02d}" for part in (self.day, self.month) if part]
        return "/".join([*parts, f"{self.year:04d}"])

    @property
    def iso(self) -> str:
        """`1945-09-02`, `1945-09` or `1945`, as METS, PREMIS and EAD write it."""
        parts = [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join([f"{self.year:04d}", *parts])

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)


def parse_partial_date(text: str) -> PartialDate:
    """Read `dd/mm/yyyy` (also with `-`, `.` or a space, or `ddmmyyyy`), `mm/yyyy` or `yyyy`.

    Raises PartialDateError for anything else and for days that no calendar has.
    """
    text = text.strip()
    if match := _PARTS.fullmatch(text) or _DIGITS.fullmatch(text):
        day, month, year = match.groups()
        if (day is not None and int(day) == 0) or (month is not None and int(month) == 0):
            raise PartialDateError("day and month count from 1")
        return PartialDate(int(year), int(month or 0), int(day or 0))
    raise PartialDateError("not a date")


def from_iso(text: str) -> PartialDate:
    """The inverse of `iso`. Raises PartialDateError when it is none."""
    match = _ISO.fullmatch(text)
    if match is None:
        raise PartialDateError("not an ISO date")
    year, month, day = match.groups()
    return PartialDate(int(year), int(month or 0), int(day or 0))
