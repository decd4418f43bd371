"""Quarantined files before the officer who decides on them; nobody else learns of them."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive.actions.hold_suspect import decide_quarantined, note_suspect_viewed
from tangthu.archive.views.import_images import draw
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import quarantined
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel import quarantine
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.kernel.models import QuarantinedItem
from tangthu.records import queries as records
from tangthu.records.models import Withheld
from tangthu.ui import formats
from tangthu.ui.form_pages import lay
from tangthu.ui.parts import Crumb, Fact, FactGroup
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage

SHOWN = 200


class DecisionForm(forms.Form):
    """What the officer decides, and on what basis."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Kết luận"),
        widget=forms.RadioSelect,
        choices=(
            ("not_secret", gettext_lazy("Không mật: trả tệp về đợt số hóa")),
            ("declassified", gettext_lazy("Đã giải mật: trả tệp về đợt, ghi số quyết định")),
            ("purged", gettext_lazy("Hủy: xóa hẳn tệp khỏi hệ thống này")),
        ),
    )
    basis = forms.CharField(
        label=gettext_lazy("Căn cứ"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Số, ngày, cơ quan ra quyết định giải mật; bắt buộc khi đã giải mật. "
            "Không ghi nội dung."
        ),
    )


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits in quarantine, oldest first: when, how large, from which batch. Never a name."""
    who = viewer(request)
    if not who.may_anywhere("quarantine.decide"):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    register = Register[QuarantinedItem](
        name="quarantine",
        caption=_("Tệp bị cách ly"),
        query=request.GET,
        default_sort="when",
        row_id=lambda one: str(one.id),
        columns=(
            Column("when", _("Cách ly lúc"), _when, "date", primary=True),
            Column("size", _("Cỡ"), lambda one: formats.file_size(one.size), "number"),
            Column("batch", _("Mã đợt"), lambda one: str(one.context_obj)[:8], "code"),
        ),
        empty=EmptyState(
            _("Không có tệp nào bị cách ly"),
            _("Tệp có dấu hiệu độ mật khi kiểm tra sẽ chờ kết luận của bạn ở đây."),
        ),
    )
    rows = list(quarantined(who)[:SHOWN])
    page = register.page(
        rows[: register.page_size], sort_values=lambda one: (one.arrived_at.isoformat(),)
    )
    context = {"register": page, "count": len(rows), "withheld": _withheld(who)}
    return render(request, "archive/imports/quarantine.html", context)


def _withheld(who: Viewer) -> RegisterPage | None:
    """Records that were reported as state secrets after they had been taken in; None if none."""
    rows = list(records.withheld(who).select_related("document")[:SHOWN])
    if not rows:
        return None
    register = Register[Withheld](
        name="withheld",
        caption=_("Tài liệu đã nhận, bị báo là mật"),
        query={},
        default_sort="when",
        row_id=lambda one: str(one.id),
        page_size=SHOWN,
        columns=(
            Column("when", _("Báo lúc"), _reported, "date", primary=True),
            Column("code", _("Mã lưu trữ"), lambda one: one.document.record_archive_code, "code"),
        ),
    )
    return register.page(rows, sort_values=lambda one: (one.reported_at.isoformat(),))


def _reported(one: Withheld) -> Cell:
    return Cell(formats.moment(one.reported_at), reverse("archive:withheld", args=[one.id]))


def _when(one: QuarantinedItem) -> Cell:
    return Cell(formats.moment(one.arrived_at), reverse("imports:quarantine-item", args=[one.id]))


def _held(who: Viewer, held_id: uuid.UUID) -> QuarantinedItem:
    found = quarantined(who).filter(pk=held_id).first()
    if found is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, held_id: uuid.UUID) -> HttpResponse:
    """One quarantined file and the decision on it."""
    held = _held(viewer(request), held_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            decide_quarantined(
                acting(request),
                held_id,
                decision=form.cleaned_data["decision"],
                basis=form.cleaned_data["basis"],
            )
        except InvalidInput as error:
            lay(form, error)
        else:
            messages.success(
                request, _("Đã ghi kết luận. Đợt số hóa cần được kiểm tra lại để nhận tệp.")
                if form.cleaned_data["decision"] != "purged"
                else _("Đã hủy tệp.")
            )  # fmt: skip
            return redirect("imports:quarantine")
    facts = (
        Fact(_("Cách ly lúc"), formats.moment(held.arrived_at)),
        Fact(_("Cỡ"), formats.file_size(held.size)),
        Fact(_("Mã đợt"), str(held.context_obj), code=True),
    )
    context = {
        "held": held,
        "form": form,
        "way": [Crumb(_("Cách ly"), reverse("imports:quarantine")), Crumb(_("Kết luận"))],
        "fact_groups": [FactGroup(_("Tệp bị cách ly"), facts)],
        "shown": request.GET.get("xem") == "1",
        "page_url": reverse("imports:quarantine-page", args=[held.id]),
        "save_label": _("Ghi kết luận"),
        "cancel_url": reverse("imports:quarantine"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/imports/quarantine_item.html", context, status=status)


@require_safe
def first_page(request: HttpRequest, held_id: uuid.UUID) -> HttpResponse:
    """The first page for the deciding officer alone; that it was seen is recorded first."""
    held = _held(viewer(request), held_id)
    note_suspect_viewed(acting(request), held)
    image = draw(quarantine.path_of(settings.HOME, held.id), 1)
    response = HttpResponse(image.data, content_type=image.mime)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
