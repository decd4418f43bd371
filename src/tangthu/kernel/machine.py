"""What the machine, or the container in which we run, has."""

from __future__ import annotations

import os
from pathlib import Path

_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def memory_mb(limits: tuple[Path, ...] = _LIMITS) -> int:
    """Memory that may be used, in MB: all of the machine's, or what its container allows."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in limits:
        try:
            found.append(int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):  # no such limit: absent, or "max"
            continue
    return min(found) >> 20
