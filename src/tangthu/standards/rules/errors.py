"""What can be wrong with rule data, or with a question put to it: one exception per cause."""

from __future__ import annotations

from collections.abc import Mapping


class RuleError(Exception):
    """Base of all rule errors.

    `message` says in Vietnamese what happened, `hint` what to do about it, `facts` holds the names
    and dates involved, for logs and for tests.
    """

    def __init__(self, message: str, hint: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, object] = facts


class RuleFileError(RuleError):
    """A rule file cannot be read, is not TOML, or an entry in it lacks or misuses a field."""


class DuplicateRuleError(RuleError):
    """The same key is defined in two files of one layer."""


class OverlappingPeriodsError(RuleError):
    """Two versions of one rule are in force on the same day, or a version ends before it begins."""


class GappedPeriodsError(RuleError):
    """Between two versions of one rule lies a day on which neither is in force."""


class UnknownRuleError(RuleError):
    """No rule, code list, field set or code has this name on any date."""


class NotInForceError(RuleError):
    """The rule exists, but not on the date asked for."""


class WrongRuleTypeError(RuleError):
    """The rule exists, but its value is of another kind than the one asked for."""
