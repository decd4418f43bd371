"""One's own sessions: seen, and ended; and the lock of a screen at which nobody was."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.identity.models import Account
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin import proving, visits, wording
from tangthu.signin.actions import visit
from tangthu.signin.actions.end_sessions import end_own
from tangthu.signin.models import Kind
from tangthu.signin.noticing import of
from tangthu.ui import formats
from tangthu.ui.marks import while_locked

# In a form that was posted to a locked screen: the password that opens it.
PASSWORD = "unlock_password"  # noqa: S105 - the name of a field


class UnlockForm(forms.Form):
    """The password again."""

    unlock_password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def unlock(request: HttpRequest, password: str) -> bool:
    """Open the locked screen with the password of who signed in; wrong ones count as at sign-in."""
    account = request.user
    assert isinstance(account, Account)
    if authenticate(request, username=account.username, password=password) is None:
        return False
    visit.note_use(request, always=True)
    note(Noted(Kind.IDLE_OPENED, target=account.username, **of(account)))
    return True


def locked_page(
    request: HttpRequest, *, address: str, onward: str = "", wrong: bool = False
) -> HttpResponse:
    """The lock, whose form goes to `address`, and from there to `onward` if that is named.

    Otherwise what was posted is kept in the page and sent on with the password, its own token as
    well: a form of another site gets no further than before.
    """
    form = UnlockForm({PASSWORD: "-"} if wrong else None)
    if wrong:
        form.add_error(PASSWORD, _("Mật khẩu chưa đúng."))
    posted = () if onward else request.POST.lists()
    kept = [(name, one) for name, values in posted if name != PASSWORD for one in values]
    context = {"form": form, "kept": kept, "address": address, "onward": onward}
    return render(request, "signin/locked.html", context, status=422 if wrong else 200)


@while_locked
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """Ask for the password of who signed in, then lead back to where he was."""
    told = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    onward = told if safe else reverse("office:home")
    if visits.standing_of(request) != visits.LOCKED:
        return HttpResponseRedirect(onward)
    wrong = False
    if request.method == "POST":
        if unlock(request, request.POST.get(PASSWORD, "")[:256]):
            return HttpResponseRedirect(onward)
        wrong = True
    return locked_page(request, address=reverse("signin:lock"), onward=onward, wrong=wrong)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; POST ends one session, or all but this one."""
    account = request.user
    assert isinstance(account, Account)
    mine = visits.own_id(request.session)
    if request.method == "POST":
        unproved = proving.first(request)
        if unproved is not None:
            messages.info(request, _("Xác nhận xong thì chọn lại phiên cần kết thúc."))
            return unproved
        count = _end(account, request.POST.get("visit", ""), mine)
        if count:
            messages.success(request, _("Đã kết thúc %(n)s phiên đăng nhập.") % {"n": count})
        return HttpResponseRedirect(reverse("signin:sessions"))
    rows = [
        {
            "id": one.pk,
            "own": one.pk == mine,
            "device": wording.device(one.agent),
            "source": one.source,
            "began": formats.moment(one.began_at),
            "seen": formats.moment(one.seen_at),
        }
        for one in visits.of(account)
    ]
    context = {"rows": rows, "others": any(not one["own"] for one in rows)}
    return render(request, "signin/sessions.html", context)


def _end(account: Account, which: str, mine: uuid.UUID | None) -> int:
    """End the session named in a form; none if the name is none, or this very session's."""
    if which == "others":
        return end_own(account, keep=mine)
    try:
        return end_own(account, only=uuid.UUID(which), keep=mine)
    except ValueError:
        return 0
