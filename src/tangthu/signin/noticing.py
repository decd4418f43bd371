"""What Django and the lock-out tell of sign-ins, written into the security log."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tangthu.identity.models import Account
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin import duties, proving, visits
from tangthu.signin.models import Kind


def connect() -> None:
    """Listen; once, at start-up."""
    user_logged_in.connect(_signed_in, dispatch_uid="tangthu.signin")
    user_logged_out.connect(_signed_out, dispatch_uid="tangthu.signin")
    user_login_failed.connect(_failed, dispatch_uid="tangthu.signin")
    user_locked_out.connect(_locked, dispatch_uid="tangthu.signin")


def of(account: Account) -> dict[str, Any]:
    """How an account stands in an entry: its name, its person, the person's body."""
    return {
        "account": account.username,
        "person_id": account.person_id,
        "body_id": account.person.home_body_id,
    }


def of_name(username: str) -> dict[str, Any]:
    """The same of a name as somebody typed it, which may be nobody's."""
    found = Account.objects.select_related("person").filter(username=username).first()
    return of(found) if found else {"typed": username}


def _signed_in(sender: object, request: HttpRequest, user: Account, **more: object) -> None:
    from tangthu.signin.actions import visit
    from tangthu.signin.actions.set_password import used

    used(user)
    visit.begin(request.session, user)
    how = getattr(request, "signed_in_by", ("password",))
    duties.tell(request.session, user, proved="oidc-second" in how)
    proving.note(request.session, how)
    note(Noted(Kind.SIGNED_IN, target=user.username, detail={"by": list(how)}, **of(user)))


def _signed_out(sender: object, request: HttpRequest, user: Account | None, **more: object) -> None:
    from tangthu.signin.actions import visit

    if user is not None:
        visit.end(user, only=visits.own_id(request.session))
        note(Noted(Kind.SIGNED_OUT, target=user.username, **of(user)))


def _failed(sender: object, credentials: dict[str, Any], **more: object) -> None:
    name = str(credentials.get("username") or "")
    found = of_name(name)
    note(Noted(Kind.FAILED, target=found.get("account", ""), outcome="fail", **found))


def _locked(sender: object, username: str | None = None, **more: object) -> None:
    found = of_name(username or "")
    note(Noted(Kind.LOCKED, target=found.get("account", ""), outcome="refused", **found))
