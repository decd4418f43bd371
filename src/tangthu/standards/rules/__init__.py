"""Rules as data: code lists, values, record fields and file formats with the dates they are in
force.

A record is judged by the rules in force on its date (AR-01, RM-014), so every question carries a
date. The data lies in `tangthu/rulesets/*.toml`; an installation may lay files of its own on top.
"""

from tangthu.standards.rules.errors import (
    DuplicateRuleError,
    GappedPeriodsError,
    NotInForceError,
    OverlappingPeriodsError,
    RuleError,
    RuleFileError,
    UnknownRuleError,
    WrongRuleTypeError,
)
from tangthu.standards.rules.ruleset import RuleSet
from tangthu.standards.rules.stated import Stated, stated
from tangthu.standards.rules.values import Code, Duration, Field, Format, Override, Unit, Value

__all__ = [
    "Code",
    "DuplicateRuleError",
    "Duration",
    "Field",
    "Format",
    "GappedPeriodsError",
    "NotInForceError",
    "OverlappingPeriodsError",
    "Override",
    "RuleError",
    "RuleFileError",
    "RuleSet",
    "Stated",
    "Unit",
    "UnknownRuleError",
    "Value",
    "WrongRuleTypeError",
    "stated",
]
