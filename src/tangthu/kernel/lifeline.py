"""Child processes that are not left behind: neither by a kill -9 of the parent nor by a signal that
comes while they are begun."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_with_parent(parent: int) -> None:
    """Have the system send this process SIGTERM when its parent, process `parent`, ends.

    To be called in the child. If the parent is gone already, the process ends at once.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def signals_held() -> Iterator[Callable[[], None]]:
    """During the block the signals that ask to stop wait, so that a child that is begun has a name
    before anything is raised; to be used by the main thread.

    What is yielded is for the child (`preexec_fn`): it must hear them as the parent did.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)

    def hear_again() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield hear_again
    finally:
        hear_again()
