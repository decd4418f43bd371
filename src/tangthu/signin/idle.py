"""Accounts that nobody uses (RM-954): when each was used last, and how long ago that is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping

from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.signin import standing

Uses = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, dt.datetime]]
_also: list[Uses] = []


def also_used(tell: Uses) -> None:
    """Name a function that tells when people were served in another way than by signing in, such
    as by a program with their key: their person ids in, the last moments out."""
    if tell not in _also:
        _also.append(tell)


def counted_from(accounts: Collection[Account]) -> dict[int, dt.datetime]:
    """For each account, by its id, the moment from which its idle days count: its last use, else
    since it was enabled again or made."""
    people = [one.person_id for one in accounts]
    others = [tell(people) for tell in _also]
    found = {}
    for one in accounts:
        kept = standing.of(one)
        moments = [told.get(one.person_id) for told in others]
        moments += [kept.used_at, kept.counted_from] if kept else []
        told_of = [moment for moment in moments if moment is not None]
        found[one.pk] = max(told_of, default=one.person.created_at)
    return found


def days(since: dt.datetime) -> int:
    """Whole days since then, by the calendar."""
    return max(0, (timezone.localdate() - timezone.localdate(since)).days)
