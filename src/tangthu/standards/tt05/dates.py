"""Dates as TT05 writes them: DD/MM/YYYY, or in archival files also MM/YYYY and YYYY."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from tangthu.standards.vietnamese.dates import PartialDate

VIETNAM = timezone(timedelta(hours=7))
_DATE = re.compile(r"(?:(?:([0-9]{1,2})/)?([0-9]{1,2})/)?([0-9]{4})")


def parse_date(text: str) -> PartialDate:
    """Read DD/MM/YYYY, MM/YYYY or YYYY, as packages write dates. Raises ValueError."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    day, month, year = found.groups()
    return PartialDate(int(year), int(month) if month else None, int(day) if day else None)


def vietnam_time(moment: datetime) -> str:
    """Return `YYYY-MM-DDThh:mm:ss.sss+07:00` (AR-57). `moment` must know its zone (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(VIETNAM).isoformat(timespec="milliseconds")
