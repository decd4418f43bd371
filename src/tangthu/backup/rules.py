"""The dated rules of backups (rulesets/backup.toml) as they are in force today."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tangthu.kernel.rulebook import rulebook


def number(key: str) -> int:
    """The whole number `backup.<key>` in force today."""
    return rulebook().integer(f"backup.{key}", timezone.localdate())


def is_over(moment: dt.datetime, key: str, now: dt.datetime) -> bool:
    """Whether `backup.<key>` has passed between `moment` and `now`, to the hour."""
    length = rulebook().duration(f"backup.{key}", timezone.localdate())
    begun = timezone.localtime(moment)
    last = dt.datetime.combine(length.after(begun.date()), begun.time(), begun.tzinfo)
    return last <= now
