"""Between password and code: who proved his password and has yet to prove his second step.

Told in the session of a visitor, who is nobody until he has proved both.
"""

from __future__ import annotations

import time

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tangthu.identity.models import Account
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin import duties
from tangthu.signin.models import Kind
from tangthu.signin.noticing import of

# How long a proved password waits for its code, in seconds: long enough to fetch a phone.
WAITS = 300
_HALF = "halfway"


def begin(
    request: HttpRequest, account: Account, *, wanted: str, lost: bool, first: str = "password"
) -> str:
    """Note that the password of `account` was right, or what else was its `first` step; returns the
    page that asks for the code.

    `wanted`: where the person goes afterwards. `lost`: something that he posted was not kept.
    """
    request.session.cycle_key()
    request.session[_HALF] = {
        "account": account.pk,
        "backend": account.backend,  # type: ignore[attr-defined]
        "proof": account.get_session_auth_hash(),
        "at": int(time.time()),
        "wanted": wanted,
        "lost": lost,
        "first": first,
    }
    note(Noted(Kind.HALF, account.username, detail={"by": [first]}, **of(account)))
    return reverse("signin:code")


def account_of(request: HttpRequest) -> Account | None:
    """Whose password was proved in this session; None if nobody's, or too long ago, or if the
    password or the account has changed since."""
    half = request.session.get(_HALF)
    if not half or not 0 <= time.time() - half["at"] <= WAITS:
        return None
    found = Account.objects.select_related("person").filter(pk=half["account"], is_active=True)
    account = found.first()
    if account is None or account.get_session_auth_hash() != half["proof"]:
        return None
    return account


def finish(request: HttpRequest, account: Account, how: str) -> str:
    """Sign in whose second step was proved by `how` as well; returns where he goes."""
    half = request.session.pop(_HALF)
    request.signed_in_by = (half["first"], how)  # type: ignore[attr-defined]
    login(request, account, backend=half["backend"])
    return gone_in(request, str(half["wanted"]), lost=half["lost"])


def gone_in(request: HttpRequest, wanted: str, *, lost: bool) -> str:
    """Where somebody goes who is signed in now; what he had posted and lost is told there."""
    if lost:
        words = _("Phiên làm việc đã hết hạn; nội dung vừa nhập chưa được lưu.")
        messages.warning(request, words)
    return duties.onward(request, wanted)
