"""Checks of long work: whether anybody does it, how long it waits, what failed lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tangthu.kernel import clock, workers
from tangthu.kernel.checks import Bodies, Finding
from tangthu.kernel.job_registry import private_kinds
from tangthu.kernel.models import Job

_LONG = dt.timedelta(hours=1)
_LATELY = dt.timedelta(days=1)
_START = "systemctl start tangthu-worker"


def jobs_of(bodies: Bodies) -> QuerySet[Job]:
    """The jobs that may be counted before who looks after `bodies`; all for None.

    What a person alone may know of is left out, and what belongs to no body is not.
    """
    found = Job.objects.all()
    if bodies is None:
        return found
    mine = found.filter(body_id__in=bodies) | found.filter(body_id=None)
    return mine.exclude(kind__in=private_kinds())


def look(bodies: Bodies) -> Iterator[Finding]:
    """Workers, and the jobs that wait for one or failed."""
    living = list(workers.living())
    waiting = jobs_of(bodies).filter(state=Job.State.WAITING).order_by("created_at")
    oldest = waiting.first()
    if living:
        yield Finding("ok", _("%(n)s máy chạy việc đang sống.") % {"n": len(living)})
    elif oldest is not None:
        yield Finding(
            "error",
            _("Không có máy nào đang chạy việc, %(n)s việc đang chờ.") % {"n": waiting.count()},
            _("Nhập, đóng gói, kiểm tra kho, xuất danh sách đều đứng yên."),
            _START,
        )
    else:
        yield Finding(
            "note",
            _("Không có máy nào đang chạy việc."),
            _("Việc đặt từ bây giờ sẽ chờ; các vòng kiểm tra định kỳ không chạy."),
            _START,
        )
    silent = workers.silent().count()
    if silent:
        yield Finding(
            "warning",
            _("%(n)s máy chạy việc mất liên lạc trong hai ngày qua.") % {"n": silent},
            _("Việc của máy ấy đã chuyển cho máy khác; máy ấy có thể đã hỏng."),
            "journalctl -u tangthu-worker",
        )
    others = {one.version for one in living} - {settings.VERSION}
    if others:
        yield Finding(
            "warning",
            _("Có máy chạy việc thuộc phiên bản khác: %(versions)s.")
            % {"versions": ", ".join(sorted(others))},
            _("Việc có thể chạy khác nhau tùy máy nào nhận."),
            _("Cài cùng phiên bản rồi khởi động lại máy ấy."),
        )
    if living and oldest is not None:
        yield _waiting_since(clock.now() - oldest.created_at)
    failed = jobs_of(bodies).filter(state=Job.State.FAILED, finished_at__gte=clock.now() - _LATELY)
    count = failed.count()
    if count:
        yield Finding(
            "warning",
            _("%(n)s việc không xong trong một ngày qua.") % {"n": count},
            _("Việc đã làm được giữ nguyên, phần còn lại chưa làm."),
            "tangthu --as NGƯỜI jobs list --state failed",
        )


def _waiting_since(age: dt.timedelta) -> Finding:
    told = _("Việc chờ lâu nhất đã chờ %(n)s phút.") % {"n": round(age.total_seconds() / 60)}
    if age < _LONG:
        return Finding("ok", told)
    return Finding(
        "warning",
        told,
        _("Máy chạy việc không kịp: người đặt việc phải chờ."),
        _("Chạy thêm máy: %(command)s") % {"command": "tangthu worker --concurrency 2"},
    )
