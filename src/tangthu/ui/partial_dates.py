"""Dates as clerks type them into a field: a day, only a month or only a year (`9/1945`, `1945`)."""

import re

from tangthu.standards.vietnamese.dates import DateError, PartialDate, from_iso

__all__ = ["DateError", "PartialDate", "from_iso", "parse_partial_date"]

_PARTS = re.compile(r"(?:(?:(\d{1,2})[/.\-\s])?(\d{1,2})[/.\-\s])?(\d{4})", re.ASCII)
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)


def parse_partial_date(text: str) -> PartialDate:
    """Read `dd/mm/yyyy` (also with `-`, `.` or a space, or `ddmmyyyy`), `mm/yyyy` or `yyyy`.

    Raises DateError for anything else and for days that no calendar has.
    """
    match = _PARTS.fullmatch(text.strip()) or _DIGITS.fullmatch(text.strip())
    if match is None:
        raise DateError("form", "Không phải ngày.", "Ví dụ: 02/09/1945.", read=text[:40])
    day, month, year = (int(part) if part else None for part in match.groups())
    return PartialDate(year or 0, month, day)
