"""The dated rules of accounts (rulesets/accounts.toml) as they are in force today."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tangthu.identity.roles import RIGHTS
from tangthu.kernel.rulebook import rulebook
from tangthu.standards.vietnamese import fold

# Before its first day the circular binds nobody, but no weaker rule took its place.
_FIRST = dt.date(2026, 7, 1)


def _today() -> dt.date:
    return max(timezone.localdate(), _FIRST)


def number(key: str) -> int:
    """The whole number `account.<key>` in force today."""
    return rulebook().integer(f"account.{key}", _today())


def words(key: str) -> tuple[str, ...]:
    """The words that `account.<key>` lists today, folded: small letters without marks."""
    return tuple(fold(one).replace(" ", "") for one in rulebook().texts(f"account.{key}", _today()))


def flag(key: str) -> bool:
    """Whether `account.<key>` holds today."""
    return rulebook().flag(f"account.{key}", _today())


def rights(key: str) -> tuple[str, ...]:
    """The rights that `account.<key>` names today. Raises ValueError for one that is none."""
    found = rulebook().texts(f"account.{key}", _today())
    unknown = sorted(set(found) - RIGHTS.keys())
    if unknown:
        raise ValueError(f"account.{key}: no such right: {unknown}")
    return found


def due(moment: dt.datetime, key: str) -> dt.date:
    """The last day on which what was done at `moment` still holds by `account.<key>`."""
    length = rulebook().duration(f"account.{key}", _today())
    return length.after(timezone.localdate(moment))


def is_over(moment: dt.datetime, key: str) -> bool:
    """Whether more time than `account.<key>` has passed since `moment`."""
    return due(moment, key) < timezone.localdate()


def ago(key: str) -> dt.datetime:
    """A moment more than `account.<key>` ago: what happened before it lies further back."""
    length = rulebook().duration(f"account.{key}", _today())
    days = length.amount * {"days": 1, "working_days": 2, "months": 31, "years": 366}[length.unit]
    return timezone.now() - dt.timedelta(days=days)
