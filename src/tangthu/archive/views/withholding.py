"""Reporting that a record is a state secret, and the officer's conclusion on it."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tangthu.archive.actions.report_secret import report_secret
from tangthu.archive.actions.withhold_document import release_document
from tangthu.identity.models import Person
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries
from tangthu.ui import formats
from tangthu.ui.parts import Confirmation, Crumb, Fact, FactGroup

_methods = require_http_methods(["GET", "HEAD", "POST"])


class ReleaseForm(forms.Form):
    """On what basis the document is given back."""

    basis = forms.CharField(
        label=gettext_lazy("Căn cứ"),
        max_length=200,
        help_text=gettext_lazy(
            "Kết luận không mật, hoặc số, ngày, cơ quan ra quyết định giải mật. Không ghi nội dung."
        ),
    )


@_methods
def report(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Report a document as a state secret: one page that says what follows, then it is done."""
    who = viewer(request)
    found = queries.document(who, document_id)
    if not who.may("archive.describe", found.body_id):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    if request.method == "POST":
        report_secret(acting(request), document_id)
        messages.success(
            request, _("Đã cách ly tài liệu và báo lãnh đạo phụ trách bảo vệ bí mật nhà nước.")
        )
        return redirect("archive:documents")
    confirmation = Confirmation(
        title=_("Báo tài liệu là bí mật nhà nước"),
        what=_("Cách ly tài liệu %(code)s") % {"code": found.record_archive_code},
        count=_("1 tài liệu"),
        authority_label=_("Người thực hiện"),
        authority=who.full_name,
        submit_label=_("Cách ly ngay"),
        cancel_url=reverse("archive:document", args=[found.id]),
        warning=_("Có hiệu lực ngay, với mọi người."),
        consequences=(
            _("không ai, kể cả bạn, còn tìm, xem, tải được tài liệu này;"),
            _("hồ sơ chứa nó không đóng gói và không phục hồi giữa các kho nữa;"),
            _("lãnh đạo phụ trách được báo; chỉ lãnh đạo đưa tài liệu trở lại được."),
        ),
    )
    way = [
        Crumb(_("Tài liệu"), reverse("archive:documents")),
        Crumb(found.record_archive_code, confirmation.cancel_url),
        Crumb(confirmation.title),
    ]
    return render(request, "ui/confirm.html", {"confirmation": confirmation, "way": way})


@_methods
def conclude(request: HttpRequest, withheld_id: uuid.UUID) -> HttpResponse:
    """The officer's page of one withheld document: when, by whom, and giving it back."""
    held = queries.withheld(viewer(request)).filter(pk=withheld_id).first()
    if held is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        release_document(acting(request), held.id, form.cleaned_data["basis"])
        messages.success(request, _("Đã đưa tài liệu trở lại."))
        return redirect("imports:quarantine")
    reporter = Person.objects.filter(pk=held.reported_by).first()
    facts = (
        Fact(_("Báo lúc"), formats.moment(held.reported_at)),
        Fact(_("Người báo"), reporter.full_name if reporter else ""),
        Fact(_("Mã lưu trữ"), held.document.record_archive_code, code=True),
    )
    context = {
        "form": form,
        "way": [Crumb(_("Cách ly"), reverse("imports:quarantine")), Crumb(_("Kết luận"))],
        "fact_groups": [FactGroup(_("Tài liệu bị cách ly"), facts)],
        "save_label": _("Không mật: đưa trở lại"),
        "cancel_url": reverse("imports:quarantine"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/withheld.html", context, status=status)
