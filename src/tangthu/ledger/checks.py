"""Checks of the logs: whether each is written and signed on, and whether its key is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu.kernel import clock
from tangthu.kernel.checks import Bodies, Finding
from tangthu.ledger.logs import Log, all_logs
from tangthu.ledger.overview import Overview, overview
from tangthu.ledger.signer import Signer, SignerRefused

# The integrator signs within seconds of an event.
_LATE = dt.timedelta(minutes=10)


def look(bodies: Bodies) -> Iterator[Finding]:
    """How the log of each of `bodies` stands; those of all bodies for None."""
    logs = {log.body: log for log in all_logs() if bodies is None or log.body in bodies}
    if not logs:
        yield Finding("ok", _("Chưa có sổ cái nào; mỗi cơ quan khi lập có một sổ."))
    for one in overview(sorted(logs)):
        bad = [*_stands_still(one), *_signing(logs[one.body], one)]
        yield from bad or [_well(one)]


def _well(one: Overview) -> Finding:
    told = _("Sổ cái %(origin)s: %(n)s sự kiện, đã ký tới %(signed)s.") % {
        "origin": one.origin,
        "n": one.size,
        "signed": one.signed_size,
    }
    if one.signed_at is not None:
        when = one.signed_at.astimezone(clock.VIETNAM).strftime("%H:%M %d/%m/%Y")
        told += " " + _("Điểm kiểm tra gần nhất lúc %(when)s.") % {"when": when}
    return Finding("ok", told)


def _stands_still(one: Overview) -> Iterator[Finding]:
    kept = _("Sự kiện vẫn được ghi và đang chờ, nhưng chưa có bằng chứng không sửa được.")
    if one.stopped:
        yield Finding(
            "error",
            _("Sổ cái %(origin)s đã dừng: %(why)s")
            % {"origin": one.origin, "why": one.stopped.rstrip(".") + "."},
            kept,
            f"tangthu ledger verify && tangthu --as NGƯỜI ledger resume {one.origin}",
        )
    elif one.worrying:
        yield Finding(
            "warning",
            _("Sổ cái %(origin)s chậm: %(n)s sự kiện đang chờ, lâu nhất %(minutes)s phút.")
            % {
                "origin": one.origin,
                "n": one.pending,
                "minutes": round(one.lag_seconds / 60),
            },
            kept,
            "systemctl restart tangthu-integrator",
        )
    unsigned = one.size - one.signed_size
    if unsigned > 0 and not one.stopped:
        since = one.signed_at or one.opened_at
        if clock.now() - since > _LATE:
            yield Finding(
                "warning",
                _("Sổ cái %(origin)s có %(n)s sự kiện chưa được ký.")
                % {"origin": one.origin, "n": unsigned},
                _("Những sự kiện ấy chưa có bằng chứng đưa ra ngoài được."),
                "systemctl restart tangthu-integrator",
            )


def _signing(log: Log, one: Overview) -> Iterator[Finding]:
    """Key and memory of the signer, where this account may see them: only the integrator must."""
    signer = Signer(settings.HOME, log.log_id, log.origin)
    try:
        recovering = signer.recovering()
        if one.signed_size and not recovering:
            signer.require_whole()
    except PermissionError:
        return
    except SignerRefused as error:
        yield Finding(
            "error",
            f"{log.origin}: {error.message}",
            _("Sổ cái không ký tiếp được."),
            str(error.hint),
        )
        return
    if recovering:
        yield Finding(
            "error",
            _("Sổ cái %(origin)s đang ở chế độ phục hồi.") % {"origin": log.origin},
            _("Chưa ghi tiếp, chưa ký cho đến khi so với cây đã công bố."),
            f"tangthu ledger recover {log.origin}",
        )
