"""Spans of days as people type them into the filters of a list."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from tangthu.kernel.clock import VIETNAM
from tangthu.standards.vietnamese.dates import DateError, PartialDate, parse_date
from tangthu.ui.tables import EmptyState

_EARLIEST = dt.date.min + dt.timedelta(days=1)
_LATEST = dt.date.max - dt.timedelta(days=1)


def fault_of(start: str, end: str) -> EmptyState | None:
    """What is wrong with two dates as typed, to be shown in the place of rows; None if nothing."""
    if any(typed and typed_date(typed) is None for typed in (start, end)):
        hint = _("Nhập ngày/tháng/năm, ví dụ 02/09/2025; hoặc tháng/năm, năm.")
        return EmptyState(_("Ngày chưa đúng."), hint)
    begin, until = span(start, end)
    if begin and until and until <= begin:
        return EmptyState(_("Ngày cuối đứng trước ngày đầu."), _("Đổi lại hai ngày."))
    return None


def span(start: str, end: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From which moment on, and up to but without which, as two dates typed in words.

    A month or a year means its first day as a start, its last as an end. What is no date is open,
    and so is an end beyond the calendar. Moments begin a day after the calendar does: before that
    they cannot be compared in another time zone.
    """
    first, last = typed_date(start), typed_date(end)
    begin = max(first.first_day(), _EARLIEST) if first else None
    until = max(last.last_day(), _EARLIEST) if last else None
    after = until + dt.timedelta(days=1) if until and until < _LATEST else None
    return _midnight(begin), _midnight(after)


def typed_date(typed: str) -> PartialDate | None:
    """The date that was typed; None for nothing, and for what is none."""
    try:
        return parse_date(typed) if typed else None
    except DateError:
        return None


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), VIETNAM) if day else None
