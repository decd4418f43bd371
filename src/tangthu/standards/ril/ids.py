"""Event ids: UUID version 7 (RFC 9562 §5.7), finer than their millisecond (§6.2, method 3).

The twelve bits behind the millisecond tell its part in 4096ths: the ids of two events of one
millisecond say which came first, and no two ids of a process tell the same moment (RM-960).
"""

from __future__ import annotations

import secrets
import threading
from uuid import UUID

PARTS = 4096
_MAX_MS = 2**48


def uuid7(ms: int, part: int | None = None) -> UUID:
    """A UUIDv7 of the time `ms` (milliseconds since the epoch, UTC) and `part` 4096ths of one, with
    62 random bits; without `part` with 74.

    Raises ValueError for a time that does not fit 48 bits, or a part that does not fit 12.
    """
    if not 0 <= ms < _MAX_MS:
        raise ValueError("time outside 48 bits of milliseconds")
    if part is not None and not 0 <= part < PARTS:
        raise ValueError("part outside 12 bits")
    fine = secrets.randbits(12) if part is None else part
    return UUID(int=ms << 80 | 7 << 76 | fine << 64 | 2 << 62 | secrets.randbits(62))


def microseconds(eid: UUID) -> int:
    """The moment that an id tells, in microseconds since the epoch, UTC."""
    return (eid.int >> 80) * 1000 + (eid.int >> 64 & PARTS - 1) * 1000 // PARTS


class Moments:
    """Moments of one process, each a microsecond later than the one before it at least, while
    their millisecond has room.

    When a millisecond has none left, further ones share its last: their order is that of the log,
    and their ids differ by the random bits.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = -1

    def of(self, us: int) -> tuple[int, int]:
        """Millisecond and part, by which `microseconds` tells the moment again, of the time `us`
        (microseconds since the epoch, UTC)."""
        ms = us // 1000
        with self._lock:
            if self._last // 1000 == ms:
                us = min(max(us, self._last + 1), ms * 1000 + 999)
            self._last = us
        return ms, -(-(us % 1000) * PARTS // 1000)
