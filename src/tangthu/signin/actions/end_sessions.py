"""End sessions of one's own account; who ends all others fears that somebody else was in."""

from __future__ import annotations

import uuid

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin.actions import visit
from tangthu.signin.actions.resetting import note_suspicion
from tangthu.signin.models import Kind
from tangthu.signin.noticing import of


def end_own(account: Account, *, keep: uuid.UUID | None, only: uuid.UUID | None = None) -> int:
    """End one's own session `only`, or all but `keep`; returns how many stood. With all others
    rests what somebody else may have set meanwhile (`note_suspicion`)."""
    with transaction.atomic():
        count = visit.end(account, keep=keep, only=only)
        if only is None:
            note_suspicion(Acting(viewer_of(account.person), "web"), account)
        if count:
            detail = {"sessions": count}
            note(Noted(Kind.SESSION_ENDED, account.username, detail=detail, **of(account)))
    return count
