"""What else happens when somebody else resets a password or a second step: he could now come in
instead of the person, so keys end, and nothing is confirmed in the person's name for a while. And
what rests when somebody else may have been in: at a reset, and when a person ends his sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.signin.models import Passkey, ProviderLink, SignInState

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


def suspect(acting: Acting, account: Account) -> list[str]:
    """In the transaction of an action of the person's own, who fears that somebody else knew his
    password: end keys, let hooks rest, unlink identities, let passkeys sign in alone no more; as
    after a reset. Returns the issuers of the identities that were unlinked."""
    for end in _resetting:
        end(acting, account.person_id)
    note_suspicion(acting, account)
    return end_ways_in(account)


def end_ways_in(account: Account) -> list[str]:
    """Whoever knew the old password may have linked an identity or made a passkey of his own: no
    link stands, no passkey lets in alone. Returns the issuers of the links there were."""
    Passkey.objects.filter(account=account).update(second_only=True)
    links = ProviderLink.objects.filter(account=account)
    issuers = list(links.values_list("issuer", flat=True))
    links.delete()
    return issuers


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
