"""Rules as data: code lists, values, record fields and file formats with the dates they are in force.

A record is judged by the rules in force on its date (AR-01, RM-014), so every question carries a
date. The data lies in `tangthu/rulesets/*.toml`; an installation may lay files of its own on top.
"""

from tangthu.standards.rules.errors import (
    DuplicateRule,
    GappedPeriods,
    NotInForce,
    OverlappingPeriods,
    RuleError,
    RuleFileError,
    UnknownRule,
    WrongRuleType,
)
from tangthu.standards.rules.ruleset import RuleSet
from tangthu.standards.rules.values import Code, Duration, Field, Format, Override, Unit, Value

__all__ = [
    "Code",
    "DuplicateRule",
    "Duration",
    "Field",
    "Format",
    "GappedPeriods",
    "NotInForce",
    "Override",
    "OverlappingPeriods",
    "RuleError",
    "RuleFileError",
    "RuleSet",
    "Unit",
    "UnknownRule",
    "Value",
    "WrongRuleType",
]
