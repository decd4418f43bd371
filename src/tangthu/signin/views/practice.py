"""The place to practise: whether a body has one, opening it, and its password, told once."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity.models import Body
from tangthu.identity.staff import bodies_with
from tangthu.signin.actions.open_practice import close_practice, is_open, open_practice, people_of
from tangthu.signin.views.accounts import acting_of, manager
from tangthu.ui.parts import Confirmation, Crumb


@require_safe
def practice(request: HttpRequest) -> HttpResponse:
    """The bodies whose people the viewer manages, each with its place to practise."""
    viewer = manager(request)
    places = {one.practice_of_id: one for one in Body.objects.filter(practice_of__isnull=False)}
    found = [(body, places.get(body.pk)) for body in bodies_with(viewer, "people.manage")]
    context = {
        "way": _way(),
        "bodies": [
            (body, place, people_of(place) if place else (), bool(place and is_open(place)))
            for body, place in found
        ],
    }
    return render(request, "signin/practice.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_place(request: HttpRequest, body_id: uuid.UUID) -> HttpResponse:
    """Open the place of a body, or give its people a new password; the answer tells it, once."""
    viewer = manager(request)
    body = bodies_with(viewer, "people.manage").filter(pk=body_id).first()
    if request.method == "POST" and request.POST.get("close"):
        close_practice(acting_of(request), body_id)
        messages.success(request, _("Đã đóng chỗ tập; không ai đăng nhập được ở đó nữa."))
        return redirect("signin:practice")
    if request.method == "POST" or body is None:
        made = open_practice(acting_of(request), body_id)
        return render(
            request, "signin/practice_made.html", {"made": made, "way": _way(_("Mật khẩu"))}
        )
    there = Body.objects.filter(practice_of=body).exists()
    confirmation = Confirmation(
        title=_("Đặt mật khẩu mới cho chỗ tập") if there else _("Mở chỗ tập"),
        what=body.name,
        count=4,
        authority=_("quản trị cơ quan"),
        authority_label=_("Theo thẩm quyền"),
        submit_label=_("Đặt mật khẩu mới") if there else _("Mở chỗ tập"),
        cancel_url=reverse("signin:practice"),
        warning=_("Mật khẩu cũ của chỗ tập thôi dùng được ngay.")
        if there
        else _("Chỗ tập không xóa đi được, nhưng cũng không tính vào đâu."),
        consequences=(
            _("Bốn người tập: văn thư, thủ trưởng, chuyên viên, lưu trữ viên, chung một mật khẩu."),
            _("Người thật không thấy gì của chỗ tập; người tập không thấy gì của cơ quan."),
            _("Mật khẩu hiện một lần; ai cần tập thì trao cho người ấy."),
        ),
    )
    context = {"confirmation": confirmation, "way": _way(str(confirmation.title))}
    return render(request, "ui/confirm.html", context)


def _way(here: str = "") -> list[Crumb]:
    way = [Crumb(_("Tài khoản"), reverse("signin:accounts"))]
    if not here:
        return [*way, Crumb(_("Chỗ tập"))]
    return [*way, Crumb(_("Chỗ tập"), reverse("signin:practice")), Crumb(here)]
