"""A child process that ends when its parent is gone, however that one ended (kill -9)."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Have the system send this process SIGTERM when its parent, process `parent`, ends.

    To be called in the child. If the parent is gone already, the process ends at once.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
