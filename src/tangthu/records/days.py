"""The day that a record is of: by whose names it is told of (RM-012)."""

from __future__ import annotations

import datetime as dt

from tangthu.records.models import Document, Dossier
from tangthu.standards.vietnamese.dates import DateError, from_iso


def day_of(record: Dossier | Document) -> dt.date | None:
    """The day on which a document was issued or a dossier begun; the first day of a date that is a
    month or year alone. None without a date."""
    told = record.start_date if isinstance(record, Dossier) else record.issued_on
    try:
        date = from_iso(told)
    except DateError:
        return None
    return dt.date(date.year, date.month or 1, date.day or 1)
