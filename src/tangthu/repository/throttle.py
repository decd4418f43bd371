"""Keeping background work within what a store may give, so that people are not slowed down."""

from __future__ import annotations

import time
from collections.abc import Callable

_MEGABYTE = 1_000_000
_STEP_SECONDS = 0.5


class Throttle:
    """Waits after each piece of work until the bytes it took fit the pace, from the start on.

    `pace` is in megabytes (10⁶ bytes) a second; 0 never waits. Time in which nothing was asked for
    is not saved up for later.
    """

    def __init__(self, pace: int) -> None:
        self._pace = pace
        self._since = time.monotonic()

    def spent(self, size: int, tell: Callable[[], None] = lambda: None) -> None:
        """Take note of `size` bytes read or written, and wait; `tell` is called while waiting."""
        if not self._pace:
            return
        due = self._since + size / (self._pace * _MEGABYTE)
        while (left := due - time.monotonic()) > 0:
            tell()
            time.sleep(min(left, _STEP_SECONDS))
        self._since = max(due, time.monotonic())
