"""What a check found: the rule, how grave, where, in words, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    `rule`: requirement ID (e.g. `AR-57`); `place`: path inside the package, or the record;
    `field`: XML element or attribute, may be empty; `value`: what stood there, at most 200
    characters; `message` and `fix` in Vietnamese.
    """

    rule: str
    severity: Severity
    place: str
    message: str
    fix: str = ""
    field: str = ""
    value: str = ""


def short(value: object) -> str:
    """Return a value as text fit for a finding: one line, at most 200 characters."""
    text = " ".join(str(value).split())
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= 200 else text[:199] + "…"
