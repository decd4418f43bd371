"""Note that somebody read the security log (RM-957: administrators' own access is logged)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin.models import Kind, SecurityEntry
from tangthu.signin.noticing import of

# Leafing through pages is one reading.
_ONE_READING = dt.timedelta(minutes=10)


def note_reading(viewer: Viewer, account: Account, *, target: str, always: bool = False) -> None:
    """Note a reading of the log at the address `target`; leafing on is not noted, a file always."""
    young = SecurityEntry.objects.filter(
        kind=Kind.LOG_READ,
        person_id=viewer.person_id,
        target=target,
        at__gt=timezone.now() - _ONE_READING,
    )
    if always or not young.exists():
        note(Noted(Kind.LOG_READ, target=target, **of(account)))
