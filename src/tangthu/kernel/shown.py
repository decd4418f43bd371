"""The highest degree of secrecy that the answer being made has met, for the band on the page.

Whatever loads a record says so here; it may know of more than the page shows in the end, never of
less. One request after another has its own.
"""

from __future__ import annotations

from contextvars import ContextVar

_highest: ContextVar[str] = ContextVar("highest_secrecy", default="")


def note(degree: str | None) -> None:
    """A record of this degree ("1" to "3"; "" or None for no secret) was met."""
    if degree and degree > _highest.get():
        _highest.set(degree)


def highest() -> str:
    """The highest degree met since `begin`; "" if none."""
    return _highest.get()


def begin() -> None:
    """A new answer begins."""
    _highest.set("")
