"""Seeing as another: asked for on his account's page, answered by him, begun and ended."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tangthu.kernel.errors import NotFoundForViewer
from tangthu.signin import queries, rules, seeing
from tangthu.signin.actions import see_as
from tangthu.signin.views.accounts import acting_of, manager, way
from tangthu.ui import formats
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Confirmation, Crumb


class ReasonForm(forms.Form):
    """Why one asks."""

    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=300)


class AnswerForm(forms.Form):
    """The answer that the button gives; silence allows nothing."""

    answer = forms.CharField(widget=forms.HiddenInput)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Ask a person to let one see as he does; once he has, begin."""
    viewer = manager(request)
    acting = acting_of(request)
    found = queries.managed(acting, person_id)
    mine = see_as.standing().filter(person=person_id, asked_by=viewer.person_id).first()
    here = _("Xem như người này")
    if mine is not None and (mine.allowed_at is None or request.method != "POST"):
        context = {"account": found, "seeing": mine, "way": way(found, here)}
        return render(request, "signin/see_as.html", context)
    if mine is not None:
        begun = see_as.begin(acting, person_id)
        request.session[seeing.KEY] = str(begun.pk)
        return HttpResponseRedirect(reverse("office:home"))

    def act(given: dict[str, str]) -> str:
        see_as.ask(acting, person_id, reason=given["reason"])
        return reverse("signin:see-as", args=[person_id])

    return run_form(
        request,
        ReasonForm(posted(request)),
        act,
        done=_("Đã gửi lời xin; người ấy trả lời ở trang Việc của tôi."),
        title=_("Xin xem như %(name)s") % {"name": found.person.full_name},
        lead=_(
            "Người ấy phải cho phép, mỗi lần %(n)s phút. Bạn chỉ xem, không làm được gì, và mỗi "
            "hồ sơ, tài liệu bạn mở được ghi tên bạn."
        )
        % {"n": rules.number("seeing")},
        save_label=_("Gửi lời xin"),
        way=way(found, here),
        cancel_url=reverse("signin:account", args=[person_id]),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, seeing_id: uuid.UUID) -> HttpResponse:
    """Let who asked see as oneself, or refuse; and end what was allowed."""
    acting = acting_of(request)
    mine = see_as.standing().filter(pk=seeing_id, person=acting.viewer.person_id).first()
    if mine is None:
        raise NotFoundForViewer()
    if request.method == "POST":
        if mine.allowed_at is None and request.POST.get("answer") == "yes":
            allowed = see_as.allow(acting, seeing_id)
            until = formats.moment(allowed.until)
            messages.success(request, _("Đã cho phép đến %(until)s.") % {"until": until})
        else:
            see_as.end(acting, seeing_id)
            messages.success(request, _("Không ai xem như bạn nữa."))
        return HttpResponseRedirect(reverse("office:home"))
    confirmation = Confirmation(
        title=_("Cho %(name)s xem như bạn?") % {"name": mine.asked_by.full_name}
        if mine.allowed_at is None
        else _("%(name)s đang được xem như bạn") % {"name": mine.asked_by.full_name},
        what=mine.reason,
        count=_("%(n)s phút") % {"n": rules.number("seeing")},
        authority=mine.asked_by.full_name,
        authority_label=_("Người xin"),
        submit_label=_("Cho phép") if mine.allowed_at is None else _("Kết thúc ngay"),
        cancel_url=reverse("office:home"),
        form=AnswerForm(initial={"answer": "yes"}),
        warning=_("Người ấy thấy mọi hồ sơ, tài liệu mà bạn thấy, trừ bí mật nhà nước."),
        consequences=(
            _("Người ấy chỉ xem: không ký, không sửa, không tải về được gì nhân danh bạn."),
            _("Mỗi hồ sơ, tài liệu người ấy mở được ghi tên người ấy, không ghi tên bạn."),
            _("Bạn kết thúc bất cứ lúc nào ở trang Việc của tôi."),
        ),
    )
    way_here = [Crumb(_("Việc của tôi"), reverse("office:home")), Crumb(str(confirmation.title))]
    context = {"confirmation": confirmation, "way": way_here, "seeing": mine}
    return render(request, "signin/see_as_answer.html", context)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    request.session.pop(seeing.KEY, None)
    messages.success(request, _("Bạn lại là chính bạn."))
    return HttpResponseRedirect(reverse("office:home"))


stop.is_while_seeing = True  # type: ignore[attr-defined]
