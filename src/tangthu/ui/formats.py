"""Dates, sizes, durations and numbers as Vietnamese administrative writing has them.

Plain functions; the template filters of `templatetags/ui.py` only call them. Thousands are parted
by a dot and decimals by a comma in both languages of the screens, as on the paper forms.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NBSP = "\u00a0"


def thousands(number: int) -> str:
    """`1234567` → `1.234.567`; negative numbers keep their sign."""
    return f"{number:,}".replace(",", ".")


def decimal(number: float, places: int = 1) -> str:
    """`1234.56` → `1.234,6`; a fraction that rounds to zero is left out."""
    text = f"{number:,.{places}f}"
    whole, _point, fraction = text.partition(".")
    whole = whole.replace(",", ".")
    return f"{whole},{fraction}" if fraction.strip("0") else whole


def file_size(octets: int) -> str:
    """A size in bytes as people read it: `512 byte`, `3,4 KB`, `1,2 GB` (1 KB = 1024 byte)."""
    if octets < 1024:
        return f"{octets}{NBSP}byte"
    size = float(octets)
    for unit in ("KB", "MB", "GB", "TB"):
        size /= 1024
        # 1023.95 would round up to "1.024,0": step to the next unit instead.
        if size < 1023.95:
            return f"{decimal(size)}{NBSP}{unit}"
    return f"{decimal(size / 1024)}{NBSP}PB"


def day(value: date | datetime) -> str:
    """`02/09/2025`, in the current time zone when a time of day is known."""
    if isinstance(value, datetime):
        value = _local(value)
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def moment(value: datetime) -> str:
    """`14:05 02/09/2025`, in the current time zone."""
    value = _local(value)
    return f"{value.hour:02d}:{value.minute:02d} {day(value)}"


def long_day(value: date | datetime) -> str:
    """`ngày 02 tháng 9 năm 2025`: days below 10 and months below 3 take a zero (NĐ 30/2020)."""
    if isinstance(value, datetime):
        value = _local(value)
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return _("ngày %(day)s tháng %(month)s năm %(year)s") % {
        "day": f"{value.day:02d}",
        "month": month,
        "year": f"{value.year:04d}",
    }


def duration(seconds: float) -> str:
    """A span in its largest sensible unit: `45 giây`, `3 phút`, `2 giờ 5 phút`, `4 ngày`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return ngettext("%(n)s giây", "%(n)s giây", whole) % {"n": whole}
    minutes = round(whole / 60)
    if minutes < 60:
        return ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        text = ngettext("%(n)s giờ", "%(n)s giờ", hours) % {"n": hours}
        if rest:
            text += " " + ngettext("%(n)s phút", "%(n)s phút", rest) % {"n": rest}
        return text
    days = round(hours / 24)
    return ngettext("%(n)s ngày", "%(n)s ngày", days) % {"n": thousands(days)}


def time_left(seconds: float) -> str:
    """`còn khoảng 3 phút`; below five seconds `sắp xong`."""
    if seconds < 5:
        return _("sắp xong")
    return _("còn khoảng %(span)s") % {"span": duration(seconds)}


def due(deadline: date, today: date) -> str:
    """A deadline seen from today: `quá hạn 3 ngày`, `hạn hôm nay`, `còn 5 ngày`."""
    days = (deadline - today).days
    if days < 0:
        return ngettext("quá hạn %(n)s ngày", "quá hạn %(n)s ngày", -days) % {"n": thousands(-days)}
    if days == 0:
        return _("hạn hôm nay")
    return ngettext("còn %(n)s ngày", "còn %(n)s ngày", days) % {"n": thousands(days)}


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
