"""Write down sessions of the site: that one begins, that somebody is there, that one ends."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.kernel.securitylog import caller
from tangthu.signin import visits
from tangthu.signin.models import Visit

# A use is written down at most so often.
_NOTED_EVERY = dt.timedelta(seconds=60)


def begin(session: Any, account: Account) -> None:
    """Note that a session begins, from where and with which program."""
    now, here = timezone.now(), caller()
    visit = Visit.objects.create(
        account=account,
        began_at=now,
        seen_at=now,
        source=here.address[:45],
        agent="".join(one for one in here.agent if one.isprintable())[:160],
    )
    session[visits.KEY] = str(visit.pk)


def note_use(request: HttpRequest, *, always: bool = False) -> None:
    """Note that somebody is there: at once with `always`, else when a minute has passed."""
    found, now = visits.of_request(request), timezone.now()
    if found is not None and (always or found.seen_at < now - _NOTED_EVERY):
        Visit.objects.filter(pk=found.pk).update(seen_at=now)


def end(account: Account, *, keep: uuid.UUID | None = None, only: uuid.UUID | None = None) -> int:
    """End sessions of an account: all, all but `keep`, or `only` one; returns how many stood."""
    found = Visit.objects.filter(account=account, ended_at=None)
    if only is not None:
        found = found.filter(pk=only)
    if keep is not None:
        found = found.exclude(pk=keep)
    return found.update(ended_at=timezone.now())


def forget() -> int:
    """Forget sessions that ended, or had to, over a day ago."""
    old = timezone.now() - visits.longest() - dt.timedelta(days=1)
    return Visit.objects.filter(began_at__lt=old).delete()[0]
