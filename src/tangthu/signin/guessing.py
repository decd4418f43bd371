"""Guessing at one account, from however many addresses: counted in the security log.

What is counted for each address at sign-in (axes) stays; this holds beside it, so that who guesses
from a thousand addresses does not have a thousand times as many guesses.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.signin import rules
from tangthu.signin.actions.keep_entry import name_key
from tangthu.signin.models import Kind, SecurityEntry, Visit


def _lately() -> QuerySet[SecurityEntry]:
    cooloff = dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    return SecurityEntry.objects.filter(at__gt=timezone.now() - cooloff)


def is_guessed(username: str, address: str) -> bool:
    """Whether so many wrong passwords were typed for a user name, from wherever, that none is
    looked at for a while; but from an address where its person has been signed in lately."""
    wrong = _lately().filter(kind=Kind.FAILED, name_key=name_key(username))
    # Lines of keys and of who holds no position are no guesses.
    if wrong.exclude(detail__has_key="why").count() < rules.number("failures_everywhere"):
        return False
    known = Visit.objects.filter(account__username=username, source=address[:45])
    return not known.exists()


def is_guessed_inside(account: Account) -> bool:
    """Whether so many wrong passwords were typed into the form that changes the password of an
    account that none is looked at for a while."""
    wrong = _lately().filter(
        kind=Kind.PASSWORD_CHANGED, outcome="fail", person_id=account.person_id
    )
    return wrong.count() >= settings.AXES_FAILURE_LIMIT
