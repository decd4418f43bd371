"""Sessions of the site: whether one still stands, is locked because nobody was there, or has ended
(RM-954; values in rulesets/accounts.toml)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.signin import rules
from tangthu.signin.models import Visit

KEY = "visit"
STANDS, LOCKED, ENDED = "stands", "locked", "ended"


def own_id(session: Any) -> uuid.UUID | None:
    """The id of this very session."""
    kept = session.get(KEY)
    return uuid.UUID(kept) if kept else None


def standing_of(request: HttpRequest) -> str:
    """How the session of a request stands: STANDS, LOCKED, or ENDED by somebody, after its longest
    time, or because nobody began it."""
    visit_id = own_id(request.session)
    found = Visit.objects.filter(pk=visit_id, ended_at=None).first() if visit_id else None
    request.visit = found  # type: ignore[attr-defined]
    now = timezone.now()
    if found is None or found.began_at <= now - longest():
        return ENDED
    if found.seen_at <= now - idle():
        return LOCKED
    return STANDS


def of_request(request: HttpRequest) -> Visit | None:
    """The session that `standing_of` found for a request; None without one."""
    found: Visit | None = getattr(request, "visit", None)
    return found


def idle() -> dt.timedelta:
    """After how long without a use a session is locked."""
    return dt.timedelta(minutes=rules.number("session_idle"))


def longest() -> dt.timedelta:
    """After how long a session ends in any case."""
    return dt.timedelta(hours=rules.number("session_longest"))


def of(account: Account) -> list[Visit]:
    """The sessions of an account that stand, the last used first."""
    since = timezone.now() - longest()
    found = Visit.objects.filter(account=account, ended_at=None, began_at__gt=since)
    return list(found.order_by("-seen_at", "-began_at"))
