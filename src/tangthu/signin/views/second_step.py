"""One's own second step: set it up, see how it stands, new recovery codes, take it off; and taking
off another's, who lost his phone."""

from __future__ import annotations

import base64
import binascii
import uuid

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.signin import codes, duties, outside, proving, queries, standing, visits
from tangthu.signin.actions import second_step as actions
from tangthu.signin.views.accounts import acting_of, ask, manager, what_rests
from tangthu.signin.views.code import CodeForm, locked
from tangthu.ui import formats
from tangthu.ui.marks import while_due
from tangthu.ui.parts import Fact, FactGroup

# In the session, sealed: the secret that is offered and not yet confirmed.
_OFFERED = "offered_second_step"


class SetUpForm(CodeForm):
    """The first code that the app shows."""

    code = forms.CharField(
        label=gettext_lazy("Mã 6 chữ số trong ứng dụng"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-in"}
        ),
    )


class TakeOffForm(CodeForm):
    """Password and code: whoever finds an open window has neither."""

    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("password", "code")


def _account(request: HttpRequest) -> Account:
    account = request.user
    assert isinstance(account, Account)
    return account


def _offered(request: HttpRequest, account: Account) -> str:
    """The secret that this session offers, the same each time until it is confirmed."""
    try:
        return codes.unseal(account, base64.b64decode(request.session[_OFFERED]))
    except (KeyError, binascii.Error, Refused):
        secret = codes.make_secret()
        request.session[_OFFERED] = base64.b64encode(codes.seal(account, secret)).decode()
        return secret


@while_due
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """How one's second step stands; without one, setting it up with the app's first code."""
    account = _account(request)
    if standing.second_step(account) is not None:
        return _standing(request, account)
    return _set_up(request, account)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Setting up an app beside the passkeys there are."""
    account = _account(request)
    found = standing.second_step(account)
    if found is None or found.sealed is not None:
        return HttpResponseRedirect(reverse("signin:second-step"))
    return _set_up(request, account)


def _set_up(request: HttpRequest, account: Account) -> HttpResponse:
    """Offer a secret, and take the first code that the app shows of it."""
    unproved = proving.first(request)
    if unproved is not None:
        return unproved
    secret = _offered(request, account)
    form = SetUpForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            keep = visits.own_id(request.session)
            made = actions.set_up(account, secret, form.cleaned_data["code"], keep=keep)
        except InvalidInput as error:
            form.take_problems(error)
        else:
            request.session.pop(_OFFERED, None)
            onward = duties.settle(request, duties.SECOND_STEP)
            onward = onward or reverse("signin:second-step")
            if made:
                return recovery_codes(request, made, onward)
            messages.success(request, _("Đã thêm ứng dụng sinh mã; mã khôi phục cũ vẫn dùng được."))
            return HttpResponseRedirect(onward)
    address = codes.address_for_apps(account, secret)
    context = {
        "form": form,
        "must": bool(duties.page(request)),
        "away": outside.comes_from_outside(),
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "signin/second_step_new.html", context, status=status)


def _standing(request: HttpRequest, account: Account) -> HttpResponse:
    found = standing.second_step(account)
    assert found is not None
    left = queries.codes_left(account)
    with_app = found.sealed is not None
    facts = FactGroup(
        _("Xác thực hai bước"),
        (
            Fact(_("Ứng dụng sinh mã"), _("có") if with_app else _("chưa")),
            Fact(_("Khóa truy cập"), str(standing.passkeys(account))),
            Fact(_("Thiết lập lúc"), formats.moment(found.set_up_at)),
            Fact(_("Mã khôi phục còn lại"), str(left), tone="" if left > 3 else "warn"),
        ),
    )
    context = {"fact_groups": [facts], "with_app": with_app}
    return render(request, "signin/second_step.html", context)


def recovery_codes(request: HttpRequest, made: list[str], onward: str) -> HttpResponse:
    """Recovery codes, shown this once."""
    return render(request, "signin/recovery_codes.html", {"codes": made, "onward": onward})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    """Make ten new recovery codes; the old ones no longer work."""
    account = _account(request)
    if standing.second_step(account) is None:
        return HttpResponseRedirect(reverse("signin:second-step"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.new_recovery_codes(account, form.cleaned_data["code"])
        except InvalidInput as error:
            form.take_problems(error)
        except actions.TooManyWrong:
            return locked(request)
        else:
            return recovery_codes(request, made, reverse("signin:second-step"))
    context = {
        "form": form,
        "title": _("Lập mã khôi phục mới"),
        "words": _("Mười mã mới thay các mã cũ; mã cũ thôi dùng được ngay."),
        "submit": _("Lập mã mới"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "signin/second_step_form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_off(request: HttpRequest) -> HttpResponse:
    """Take off one's own app; for whom a second step is compulsory, setting up another is next."""
    account = _account(request)
    found = standing.second_step(account)
    if found is None or found.sealed is None:
        return HttpResponseRedirect(reverse("signin:second-step"))
    form = TakeOffForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            keep = visits.own_id(request.session)
            actions.take_off(account, password=given["password"], typed=given["code"], keep=keep)
        except InvalidInput as error:
            form.take_problems(error)
        except actions.TooManyWrong:
            return locked(request)
        else:
            duties.tell(request.session, account)
            told_removed(request, account)
            return HttpResponseRedirect(duties.page(request) or reverse("office:account"))
    words = _("Bước thứ hai khi đăng nhập còn lại khóa truy cập và mã khôi phục.")
    if not standing.passkeys(account):
        words = words_of_last()
    context = {
        "form": form,
        "title": _("Gỡ ứng dụng sinh mã"),
        "words": words,
        "submit": _("Gỡ ứng dụng sinh mã"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "signin/second_step_form.html", context, status=status)


def words_of_last() -> str:
    """What follows when the last second step is taken off."""
    return _(
        "Sau đó chỉ cần mật khẩu để đăng nhập. Người quản trị phải thiết lập lại ngay, "
        "ví dụ với điện thoại mới."
    )


def told_removed(request: HttpRequest, account: Account) -> None:
    """Tell what was taken off, on the next page."""
    if duties.has_second_step(account):
        messages.success(request, _("Đã gỡ. Bước thứ hai vẫn còn cách khác."))
    else:
        messages.success(request, _("Đã gỡ xác thực hai bước và các mã khôi phục."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Take off the second step of another person, who lost his phone."""
    manager(request)
    found = queries.managed_at_home(acting_of(request), person_id)
    if request.method == "POST":
        actions.reset_second_step(acting_of(request), person_id)
        messages.success(request, _("Đã gỡ xác thực hai bước của người này."))
        return HttpResponseRedirect(reverse("signin:account", args=[person_id]))
    return ask(
        request,
        found,
        title=_("Gỡ xác thực hai bước"),
        what=_("Gỡ xác thực hai bước của %(name)s (%(username)s)"),
        here=_("Gỡ xác thực hai bước"),
        warning=_("Chỉ làm khi chắc chắn đúng người này nhờ: gặp mặt, hoặc gọi số đã biết."),
        consequences=(
            _("Người này đăng nhập bằng mật khẩu cho tới khi thiết lập lại."),
            _("Khóa truy cập và mã khôi phục của người này thôi dùng được."),
            _("Ai bắt buộc có xác thực hai bước thì phải thiết lập lại trước khi làm việc."),
            *what_rests(found),
        ),
    )
