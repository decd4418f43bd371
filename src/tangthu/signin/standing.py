"""How an account stands, in words: its state, its last use, its password."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tangthu.identity.models import Account
from tangthu.signin.models import SecondStep, SignInState
from tangthu.ui import formats
from tangthu.ui.parts import Tone


def of(account: Account) -> SignInState | None:
    """What is known of how the account signs in; None if nothing yet."""
    try:
        return account.signin
    except SignInState.DoesNotExist:
        return None


def used_at(account: Account) -> dt.datetime | None:
    """When it was last signed in with; None if never."""
    state = of(account)
    return state.used_at if state else None


def state(account: Account) -> tuple[str, Tone]:
    """Whether it can be used, and the tone of that word."""
    if not account.is_active:
        return _("Đã vô hiệu hóa"), "danger"
    if not account.person.active:
        return _("Người đã nghỉ"), "danger"
    kept = of(account)
    if kept is None or kept.password_at is None:
        return _("Chờ đặt mật khẩu"), "warn"
    return _("Đang dùng"), "ok"


def password(account: Account) -> str:
    """Whose the password is, and since when."""
    kept = of(account)
    if kept is None or kept.password_at is None:
        return _("do người khác cấp, phải đổi khi đăng nhập")
    return _("tự đặt lúc %(when)s") % {"when": formats.moment(kept.password_at)}


def second_step(account: Account) -> SecondStep | None:
    """The second step of the account; None if none is set up."""
    try:
        return account.second_step
    except SecondStep.DoesNotExist:
        return None


def has_app(account: Account) -> bool:
    """Whether an app shows codes for the account."""
    found = second_step(account)
    return found is not None and found.sealed is not None


def second_step_words(account: Account) -> str:
    """Whether there is a second step, and since when."""
    found = second_step(account)
    if found is None:
        kept = of(account)
        if kept is not None and kept.demonstration:
            return _("chưa thiết lập; tài khoản trình diễn được miễn")
        return _("chưa thiết lập")
    ways = [_("mã từ ứng dụng")] if found.sealed is not None else []
    count = passkeys(account)
    if count:
        ways.append(ngettext("%(n)s khóa truy cập", "%(n)s khóa truy cập", count) % {"n": count})
    when = formats.moment(found.set_up_at)
    return _("%(ways)s, từ %(when)s") % {"ways": ", ".join(ways), "when": when}


def passkeys(account: Account) -> int:
    """How many passkeys the account has."""
    return account.passkeys.count()


def has_own_password(account: Account) -> bool:
    """Whether the person set the present password himself."""
    kept = of(account)
    return kept is not None and kept.password_at is not None
