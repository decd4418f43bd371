"""What a form tells of a want of rights is also for whoever keeps a log of that (AR-15).

An error that reaches the middleware is noted there; one that a page shows beside its form would
pass by it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from tangthu.kernel.errors import HouseError, Refused

_noting: list[Callable[[HttpRequest, HouseError], None]] = []


def note_with(note: Callable[[HttpRequest, HouseError], None]) -> None:
    """Let `note` be called with a request and the want of a right that its page shows."""
    if note not in _noting:
        _noting.append(note)


def shown(request: HttpRequest, error: HouseError) -> None:
    """A page shows `error` beside its form. What is only not possible now (a conflict, status 409)
    is no want of a right."""
    if isinstance(error, Refused) and error.http_status == Refused.http_status:
        for note in _noting:
            note(request, error)
