"""The check of the scanner: whether it answers, and how old its signatures are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from tangthu.capture import antivirus
from tangthu.kernel.checks import Bodies, Finding

# New signatures come every day.
_OLD, _VERY_OLD = dt.timedelta(days=3), dt.timedelta(days=14)


def look(bodies: Bodies) -> Iterator[Finding]:
    """What the scanner says of itself; it belongs to no body."""
    if not antivirus.configured():
        yield Finding(
            "note",
            _("Chưa có máy quét mã độc."),
            _("Tệp gửi vào không được quét trước khi tiếp nhận."),
            antivirus.TO_INSTALL,
        )
        return
    try:
        version = antivirus.version()
    except antivirus.ScannerAway as error:
        yield Finding(
            "error",
            str(error.message),
            _("Không kiểm tra được đợt số hóa nào cho đến khi nó chạy lại."),
            "systemctl restart clamav-daemon",
        )
        return
    yield of(version, dt.datetime.now(dt.UTC))


def of(version: antivirus.Version, now: dt.datetime) -> Finding:
    """What the age of the signatures means."""
    told = _("%(program)s, mẫu nhận dạng ngày %(day)s.") % {
        "program": version.program,
        "day": version.made_at.strftime("%d/%m/%Y"),
    }
    age = now - version.made_at
    if age < _OLD:
        return Finding("ok", told)
    return Finding(
        "error" if age >= _VERY_OLD else "warning",
        told,
        _("Mã độc mới không bị nhận ra."),
        _("Trên máy có mạng: %(command)s; trên LAN độc lập: chép tệp .cvd mới vào máy.")
        % {"command": "systemctl restart clamav-freshclam"},
    )
