"""Event ids: UUID version 7 (RFC 9562 §5.7)."""

from __future__ import annotations

import secrets
from uuid import UUID

_MAX_MS = 2**48


def uuid7(ms: int) -> UUID:
    """A UUIDv7 of the time `ms` (milliseconds since the epoch, UTC) with 74 random bits.

    Raises ValueError for a time that does not fit 48 bits.
    """
    if not 0 <= ms < _MAX_MS:
        raise ValueError("time outside 48 bits of milliseconds")
    random = secrets.randbits(74)
    return UUID(int=ms << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & (1 << 62) - 1)
