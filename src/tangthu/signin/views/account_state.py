"""Disabling another's account, and letting it be used again (RM-954); ending his sessions."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.signin import queries
from tangthu.signin.actions.account_state import disable_account, enable_account
from tangthu.signin.actions.end_sessions import end_of
from tangthu.signin.views.accounts import acting_of, ask, manager


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Let nobody sign in with the account of another person any more."""
    manager(request)
    found = queries.managed(acting_of(request), person_id)
    if request.method == "POST":
        disable_account(acting_of(request), person_id)
        messages.success(request, _("Đã vô hiệu hóa tài khoản."))
        return HttpResponseRedirect(reverse("signin:account", args=[person_id]))
    return ask(
        request,
        found,
        title=_("Vô hiệu hóa tài khoản"),
        what=_("Vô hiệu hóa tài khoản của %(name)s (%(username)s)"),
        here=_("Vô hiệu hóa"),
        warning=_("Người này không đăng nhập được nữa."),
        consequences=(
            _("Mọi phiên đăng nhập và khóa API của người này thôi dùng được."),
            _("Chức vụ và quyền còn nguyên; quản trị cho dùng lại được."),
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enable(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Let a disabled account be used again."""
    manager(request)
    found = queries.managed(acting_of(request), person_id)
    if request.method == "POST":
        enable_account(acting_of(request), person_id)
        messages.success(request, _("Đã cho dùng lại tài khoản."))
        return HttpResponseRedirect(reverse("signin:account", args=[person_id]))
    return ask(
        request,
        found,
        title=_("Cho dùng lại tài khoản"),
        what=_("Cho dùng lại tài khoản của %(name)s (%(username)s)"),
        here=_("Cho dùng lại"),
        warning=_("Người này đăng nhập được ngay bằng mật khẩu cũ."),
        consequences=(_("Số ngày không dùng được đếm lại từ hôm nay."),),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """End every session of another person."""
    manager(request)
    found = queries.managed(acting_of(request), person_id)
    if request.method == "POST":
        count = end_of(acting_of(request), person_id)
        messages.success(request, _("Đã kết thúc %(n)s phiên đăng nhập.") % {"n": count})
        return HttpResponseRedirect(reverse("signin:account", args=[person_id]))
    return ask(
        request,
        found,
        title=_("Kết thúc mọi phiên"),
        what=_("Kết thúc mọi phiên đăng nhập của %(name)s (%(username)s)"),
        here=_("Kết thúc mọi phiên"),
        warning=_("Việc chưa lưu ở các phiên ấy mất."),
        consequences=(
            _("Người này đăng nhập lại được ngay bằng mật khẩu của mình."),
            _("Các nơi nhận tin của người này dừng, đến khi người ấy cho gửi tiếp."),
        ),
    )
