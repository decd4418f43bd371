"""What else happens when somebody else resets a password or a second step: he could now come in
instead of the person, so keys end, and nothing is confirmed in the person's name for a while. And
what rests when somebody else may have been in: at a reset, and when a person ends his sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.signin.models import SignInState

# What else ends with a reset (keys of programs), registered by who keeps it.
_resetting: list[Callable[[Acting, uuid.UUID], None]] = []
# What rests until the person himself goes on with it (hooks), registered by who keeps it.
_suspecting: list[Callable[[Acting, uuid.UUID], object]] = []


def on_reset(end: Callable[[Acting, uuid.UUID], None]) -> None:
    """Let `end` be called with who resets and whose account, in the transaction of the reset."""
    if end not in _resetting:
        _resetting.append(end)


def on_suspicion(rest: Callable[[Acting, uuid.UUID], object]) -> None:
    """Let `rest` be called with who acts and whose account it is, in the transaction of a reset or
    of the ending of all other sessions."""
    if rest not in _suspecting:
        _suspecting.append(rest)


def note_suspicion(acting: Acting, account: Account) -> None:
    """In the transaction of an action: let rest what somebody else may have set for the person."""
    for rest in _suspecting:
        rest(acting, account.person_id)


def note_reset(acting: Acting, account: Account, **state: object) -> None:
    """Note that somebody else reset how an account proves itself, and end what hangs on it.

    `state`: columns of its state that change too. An account whose way in others know is no longer
    one of a demonstration.
    """
    SignInState.objects.update_or_create(
        account=account,
        defaults={"reset_at": timezone.now(), "demonstration": False, **state},
    )
    for end in _resetting:
        end(acting, account.person_id)
    note_suspicion(acting, account)
