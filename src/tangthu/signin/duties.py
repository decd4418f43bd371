"""What somebody must do before he may work: set a password of his own, set up a second step.

Told once at sign-in and kept in the session, so that pages ask nobody; who is given another's
password is signed out everywhere, so the next sign-in tells anew. Only who signed in inside the
house without a second step is looked at with each request: he may carry his session out.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import viewer_of
from tangthu.signin import outside, rules
from tangthu.signin.models import SecondStep, SignInState

PASSWORD = "password"  # noqa: S105 - the name of a duty
SECOND_STEP = "second-step"
_DUTIES, AFTER = "duties", "after_duties"
# In the session: it has no second step, and may only be used inside.
_INSIDE_ONLY = "inside_only"
_PAGES = {PASSWORD: "signin:password", SECOND_STEP: "signin:second-step"}


def is_administrator(viewer: Viewer) -> bool:
    """Whether the stricter rules for administrators hold for this person (RM-955)."""
    rights = ("people.manage", "house.administer", "house.keep")
    return any(viewer.may_anywhere(right) for right in rights)


def of(account: Account) -> list[str]:
    """The duties of an account, in the order in which they are asked for."""
    state = SignInState.objects.filter(account=account).first()
    viewer = viewer_of(account.person)
    found = []
    if _password_is_due(state, administrator=is_administrator(viewer)):
        found.append(PASSWORD)
    away = outside.comes_from_outside()
    if must_have_second_step(viewer, state, away=away) and not has_second_step(account):
        found.append(SECOND_STEP)
    return found


def must_have_second_step(viewer: Viewer, state: SignInState | None, *, away: bool = False) -> bool:
    """Whether a second step is compulsory: for who has a right that the rules name, and for who
    comes from outside (`away`), by RM-955; but in a demonstration, whose passwords are printed."""
    if state is not None and state.demonstration:
        return False
    return away or any(viewer.may_anywhere(right) for right in rules.rights("second_step_required"))


def has_second_step(account: Account) -> bool:
    """Whether the account has set up its second step."""
    return SecondStep.objects.filter(account=account).exists()


def _password_is_due(state: SignInState | None, *, administrator: bool) -> bool:
    """Whether somebody else gave the password, or an administrator has had his for too long."""
    if state is None or state.password_at is None:
        return True
    return administrator and rules.is_over(state.password_at, "administrator_password_age")


def tell(session: Any, account: Account, *, proved: bool = False) -> None:
    """Write the duties of who just signed in into his session; `proved`: with a second factor that
    is not kept here, so that none has to be set up."""
    found = [one for one in of(account) if not (proved and one == SECOND_STEP)]
    if found:
        session[_DUTIES] = found
    else:
        session.pop(_DUTIES, None)
    one_step = not proved and not has_second_step(account)
    if one_step and not _is_demonstration(account):
        session[_INSIDE_ONLY] = True
    else:
        session.pop(_INSIDE_ONLY, None)


def _is_demonstration(account: Account) -> bool:
    return SignInState.objects.filter(account=account, demonstration=True).exists()


def _waiting(session: Any) -> list[str]:
    """The duties of this session now."""
    found = list(session.get(_DUTIES, ()))
    if SECOND_STEP not in found and session.get(_INSIDE_ONLY) and outside.comes_from_outside():
        found.append(SECOND_STEP)
    return found


def page(request: HttpRequest) -> str:
    """The address of the page that settles the first duty of this session; "" without one."""
    waiting = _waiting(request.session)
    return reverse(_PAGES[waiting[0]]) if waiting else ""


def onward(request: HttpRequest, wanted: str) -> str:
    """Where somebody goes who just signed in: to his first duty, else where he wanted to go."""
    due = page(request)
    if due:
        request.session[AFTER] = wanted
    return due or wanted


def settle(request: HttpRequest, duty: str) -> str:
    """Strike a duty off; returns where to go: to the next one, or where the person wanted to go."""
    if duty == SECOND_STEP:
        request.session.pop(_INSIDE_ONLY, None)
    left = [one for one in _waiting(request.session) if one != duty]
    if left:
        request.session[_DUTIES] = left
        return reverse(_PAGES[left[0]])
    request.session.pop(_DUTIES, None)
    return str(request.session.pop(AFTER, "") or "")
