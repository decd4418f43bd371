"""Disable an account, by hand or because nobody uses it, and let it be used again (RM-954)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house
from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.models import Account
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Event, record
from tangthu.signin import idle, queries, rules
from tangthu.signin.actions import visit
from tangthu.signin.models import SignInState


def disable_account(acting: Acting, person_id: uuid.UUID, **detail: object) -> None:
    """Let nobody sign in with an account any more, end its sessions; `detail` goes into its event.

    Raises NotFoundForViewer for somebody whom the acting person does not manage, KeptByOthers for
    who keeps the house, Refused for himself.
    """
    account = queries.managed(acting, person_id)
    house.require_over(acting, person_id)
    if person_id == acting.viewer.person_id:
        raise Refused(
            _("Không tự vô hiệu hóa tài khoản của chính mình."),
            hint=_("Nhờ quản trị khác của cơ quan."),
        )
    _disable(acting, account, "signin.account.disabled", **detail)


def enable_account(acting: Acting, person_id: uuid.UUID) -> None:
    """Let a disabled account be used again; its idle days count from now. Raises NotFoundForViewer,
    KeptByOthers for who keeps the house, Refused for that of somebody who has left."""
    account = queries.managed(acting, person_id)
    house.require_over(acting, person_id)
    if not account.person.active:
        raise Refused(
            _("Người này đã thôi việc."), hint=_("Tài khoản của người thôi việc không mở lại.")
        )
    with transaction.atomic():
        changed = Account.objects.filter(pk=account.pk, is_active=False).update(is_active=True)
        if not changed:
            return
        SignInState.objects.update_or_create(
            account=account, defaults={"counted_from": timezone.now()}
        )
        _record(acting, account, "signin.account.enabled")


def disable_idle_accounts() -> int:
    """Disable every account that nobody has used for longer than `account.idle`, one transaction
    each; forget old sessions. Returns how many were disabled. May be repeated at any time."""
    visit.forget()
    active = Account.objects.filter(is_active=True, person__active=True)
    every = list(active.select_related("person", "signin"))
    since = idle.counted_from(every)
    old = [one for one in every if rules.is_over(since[one.pk], "idle")]
    kind = "signin.account.idled"
    return sum(_disable(SYSTEM, one, kind, days=idle.days(since[one.pk])) for one in old)


def _disable(acting: Acting, account: Account, kind: str, **detail: object) -> bool:
    with transaction.atomic():
        if not Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
            return False
        visit.end(account)
        _record(acting, account, kind, **detail)
    return True


def _record(acting: Acting, account: Account, kind: str, **detail: object) -> None:
    body = queries.body_of_managed(acting, account)
    record(
        Event(
            kind=kind,
            obj=account.person_id,
            body=account.person.home_body_id,
            actor=acting.actor(body),
            detail=detail,
        )
    )
