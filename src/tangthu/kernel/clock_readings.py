"""How far clocks are off: measured each hour by every host with a worker, and kept (RM-960).

Event times are the database server's (UTC); what is measured is this host's clock against it, and
what the kernel of this host says of its own synchronisation.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import platform
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from tangthu.kernel.models import ClockReading
from tangthu.kernel.rulebook import rulebook
from tangthu.standards.rules import NotInForceError

_STA_UNSYNC = 0x0040
_LONG = ctypes.c_long


class _Timex(ctypes.Structure):
    """`struct timex` of Linux; what is asked without `modes` changes nothing."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", _LONG),
        ("freq", _LONG),
        ("maxerror", _LONG),
        ("esterror", _LONG),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What the kernel says: whether its clock follows a source, and its estimated error (µs)."""

    follows: bool
    estimated_us: int


def of_kernel() -> Synchronised | None:
    """What this host's kernel says of its clock; None where it cannot be asked."""
    told = _Timex()
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.adjtimex(ctypes.byref(told)) < 0:
            return None
    except (OSError, AttributeError):
        return None
    return Synchronised(not told.status & _STA_UNSYNC, int(told.esterror))


def skew_now() -> dt.timedelta:
    """This host's clock less the database's, less what the asking took."""
    before = dt.datetime.now(dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: dt.datetime = cursor.fetchone()[0]
    after = dt.datetime.now(dt.UTC)
    return min(max(theirs, before), after) - theirs


def source(on: dt.date) -> str:
    """Where time comes from, as the rules of the installation say; "" where they do not."""
    try:
        return rulebook().text("clock.source", on)
    except NotInForceError:
        return ""


def read() -> ClockReading:
    """Measure, and keep what was measured; readings older than the rules ask for go."""
    today = timezone.localdate()
    synchronised = of_kernel()
    reading = ClockReading(
        host=platform.node()[:100],
        pid=os.getpid(),
        skew_us=skew_now() // dt.timedelta(microseconds=1),
        follows=synchronised.follows if synchronised else None,
        estimated_us=synchronised.estimated_us if synchronised else None,
        source=source(today)[:200],
    )
    reading.save(force_insert=True)
    try:
        oldest = rulebook().duration("clock.kept", today).before(today)
    except NotInForceError:
        return reading
    ClockReading.objects.filter(at__date__lt=oldest).delete()
    return reading
