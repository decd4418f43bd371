"""Accounts of identity providers: linked and unlinked by the person himself or by who manages his
account, and signed in with."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.securitylog import Noted, note
from tangthu.ledger.record import Event, record
from tangthu.signin import queries
from tangthu.signin.actions import visit
from tangthu.signin.actions.second_step import record_own
from tangthu.signin.models import Kind, ProviderLink, SignInState
from tangthu.signin.noticing import of
from tangthu.signin.oidc import Told
from tangthu.signin.providers import Provider

OIDC = "oidc"


def link(account: Account, provider: Provider, told: Told) -> None:
    """Link one's own account with the one that the provider told of. Raises Refused if either is
    linked already."""
    with transaction.atomic():
        _link(account, provider.issuer, told.subject)
        record_own(account, "signin.provider.linked", issuer=provider.issuer)


def _link(account: Account, issuer: str, subject: str, *, by: str = "") -> None:
    Account.objects.select_for_update().get(pk=account.pk)
    mine = ProviderLink.objects.filter(account=account, issuer=issuer)
    taken = ProviderLink.objects.filter(issuer=issuer, subject=subject)
    if mine.exists() or taken.exists():
        raise Refused(
            _("Tài khoản này hoặc danh tính ấy đã gắn rồi."),
            hint=_("Thôi gắn ở tài khoản đang gắn rồi gắn lại."),
        )
    ProviderLink(
        account=account,
        issuer=issuer,
        subject=subject,
        linked_at=timezone.now(),
        linked_by=by,
    ).save(force_insert=True)


def unlink(account: Account, issuer: str) -> None:
    """Unlink one's own account; does nothing where there is no link."""
    with transaction.atomic():
        if ProviderLink.objects.filter(account=account, issuer=issuer).delete()[0]:
            record_own(account, "signin.provider.unlinked", issuer=issuer)


def link_for(acting: Acting, person_id: uuid.UUID, provider: Provider, subject: str) -> Account:
    """Link another person's account with the one that the provider calls `subject`.

    Whoever links chooses who comes in, as at a reset: so the person confirms no change of rights
    for a while, and sees on his page who linked. Raises NotFoundForViewer for somebody for whom no
    body of the acting person answers, Refused for himself and where either is linked already,
    InvalidInput on "subject".
    """
    account = _other(acting, person_id)
    subject = subject.strip()
    if not 0 < len(subject) <= 255 or not subject.isprintable():
        words = _("Ghi tên mà nơi cấp danh tính gọi tài khoản ấy, nhiều nhất 255 ký tự.")
        raise InvalidInput(words, problems={"subject": [words]})
    with transaction.atomic():
        by = str(_("người vận hành máy")) if acting.is_system else acting.viewer.full_name
        _link(account, provider.issuer, subject, by=by)
        SignInState.objects.update_or_create(
            account=account, defaults={"reset_at": timezone.now(), "demonstration": False}
        )
        _record(acting, account, "signin.provider.given", issuer=provider.issuer, subject=subject)
    return account


def unlink_for(acting: Acting, person_id: uuid.UUID, issuer: str) -> Account:
    """Unlink another person's account, and end his sessions. Raises as `link_for`, and Refused
    where there is no link."""
    account = _other(acting, person_id)
    with transaction.atomic():
        if not ProviderLink.objects.filter(account=account, issuer=issuer).delete()[0]:
            raise Refused(_("Tài khoản này chưa gắn với nơi ấy."), hint=_("Không có gì phải gỡ."))
        visit.end(account)
        _record(acting, account, "signin.provider.taken", issuer=issuer)
    return account


def _other(acting: Acting, person_id: uuid.UUID) -> Account:
    account = queries.managed_at_home(acting, person_id)
    if account.person_id == acting.viewer.person_id:
        raise Refused(
            _("Không tự gắn danh tính của chính mình ở đây."),
            hint=_("Gắn ở trang “Tài khoản của tôi”."),
        )
    return account


def _record(acting: Acting, account: Account, kind: str, **detail: object) -> None:
    record(
        Event(
            kind=kind,
            obj=account.person_id,
            body=account.person.home_body_id,
            actor=acting.actor(queries.body_of_managed(acting, account)),
            detail=detail,
        )
    )


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
