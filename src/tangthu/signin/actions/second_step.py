"""The second step of sign-in: set up, prove, make new recovery codes, take off (RM-955)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import HouseError, InvalidInput, Refused
from tangthu.kernel.securitylog import Noted, Outcome, note
from tangthu.ledger.record import Event, record
from tangthu.signin import codes, queries
from tangthu.signin.actions import visit
from tangthu.signin.actions.resetting import note_reset
from tangthu.signin.models import Kind, Passkey, RecoveryCode, SecondStep
from tangthu.signin.noticing import of

# How a code was proved: by the app, or by a recovery code.
APP, RECOVERY = "totp", "recovery"


class TooManyWrong(HouseError):
    """Too many wrong codes: the second step of this account rests for a while."""

    http_status = 429


def set_up(
    account: Account, secret: str, typed: str, *, keep: uuid.UUID | None = None
) -> list[str]:
    """Set up an app with a secret whose code it shows; returns the recovery codes, to be told once,
    none where passkeys brought them before. All sessions end but `keep`: they began without it.

    Raises InvalidInput on "code" for a wrong code, Refused if there is an app already.
    """
    step = codes.step_of(secret, codes.plain(typed), timezone.now().timestamp())
    if step is None:
        raise _wrong()
    with transaction.atomic():
        # Two windows confirm at once: the row of the account is what they wait for.
        Account.objects.select_for_update().get(pk=account.pk)
        row = SecondStep.objects.filter(account=account).first()
        if row is not None and row.sealed is not None:
            raise Refused(
                _("Tài khoản này đã có xác thực hai bước."),
                hint=_("Gỡ xác thực hai bước cũ rồi thiết lập lại."),
            )
        made = renew_codes(account) if row is None else []
        row = row or SecondStep(account=account)
        row.sealed, row.last_step = codes.seal(account, secret), step
        row.set_up_at = timezone.now()
        row.save()
        visit.end(account, keep=keep)
        record_own(account, "signin.factor.added")
    return made


def prove(account: Account, typed: str, *, password: str | None = None) -> str:
    """Prove the second step of an account with a code of the app or a recovery code.

    Returns how it was proved: "totp" or "recovery". With `password` that must be right as well.
    Raises InvalidInput on "code" for what is wrong, without saying which; TooManyWrong after as
    many wrong ones as wrong passwords lock an account. No code is taken twice.
    """
    with transaction.atomic():
        row = SecondStep.objects.select_for_update().filter(account=account).first()
        if row is None:
            raise _wrong()
        if _is_locked(row):
            raise _locked()
        good = password is None or account.check_password(password)
        how = _take(row, account, typed) if good else ""
        _count(row, right=bool(how))
        if not how:
            _note(account, Kind.FAILED, "fail")
            if _is_locked(row):
                _note(account, Kind.LOCKED, "refused")
    if how:
        return how
    if _is_locked(row):
        raise _locked()
    raise _wrong() if password is None else _wrong_pair()


def new_recovery_codes(account: Account, typed: str) -> list[str]:
    """Ten new recovery codes for who proves his second step with the app or one of the old codes;
    the old ones no longer work. Raises as `prove`."""
    prove(account, typed)
    with transaction.atomic():
        made = renew_codes(account)
        record_own(account, "signin.recovery.made", count=len(made))
    return made


def take_off(account: Account, *, password: str, typed: str, keep: uuid.UUID | None = None) -> None:
    """Take off one's own app, with password and code; all sessions end but `keep`. Recovery codes
    go with the last second step. Raises as `prove`."""
    prove(account, typed, password=password)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if Passkey.objects.filter(account=account).exists():
            SecondStep.objects.filter(account=account).update(sealed=None)
        else:
            forget(account)
        visit.end(account, keep=keep)
        record_own(account, "signin.factor.removed")


def reset_second_step(acting: Acting, person_id: uuid.UUID) -> None:
    """Take off another person's second step, app and passkeys, who lost his phone and his codes.

    Raises NotFoundForViewer for somebody for whom no body of the acting person answers, Refused for
    himself and where there is none.
    """
    account = queries.managed_at_home(acting, person_id)
    if account.person_id == acting.viewer.person_id:
        raise Refused(
            _("Không tự gỡ xác thực hai bước của chính mình ở đây."),
            hint=_("Gỡ bằng mật khẩu và mã ở trang “Tài khoản của tôi”, hoặc nhờ quản trị khác."),
        )
    with transaction.atomic():
        if not forget(account):
            raise Refused(
                _("Người này chưa thiết lập xác thực hai bước."), hint=_("Không có gì phải gỡ.")
            )
        note_reset(acting, account)
        visit.end(account)
        body = queries.body_of_managed(acting, account)
        record(
            Event(
                kind="signin.factors.reset",
                obj=account.person_id,
                body=account.person.home_body_id,
                actor=acting.actor(body),
            )
        )


def _take(row: SecondStep, account: Account, typed: str) -> str:
    """Spend a code; says of which kind it was, "" for one that is wrong or was spent before."""
    told = codes.plain(typed)
    if told.isdecimal() and len(told) == 6 and row.sealed is not None:
        secret = codes.unseal(account, bytes(row.sealed))
        step = codes.step_of(secret, told, timezone.now().timestamp())
        if step is None or step <= row.last_step:
            return ""
        row.last_step = step
        return APP
    unused = RecoveryCode.objects.filter(account=account, used_at=None)
    digest = codes.recovery_digest(account, told)
    if not unused.filter(digest=digest).update(used_at=timezone.now()):
        return ""
    record_own(account, "signin.recovery.used", left=unused.count())
    return RECOVERY


def _note(account: Account, kind: Kind, outcome: Outcome) -> None:
    told = of(account)
    note(Noted(kind, account.username, outcome=outcome, detail={"by": [APP]}, **told))


def _count(row: SecondStep, *, right: bool) -> None:
    """Count wrong codes; a lock that ended counts from nothing."""
    now = timezone.now()
    if right:
        row.wrong = 0
    elif row.wrong >= settings.AXES_FAILURE_LIMIT:
        row.wrong, row.wrong_at = 1, now
    else:
        row.wrong, row.wrong_at = row.wrong + 1, now
    row.save(update_fields=["wrong", "wrong_at", "last_step"])


def _is_locked(row: SecondStep) -> bool:
    """Whether so many wrong codes came that none is looked at for a while."""
    if row.wrong < settings.AXES_FAILURE_LIMIT or row.wrong_at is None:
        return False
    return row.wrong_at > timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)


def renew_codes(account: Account) -> list[str]:
    """In the transaction of an action: put ten new recovery codes in the place of the old ones."""
    RecoveryCode.objects.filter(account=account).delete()
    made = codes.make_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=codes.recovery_digest(account, one)) for one in made
    )
    return made


def forget(account: Account) -> bool:
    """In the transaction of an action: forget second step, passkeys and recovery codes; returns
    whether there was one."""
    Passkey.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
    return bool(SecondStep.objects.filter(account=account).delete()[0])


def record_own(account: Account, kind: str, **detail: object) -> None:
    """The event of what a person did with his own second step."""
    body = account.person.home_body_id
    record(
        Event(
            kind=kind,
            obj=account.person_id,
            body=body,
            actor=Acting(viewer_of(account.person), "web").actor(body),
            detail=detail,
        )
    )


def _wrong() -> InvalidInput:
    words = _("Mã chưa đúng hoặc đã dùng rồi. Chờ mã mới trong ứng dụng rồi nhập lại.")
    return InvalidInput(words, problems={"code": [words]})


def _wrong_pair() -> InvalidInput:
    words = _("Mật khẩu hoặc mã chưa đúng, hoặc mã đã dùng rồi.")
    return InvalidInput(words, problems={"code": [words]})


def _locked() -> TooManyWrong:
    return TooManyWrong(
        _("Đã nhập sai mã quá nhiều lần; xác thực hai bước của tài khoản này tạm khóa."),
        hint=_("Hãy thử lại sau ít phút. Nếu không phải bạn đã thử, hãy đổi mật khẩu ngay."),
    )
