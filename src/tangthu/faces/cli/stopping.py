"""Ctrl-C, SIGTERM and SIGHUP while something is begun: it is undone before the process ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Hear = Callable[[int, FrameType | None], None]


class StopAsked(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def listen(hear: Hear) -> dict[int, Any]:
    """Let `hear` have the signals that ask to stop; returns who had them before.

    SIGHUP stays ignored if it is: `nohup` means that.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return {number: signal.signal(number, hear) for number in numbers}


@contextmanager
def unwinding() -> Iterator[Callable[[], None]]:
    """During the block the first such signal raises StopAsked; further ones disturb no undoing.

    What is yielded raises StopAsked again if the first was lost, as it is where Python cannot
    raise (in a finaliser).
    """
    asked: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        if not asked:
            asked.append(number)
            raise StopAsked(number)

    def raise_again() -> None:
        if asked:
            raise StopAsked(asked[0])

    before = listen(hear)
    try:
        yield raise_again
    finally:
        for number, former in before.items():
            signal.signal(number, former)
