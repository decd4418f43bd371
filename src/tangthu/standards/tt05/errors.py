"""What can be wrong with codes and packages of TT05: one exception per cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangthu.standards.tt05.findings import Finding


class Tt05Error(Exception):
    """Base: `message` in Vietnamese, `hint` what to do, `facts` the values involved."""

    def __init__(self, message: str, hint: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, object] = facts


class InvalidCodeError(Tt05Error):
    """A code or a part of one cannot be composed or read (AR-32…AR-34)."""


class AmbiguousCodeError(Tt05Error):
    """A code can be read in several ways; `facts["readings"]` holds them."""


class PackageRefusedError(Tt05Error):
    """What was given does not make a package; `findings` says why, one by one."""

    def __init__(self, message: str, hint: str, findings: Sequence[Finding]) -> None:
        super().__init__(message, hint, count=len(findings))
        self.findings = tuple(findings)


class PackageUnreadableError(Tt05Error):
    """A folder or zip cannot be opened as a package, or breaks the limits for hostile input."""
