"""Dates as TT05 writes them: DD/MM/YYYY, or in archival files also MM/YYYY and YYYY."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
_DATE = re.compile(r"(?:(?:([0-9]{1,2})/)?([0-9]{1,2})/)?([0-9]{4})")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year, as precise as the record is. Raises ValueError if impossible."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read DD/MM/YYYY, MM/YYYY or YYYY. Raises ValueError."""
        found = _DATE.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        day, month, year = found.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return the exact day."""
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text = f"{self.month:02d}/{text}"
        if self.day is not None:
            text = f"{self.day:02d}/{text}"
        return text

    @property
    def exact(self) -> bool:
        """True if the day is known."""
        return self.day is not None

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        if self.day is not None:
            return self.earliest
        if self.month is None:
            return date(self.year, 12, 31)
        if (self.year, self.month) == (9999, 12):
            return date.max
        following = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return following - timedelta(days=1)


def vietnam_time(moment: datetime) -> str:
    """Return `YYYY-MM-DDThh:mm:ss.sss+07:00` (AR-57). `moment` must know its zone (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(VIETNAM).isoformat(timespec="milliseconds")
