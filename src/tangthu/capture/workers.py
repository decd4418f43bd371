"""The sandbox in which capture opens files: what its workers hold ready, and their limits."""

from __future__ import annotations

from tangthu.kernel.sandbox import Limits, Sandbox

_PRELOAD = (
    "pygfried",
    "tangthu.capture.pdf_facts",
    "tangthu.capture.image_facts",
    "tangthu.capture.pages",
    "tangthu.capture.render",
    "tangthu.capture.marking",
)


def open_sandbox(workers: int = 1, *, wall_seconds: float = 60.0) -> Sandbox:
    """A pool of `workers` processes for identify, probe, text and render; close it after use.

    Starting a worker takes about half a second; keep one pool per process and reuse it.
    """
    limits = Limits(wall_seconds=wall_seconds, cpu_seconds=max(1, int(wall_seconds)))
    return Sandbox(workers=workers, limits=limits, preload=_PRELOAD)
