"""Disabling another's account, and letting it be used again (RM-954)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.signin import queries
from tangthu.signin.actions.account_state import disable_account, enable_account
from tangthu.signin.views.accounts import acting_of, manager, way
from tangthu.ui.parts import Confirmation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Let nobody sign in with the account of another person any more."""
    manager(request)
    found = queries.managed(acting_of(request), person_id)
    back = reverse("signin:account", args=[person_id])
    if request.method == "POST":
        disable_account(acting_of(request), person_id)
        messages.success(request, _("Đã vô hiệu hóa tài khoản."))
        return HttpResponseRedirect(back)
    confirmation = Confirmation(
        title=_("Vô hiệu hóa tài khoản"),
        what=_("Vô hiệu hóa tài khoản của %(name)s (%(username)s)")
        % {"name": found.person.full_name, "username": found.username},
        count=1,
        authority=_("quản trị cơ quan"),
        authority_label=_("Theo thẩm quyền"),
        submit_label=_("Vô hiệu hóa"),
        cancel_url=back,
        warning=_("Người này không đăng nhập được nữa."),
        consequences=(
            _("Mọi phiên đăng nhập và khóa API của người này thôi dùng được."),
            _("Chức vụ và quyền còn nguyên; quản trị cho dùng lại được."),
        ),
    )
    context = {"confirmation": confirmation, "way": way(found, _("Vô hiệu hóa"))}
    return render(request, "ui/confirm.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enable(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Let a disabled account be used again."""
    manager(request)
    found = queries.managed(acting_of(request), person_id)
    back = reverse("signin:account", args=[person_id])
    if request.method == "POST":
        enable_account(acting_of(request), person_id)
        messages.success(request, _("Đã cho dùng lại tài khoản."))
        return HttpResponseRedirect(back)
    confirmation = Confirmation(
        title=_("Cho dùng lại tài khoản"),
        what=_("Cho dùng lại tài khoản của %(name)s (%(username)s)")
        % {"name": found.person.full_name, "username": found.username},
        count=1,
        authority=_("quản trị cơ quan"),
        authority_label=_("Theo thẩm quyền"),
        submit_label=_("Cho dùng lại"),
        cancel_url=back,
        warning=_("Người này đăng nhập được ngay bằng mật khẩu cũ."),
        consequences=(_("Số ngày không dùng được đếm lại từ hôm nay."),),
    )
    context = {"confirmation": confirmation, "way": way(found, _("Cho dùng lại"))}
    return render(request, "ui/confirm.html", context)
