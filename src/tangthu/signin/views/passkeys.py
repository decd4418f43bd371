"""One's own passkeys: seen, added, renamed, taken off."""

from __future__ import annotations

import json
import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput
from tangthu.signin import ceremony, challenges, duties, places, proving, queries, standing, visits
from tangthu.signin.actions import passkeys as actions
from tangthu.signin.actions.passkeys import LONGEST_NAME, PASSKEY
from tangthu.signin.views.second_step import recovery_codes, told_removed, words_of_last
from tangthu.ui import formats
from tangthu.ui.marks import while_due


class NameForm(forms.Form):
    """What one calls a passkey."""

    name = forms.CharField(
        label=gettext_lazy("Tên khóa"),
        help_text=gettext_lazy("Để nhận ra máy đang giữ khóa, ví dụ “Điện thoại”."),
        max_length=LONGEST_NAME,
    )

    def take_problems(self, error: InvalidInput) -> None:
        """Show what an action found wrong: beside its field, or above all."""
        for name, words in error.problems.items():
            self.add_error(name if name in self.fields else None, [str(one) for one in words])


def _account(request: HttpRequest) -> Account:
    account = request.user
    assert isinstance(account, Account)
    return account


@while_due
@never_cache
@require_safe
def passkeys(request: HttpRequest) -> HttpResponse:
    """One's own passkeys, and why none works at this address where that is so."""
    place = places.place_of(request)
    rows = [
        {
            "id": one.pk,
            "name": one.name,
            "added": formats.moment(one.added_at),
            "used": formats.moment(one.used_at) if one.used_at else _("chưa lần nào"),
            "second_only": one.second_only,
            "elsewhere": "" if place and place.host == one.host else one.host,
        }
        for one in queries.passkeys_of(_account(request))
    ]
    context = {"rows": rows, "why_not": places.why_not(request), "must": duties.page(request)}
    return render(request, "signin/passkeys.html", context)


@while_due
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a passkey: its name first, then the browser makes it."""
    place = places.place_of(request)
    if place is None:
        return HttpResponseRedirect(reverse("signin:passkeys"))
    if PASSKEY in request.POST:
        return _made(request, place)
    unproved = proving.first(request)
    if unproved is not None:
        return unproved
    account = _account(request)
    form = NameForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _ask(request, form)
    asked = ceremony.ask_for_new(
        place,
        handle=account.person_id.bytes,
        username=account.username,
        full_name=account.person.full_name,
        known=queries.credentials_at(account, place.host),
    )
    name = form.cleaned_data["name"]
    challenges.keep(request, challenges.NEW, asked.state, name=name, account=account.pk)
    context = {"options": json.dumps(asked.options), "name": name}
    return render(request, "signin/passkey_make.html", context)


def _made(request: HttpRequest, place: places.Place) -> HttpResponse:
    """Take what the browser made."""
    account, asked = _account(request), challenges.take(request, challenges.NEW)
    try:
        if asked is None or asked["account"] != account.pk:
            raise actions.not_made()
        made = actions.add_passkey(
            account,
            place,
            asked["state"],
            request.POST[PASSKEY],
            name=asked["name"],
            keep=visits.own_id(request.session),
        )
    except InvalidInput as error:
        form = NameForm({"name": asked["name"] if asked else ""})
        form.full_clean()
        form.take_problems(error)
        return _ask(request, form)
    onward = duties.settle(request, duties.SECOND_STEP) or reverse("signin:passkeys")
    if made:
        return recovery_codes(request, made, onward)
    messages.success(request, _("Đã thêm khóa truy cập."))
    return HttpResponseRedirect(onward)


def _ask(request: HttpRequest, form: NameForm) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Thêm khóa truy cập"),
        "words": _(
            "Khóa nằm trong máy của bạn (điện thoại, máy tính, khóa USB) và mở bằng vân tay, "
            "khuôn mặt hoặc mã PIN của máy. Trang giả mạo không lấy được."
        ),
        "submit": _("Tiếp tục"),
        "back": reverse("signin:passkeys"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "signin/passkey_form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, passkey_id: uuid.UUID) -> HttpResponse:
    """Give a passkey of one's own another name."""
    account = _account(request)
    found = queries.own_passkey(account, passkey_id)
    posted = request.method == "POST"
    form = NameForm(request.POST if posted else None, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        try:
            actions.rename_passkey(account, passkey_id, form.cleaned_data["name"])
        except InvalidInput as error:
            form.take_problems(error)
        else:
            messages.success(request, _("Đã đổi tên khóa truy cập."))
            return HttpResponseRedirect(reverse("signin:passkeys"))
    context = {
        "form": form,
        "title": _("Đổi tên khóa truy cập"),
        "words": "",
        "submit": _("Đổi tên"),
        "back": reverse("signin:passkeys"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "signin/passkey_form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, passkey_id: uuid.UUID) -> HttpResponse:
    """Take off a passkey of one's own; where the last second step goes with it and is compulsory,
    setting up another is next."""
    account = _account(request)
    found = queries.own_passkey(account, passkey_id)
    unproved = proving.first(request)
    if unproved is not None:
        return unproved
    if request.method == "POST":
        actions.remove_passkey(account, passkey_id, keep=visits.own_id(request.session))
        duties.tell(request.session, account)
        told_removed(request, account)
        return HttpResponseRedirect(duties.page(request) or reverse("signin:passkeys"))
    last = standing.passkeys(account) == 1 and not standing.has_app(account)
    context = {
        "title": _("Gỡ khóa truy cập “%(name)s”") % {"name": found.name},
        "words": words_of_last()
        if last
        else _("Khóa thôi đăng nhập được ngay. Các phiên đăng nhập khác của bạn kết thúc."),
        "submit": _("Gỡ khóa"),
        "back": reverse("signin:passkeys"),
    }
    return render(request, "signin/passkey_form.html", context)
