"""The one base of all errors that a person may see.

Every error carries what happened (for people, translated), what to do next (hint) and facts for the
log. Faces turn them into a page, a line on stderr or an exit code; nobody shows a stack trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _


class HouseError(Exception):
    """Base of the typed errors. `message` and `hint` are (lazily) translated sentences.

    `facts` are values for the log; never personal data, never content.
    """

    http_status = 400

    def __init__(self, message: Any, *, hint: Any = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, Any] = facts

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class HomeUnusable(HouseError):
    """The home folder cannot be used (read-only, not ours, disk full)."""


class NoRoom(HouseError):
    """What somebody sent does not fit on the disk; nothing of it was kept."""

    http_status = 507


class DatabaseUnusable(HouseError):
    """PostgreSQL cannot be started or reached, or not with the login that was given."""

    http_status = 503


class PortUnusable(HouseError):
    """The wanted port is none, not allowed, or another program listens on it."""


class AlreadyRunning(HouseError):
    """A second `tangthu up` on the same home."""


class NotFoundForViewer(HouseError):
    """The thing does not exist for this viewer: absent and forbidden are the same answer.

    Without a message it is the same sentence for whatever there may be.
    """

    http_status = 404

    def __init__(self, message: Any = None, *, hint: Any = "", **facts: Any) -> None:
        if message is None:
            message, hint = _("Không có gì ở đây."), _("Kiểm tra lại địa chỉ.")
        super().__init__(message, hint=hint, **facts)


class Refused(HouseError):
    """A person may not do this, or the thing is not in a state that allows it."""

    http_status = 403


class InvalidInput(HouseError):
    """Input that breaks a rule; `problems` maps a field name to its sentences."""

    def __init__(
        self, message: Any, *, problems: Mapping[str, list[Any]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(message, **kwargs)
        self.problems: Mapping[str, list[Any]] = problems or {}


class NotFinished(HouseError):
    """Long work was stopped on request before its end; what was done stays done."""
