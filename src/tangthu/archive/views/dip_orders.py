"""Asking for a use package (DIP) of a dossier or of one document."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from tangthu.archive.actions.order_dip import Asked, chosen_documents, order_dip
from tangthu.archive.views.dip_picks import DocumentsField
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.records import queries as records
from tangthu.records.fields import code_choices
from tangthu.records.models import Membership
from tangthu.ui import formats
from tangthu.ui.form_pages import lay
from tangthu.ui.forms import CodeListField
from tangthu.ui.parts import Crumb
from tangthu.ui.tables import EmptyState

_methods = require_http_methods(["GET", "HEAD", "POST"])
_LISTED = 50
_OTHERS = "10"
_EMPTY = EmptyState(
    gettext_lazy("Không có tài liệu nào bạn được xem trong hồ sơ này"),
    gettext_lazy("Hồ sơ có thể chưa có tài liệu, hoặc chỉ có tài liệu dành cho người khác."),
)


class DipForm(forms.Form):
    """The request that a DIP answers (RM-816), and which documents of the dossier it is about."""

    not_done = gettext_lazy("Chưa gửi được")

    documents = forms.CharField(
        label=gettext_lazy("Tài liệu khác trong hồ sơ"), max_length=400, required=False
    )
    purpose_text = forms.CharField(
        label=gettext_lazy("Nội dung mục đích sử dụng"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    research_topic = forms.CharField(
        label=gettext_lazy("Chủ đề nghiên cứu"), max_length=250, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    field_order = (
        "picked", "documents", "purpose_code", "purpose_text", "fee_class", "research_topic",
        "note",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, places: Sequence[Membership] = (), more: int = 0
    ) -> None:
        """`places` are offered to be marked; `more` stand behind them, to be named by number."""
        super().__init__(data, initial={"purpose_code": "02", "fee_class": _OTHERS})
        today = timezone.localdate()
        self.fields["purpose_code"] = CodeListField(
            label=_("Mục đích sử dụng"), codes=code_choices("purpose", today)
        )
        self.fields["fee_class"] = CodeListField(
            label=_("Đối tượng tính phí"), codes=code_choices("fee_classes", today)
        )
        if places:
            self.fields["picked"] = DocumentsField(places)
        if more:
            self.fields["documents"].help_text = ngettext(
                "Còn %(n)s tài liệu không có trong bảng trên. Ghi số thứ tự, ví dụ 51-60, 75.",
                "Còn %(n)s tài liệu không có trong bảng trên. Ghi số thứ tự, ví dụ 51-60, 75.",
                more,
            ) % {"n": formats.thousands(more)}
        else:
            del self.fields["documents"]
        self.order_fields(self.field_order)

    def asked(self) -> Asked:
        """The request as stated, after is_valid()."""
        names = ("purpose_code", "purpose_text", "fee_class", "research_topic", "note")
        return Asked(**{name: self.cleaned_data[name] for name in names})


@_methods
def of_dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Ask for a DIP of a dossier's documents, all or some."""
    found = records.dossier(viewer(request), dossier_id)
    _may(request, found.body_id)
    visible = records.documents_of(viewer(request), found)
    places, count = list(visible[:_LISTED]), visible.count()
    form = DipForm(
        request.POST if request.method == "POST" else None,
        places=places,
        more=max(0, count - _LISTED),
    )
    if form.is_bound and form.is_valid():
        try:
            chosen = chosen_documents(
                acting(request),
                found.id,
                form.cleaned_data.get("documents", ""),
                picked=form.cleaned_data.get("picked", ()),
            )
            dip, _job = order_dip(acting(request), chosen, form.asked())
        except InvalidInput as error:
            lay(form, error)
        else:
            return redirect("archive:dip", dip_id=dip.id)
    context = {
        "form": form,
        "heading": found.title,
        "code": found.archive_file_code,
        "empty": None if places else _EMPTY,
        "way": [
            Crumb(_("Hồ sơ"), reverse("archive:dossiers")),
            Crumb(found.archive_file_code, reverse("archive:dossier", args=[found.id])),
            Crumb(_("Tạo gói sử dụng")),
        ],
        "cancel_url": reverse("archive:dossier", args=[found.id]),
        "save_label": _("Tạo gói sử dụng"),
        "cancel_label": _("Không, quay lại"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/dip_form.html", context, status=status)


@_methods
def of_document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Ask for a DIP of one document."""
    found = records.document(viewer(request), document_id)
    _may(request, found.body_id)
    form = DipForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            dip, _job = order_dip(acting(request), [found.id], form.asked())
        except InvalidInput as error:
            lay(form, error)
        else:
            return redirect("archive:dip", dip_id=dip.id)
    here = reverse("archive:document", args=[found.id])
    context = {
        "form": form,
        "heading": found.subject,
        "code": found.record_archive_code,
        "way": [
            Crumb(_("Tài liệu"), reverse("archive:documents")),
            Crumb(found.record_archive_code, here),
            Crumb(_("Tạo gói sử dụng")),
        ],
        "cancel_url": here,
        "save_label": _("Tạo gói sử dụng"),
        "cancel_label": _("Không, quay lại"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/dip_form.html", context, status=status)


def _may(request: HttpRequest, body_id: uuid.UUID) -> None:
    if not viewer(request).may("dissemination.make", body_id):
        raise NotFoundForViewer(_("Không có gì ở đây."))
