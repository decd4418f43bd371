"""Challenges of passkeys between question and answer: in the session, once, for minutes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

# Long enough to fetch a phone and show it a picture.
WAITS = 180
_KEY = "passkey_asked"
# What is asked: to make a new one, to prove one after the password, to prove one alone, to prove
# anew who one is.
NEW, SECOND, ALONE, PROVE = "new", "second", "alone", "prove"


def keep(request: HttpRequest, purpose: str, state: Mapping[str, Any], **more: object) -> None:
    """Keep what was asked just now in the place of what was asked before."""
    request.session[_KEY] = {"for": purpose, "at": int(time.time()), "state": dict(state), **more}


def take(request: HttpRequest, purpose: str) -> dict[str, Any] | None:
    """What was asked for this purpose, this once; None if nothing was, or too long ago."""
    asked: dict[str, Any] | None = request.session.pop(_KEY, None)
    if not asked or asked["for"] != purpose or not 0 <= time.time() - asked["at"] <= WAITS:
        return None
    return asked
