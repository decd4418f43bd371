"""Set a password: one's own, or by an administrator another's, who must then set his own."""

from __future__ import annotations

import uuid

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.securitylog import Noted, note
from tangthu.ledger.record import Event, record
from tangthu.signin import guessing, passwords, queries, rules
from tangthu.signin.actions import visit
from tangthu.signin.actions.resetting import end_ways_in, note_reset, suspect
from tangthu.signin.actions.second_step import TooManyWrong, record_own
from tangthu.signin.models import Kind, PastPassword, SignInState
from tangthu.signin.noticing import of


def set_own_password(
    account: Account,
    *,
    old: str,
    new: str,
    keep: uuid.UUID | None = None,
    suspicious: bool = False,
) -> None:
    """Change one's own password; all sessions of the account end but `keep`. With `suspicious` ends
    also what somebody else may have set who knew the old one (`resetting.suspect`).

    Raises InvalidInput on "old" for a wrong one, on "new" for one that RM-955 forbids, TooManyWrong
    after as many wrong ones as lock an account at sign-in. Every other
    session of the account ends with it: Django compares the password's digest in each.
    """
    if guessing.is_guessed_inside(account):
        note(Noted(Kind.LOCKED, account.username, outcome="refused", **of(account)))
        raise TooManyWrong(
            _("Đã nhập sai mật khẩu quá nhiều lần; chưa đổi được mật khẩu."),
            hint=_("Hãy thử lại sau ít phút."),
        )
    if not account.check_password(old):
        note(Noted(Kind.PASSWORD_CHANGED, account.username, outcome="fail", **of(account)))
        words = _("Mật khẩu hiện nay chưa đúng.")
        raise InvalidInput(words, problems={"old": [words]})
    _require_good(new, account)
    with transaction.atomic():
        _keep_past(account)
        account.set_password(new)
        account.save(update_fields=["password"])
        now = timezone.now()
        state, _made = SignInState.objects.get_or_create(account=account)
        if state.password_at is None:
            state.own_since = now
        state.password_at, state.demonstration = now, False
        state.save(update_fields=["own_since", "password_at", "demonstration"])
        visit.end(account, keep=keep)
        detail = {"suspicious": True} if suspicious else {}
        if suspicious:
            for issuer in suspect(Acting(viewer_of(account.person), "web"), account):
                record_own(account, "signin.provider.unlinked", issuer=issuer)
        note(Noted(Kind.PASSWORD_CHANGED, account.username, detail=detail, **of(account)))


def reset_password(acting: Acting, person_id: uuid.UUID) -> str:
    """Give another person a new password and return it, to be told once.

    He must set his own at the next sign-in; his sessions, keys and links end, his passkeys let
    nobody in alone any more. Raises
    NotFoundForViewer for somebody for whom no body of the acting person answers, Refused for
    himself.
    """
    account = queries.managed_at_home(acting, person_id)
    if account.person_id == acting.viewer.person_id:
        raise Refused(
            _("Không tự đặt lại mật khẩu của chính mình."),
            hint=_("Đổi mật khẩu ở trang “Tài khoản của tôi”."),
        )
    made = passwords.make()
    with transaction.atomic():
        _keep_past(account)
        account.set_password(made)
        account.save(update_fields=["password"])
        note_reset(acting, account, password_at=None)
        unlinked = len(end_ways_in(account))
        visit.end(account)
        body = queries.body_of_managed(acting, account)
        record(
            Event(
                kind="signin.password.reset",
                obj=account.person_id,
                body=account.person.home_body_id,
                actor=acting.actor(body),
                detail={"unlinked": unlinked},
            )
        )
    return made


def _require_good(new: str, account: Account) -> None:
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise InvalidInput(
            _("Mật khẩu mới chưa dùng được."), problems={"new": list(error.messages)}
        ) from error


def _keep_past(account: Account) -> None:
    """Remember the present password; more than the rule asks for are forgotten."""
    PastPassword(account=account, password=account.password, at=timezone.now()).save()
    kept = PastPassword.objects.filter(account=account).order_by("-at")
    old = kept.values_list("pk", flat=True)[rules.number("password_history") :]
    PastPassword.objects.filter(pk__in=list(old)).delete()


def used(account: Account) -> None:
    """Note that an account was signed in with, from which its idle days count (RM-954)."""
    SignInState.objects.update_or_create(account=account, defaults={"used_at": timezone.now()})


def take_as_own(account: Account, *, demonstration: bool = False) -> None:
    """Let the present password stand as the person's own: of a demonstration, and of tests."""
    SignInState.objects.update_or_create(
        account=account,
        defaults={"password_at": timezone.now(), "demonstration": demonstration},
    )
