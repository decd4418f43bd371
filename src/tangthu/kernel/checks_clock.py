"""The check of clocks: where time comes from, whether it is followed, how far it was off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.kernel import clock_readings
from tangthu.kernel.checks import Bodies, Finding
from tangthu.kernel.models import ClockReading
from tangthu.kernel.rulebook import rulebook
from tangthu.standards.rules import NotInForceError

_LATELY = dt.timedelta(days=30)
_LATE = dt.timedelta(hours=3)
_MS = 1000


def look(bodies: Bodies) -> Iterator[Finding]:
    """What holds now, and what was recorded in the last thirty days; it belongs to no body."""
    today = timezone.localdate()
    source = clock_readings.source(today)
    if source:
        yield Finding("ok", _("Nguồn thời gian: %(source)s; ghi theo UTC.") % {"source": source})
    yield from _followed()
    yield from _recorded(today)


def _followed() -> Iterator[Finding]:
    told = clock_readings.of_kernel()
    if told is None:
        yield Finding(
            "note",
            _("Không hỏi được hệ điều hành về đồng bộ đồng hồ."),
            _("Chỉ đo được độ lệch so với cơ sở dữ liệu."),
            _("Trên máy chạy cơ sở dữ liệu: %(command)s") % {"command": "timedatectl"},
        )
    elif told.follows:
        yield Finding(
            "ok",
            _("Đồng hồ của máy này đang đồng bộ, sai số ước lượng %(n)s mili giây.")
            % {"n": round(told.estimated_us / _MS)},
        )
    else:
        yield Finding(
            "note",
            _("Đồng hồ của máy này không đồng bộ theo nguồn nào."),
            _("Giờ ghi trong sự kiện có thể lệch dần so với giờ chuẩn."),
            "timedatectl set-ntp true",
        )


def _recorded(today: dt.date) -> Iterator[Finding]:
    since = timezone.now() - _LATELY
    readings = ClockReading.objects.filter(at__gte=since)
    newest = readings.order_by("-at").first()
    if newest is None:
        yield Finding(
            "note",
            _("Chưa có số đo độ lệch đồng hồ nào trong 30 ngày."),
            _("Không chứng minh được giờ của sự kiện lệch bao nhiêu."),
            _("Chạy một tiến trình worker; nó đo mỗi giờ."),
        )
        return
    low, high = readings.order_by("skew_us").first(), readings.order_by("-skew_us").first()
    assert low is not None and high is not None
    worst = max((low, high), key=lambda one: abs(one.skew_us))
    told = _("Độ lệch đồng hồ lớn nhất 30 ngày: %(n)s mili giây (máy %(host)s, %(count)s lần đo).")
    words = told % {
        "n": f"{abs(worst.skew_us) / _MS:.1f}".replace(".", ","),
        "host": worst.host,
        "count": readings.count(),
    }
    if abs(worst.skew_us) > _most(today) * _MS:
        yield Finding(
            "warning",
            words,
            _("Giờ trong nhật ký và trong sự kiện không khớp nhau."),
            "timedatectl set-ntp true",
        )
    else:
        yield Finding("ok", words)
    if newest.at < timezone.now() - _LATE:
        yield Finding(
            "note",
            _("Đã hơn ba giờ không đo độ lệch đồng hồ."),
            _("Từ lúc ấy không biết đồng hồ lệch bao nhiêu."),
            _("Chạy một tiến trình worker; nó đo mỗi giờ."),
        )


def _most(today: dt.date) -> int:
    try:
        return rulebook().integer("clock.most_drift", today)
    except NotInForceError:
        return _MS
