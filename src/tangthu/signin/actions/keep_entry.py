"""Write into the security log: with the source, at a rate that nobody can flood it with."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.kernel.securitylog import Caller, Noted, note
from tangthu.ledger.record import Event
from tangthu.signin import subjects
from tangthu.signin.models import Kind, SecurityEntry

# Within so long a time no more than so many lines: of one source and kind, and of visitors in all.
SPAN = dt.timedelta(minutes=10)
MOST_OF_SOURCE = 60
MOST_OF_VISITORS = 3000
# What anybody can cause as often as he likes.
_LIMITED = frozenset({Kind.FAILED, Kind.LOCKED, Kind.REFUSED})
# Events of the ledger that change accounts or rights, in the log's terms; any other is a change of
# rights (a position, a delegation, a clearance, a body).
_EVENTS: Mapping[str, Kind] = {
    "identity.person.added": Kind.ADDED,
    "signin.password.reset": Kind.PASSWORD_RESET,
    "signin.factor.added": Kind.FACTOR_ADDED,
    "signin.factor.removed": Kind.FACTOR_REMOVED,
    "signin.passkey.added": Kind.FACTOR_ADDED,
    "signin.passkey.renamed": Kind.FACTOR_RENAMED,
    "signin.passkey.removed": Kind.FACTOR_REMOVED,
    "signin.provider.linked": Kind.FACTOR_ADDED,
    "signin.provider.unlinked": Kind.FACTOR_REMOVED,
    "signin.provider.given": Kind.FACTOR_ADDED,
    "signin.provider.taken": Kind.FACTOR_REMOVED,
    "signin.factors.reset": Kind.FACTOR_REMOVED,
    "signin.recovery.made": Kind.RECOVERY,
    "signin.recovery.used": Kind.RECOVERY,
    "signin.sessions.ended": Kind.SESSION_ENDED,
    "signin.account.disabled": Kind.DISABLED,
    "signin.account.idled": Kind.DISABLED,
    "signin.account.enabled": Kind.ENABLED,
    "signin.review.closed": Kind.REVIEWED,
}


def name_key(username: str) -> str:
    """A digest of a user name that only this installation can make; case does not count."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, username.lower().encode(), hashlib.sha256).hexdigest()[:32]


def keep(noted: Noted, caller: Caller) -> None:
    """Write one entry; the database gives its time. Too many of one source are counted, not kept:
    the last that is kept says so."""
    detail = dict(noted.detail)
    if noted.kind in _LIMITED:
        room = _room(noted, caller)
        if room <= 0:
            return
        if room == 1:
            detail["more_left_out"] = True
    account = noted.account
    if not account and noted.typed:
        account = _masked(noted.typed)
    SecurityEntry(
        at=timezone.now(),
        kind=noted.kind,
        outcome=noted.outcome,
        source=caller.address[:45],
        port=caller.port,
        agent=_plain(caller.agent)[:160],
        target=_plain(noted.target)[:200],
        account=_plain(account)[:60],
        name_key=name_key(noted.account or noted.typed) if noted.account or noted.typed else "",
        person_id=noted.person_id,
        body_id=noted.body_id,
        detail=detail,
    ).save(force_insert=True)


def _room(noted: Noted, caller: Caller) -> int:
    """How many entries of this kind may still be written now."""
    young = SecurityEntry.objects.filter(at__gt=timezone.now() - SPAN, kind=noted.kind)
    mine = young.filter(source=caller.address[:45])
    if noted.kind == Kind.REFUSED and noted.person_id:
        mine = young.filter(person_id=noted.person_id)
    left = MOST_OF_SOURCE - mine[:MOST_OF_SOURCE].count()
    if noted.person_id is None or noted.kind != Kind.REFUSED:
        left = min(left, MOST_OF_VISITORS - young[:MOST_OF_VISITORS].count())
    return left


def _masked(typed: str) -> str:
    """The first letters of a name that nobody bears: it may be a password in the wrong field."""
    return f"{_plain(typed)[:3]}…"


def _plain(text: str) -> str:
    """Text without what no line of a log should hold: control characters, halves of characters."""
    known = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(one if one.isprintable() else " " for one in known).strip()


def of_event(event: Event) -> None:
    """Write the entry of an event of the ledger that changes an account or a right."""
    person, target, told = subjects.of_event(event)
    by = None
    if event.actor.person_id:
        accounts = Account.objects.filter(person_id=event.actor.person_id)
        by = accounts.values_list("username", flat=True).first()
    told.pop("username", None)
    detail: dict[str, object] = {"event": event.kind, "via": event.actor.via, **told}
    note(
        Noted(
            kind=_EVENTS.get(event.kind, Kind.RIGHTS),
            target=target,
            account=by or event.actor.via,
            person_id=person or event.obj,
            body_id=event.body,
            detail=detail,
        )
    )
