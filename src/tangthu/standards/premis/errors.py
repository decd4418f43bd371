"""What can be wrong with preservation metadata."""

from __future__ import annotations

from collections.abc import Mapping


class PremisError(Exception):
    """Base: `message` in Vietnamese, `hint` what to do, `facts` the values involved."""

    def __init__(self, message: str, hint: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, object] = facts


class UnknownEventTypeError(PremisError):
    """An event type that does not stand in the Library of Congress list (AR-64)."""


class UnreadablePremisError(PremisError):
    """An object, event or agent lacks what makes it one (identifier, type, time)."""


class LedgerEventError(PremisError):
    """A log event body that may not or cannot enter a package (IN-79)."""
