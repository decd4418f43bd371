"""Accounts of identity providers: linked and unlinked by the person himself, and signed in with."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import Refused
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin.actions.second_step import record_own
from tangthu.signin.models import Kind, ProviderLink
from tangthu.signin.noticing import of
from tangthu.signin.oidc import Told
from tangthu.signin.providers import Provider

OIDC = "oidc"


def link(account: Account, provider: Provider, told: Told) -> None:
    """Link one's own account with the one that the provider told of. Raises Refused if either is
    linked already."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        mine = ProviderLink.objects.filter(account=account, issuer=provider.issuer)
        taken = ProviderLink.objects.filter(issuer=provider.issuer, subject=told.subject)
        if mine.exists() or taken.exists():
            raise Refused(
                _("Tài khoản này hoặc danh tính ấy đã gắn rồi."),
                hint=_("Thôi gắn ở tài khoản đang gắn rồi gắn lại."),
            )
        ProviderLink(
            account=account,
            issuer=provider.issuer,
            subject=told.subject,
            linked_at=timezone.now(),
        ).save(force_insert=True)
        record_own(account, "signin.provider.linked", issuer=provider.issuer)


def unlink(account: Account, issuer: str) -> None:
    """Unlink one's own account; does nothing where there is no link."""
    with transaction.atomic():
        if ProviderLink.objects.filter(account=account, issuer=issuer).delete()[0]:
            record_own(account, "signin.provider.unlinked", issuer=issuer)


def account_of(provider: Provider, told: Told) -> Account:
    """Whose account is linked with what the provider told. Raises Refused for nobody's, a disabled
    one and one without a position, in the same words; that is a line of the security log."""
    rows = ProviderLink.objects.select_related("account__person")
    row = rows.filter(issuer=provider.issuer, subject=told.subject).first()
    account = row.account if row is not None else None
    if row is None or account is None or not _may_enter(account):
        whose = of(account) if account else {}
        target = account.username if account else ""
        note(Noted(Kind.FAILED, target, outcome="fail", detail={"by": [OIDC]}, **whose))
        raise Refused(
            _("Danh tính này chưa gắn với tài khoản nào dùng được ở đây."),
            hint=_("Đăng nhập bằng mật khẩu, rồi gắn ở “Tài khoản của tôi”."),
        )
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return account


def _may_enter(account: Account) -> bool:
    return account.is_active and bool(viewer_of(account.person).positions)
