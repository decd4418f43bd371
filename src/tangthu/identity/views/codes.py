"""The national registry of identifiers: searching it, and loading it from a file (AR-37)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity import agency_codes
from tangthu.identity.actions.load_codes import load_codes
from tangthu.identity.house import KEEP
from tangthu.identity.models import AgencyCode
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Column, EmptyState, Register

_MOST = 200


class LoadForm(forms.Form):
    """The file of the registry."""

    file = forms.FileField(
        label=gettext_lazy("Tệp danh mục"),
        help_text=gettext_lazy(
            "CSV (UTF-8) có các cột ma_dinh_danh, ten, tu_ngay, den_het_ngay, quyet_dinh; hoặc "
            "TOML. Thay toàn bộ danh mục đã nạp."
        ),
    )


@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """The codes that were loaded, with their days; for everybody with a position."""
    who = viewer(request)
    if not who.bodies():
        raise NotFoundForViewer()
    register: Register[AgencyCode] = Register(
        name="agency-codes",
        caption=_("Danh mục mã định danh"),
        query=request.GET,
        default_sort="code",
        row_id=lambda row: str(row.pk),
        page_size=_MOST,
        searchable=True,
        columns=(
            Column("code", _("Mã định danh"), lambda row: row.code, "code", primary=True),
            Column("name", _("Tên cơ quan"), lambda row: row.name),
            Column("since", _("Từ ngày"), lambda row: formats.day(row.effective_from), "date"),
            Column(
                "until", _("Đến hết ngày"),
                lambda row: formats.day(row.effective_to) if row.effective_to else "", "date",
            ),
            Column("decision", _("Quyết định"), lambda row: row.decision, wide_only=True),
        ),
        empty=EmptyState(
            _("Chưa có mã nào"), _("Quản trị nạp danh mục theo QĐ 20/2020 và QĐ 09/2025 từ tệp.")
        ),
    )  # fmt: skip
    found = agency_codes.found(register.search)
    rows = list(found[:_MOST])
    loads = Action(_("Nạp danh mục"), reverse("identity:codes-load"), icon="upload")
    context = {
        "register": register.page(rows, sort_values=lambda row: (row.code,), total=found.count()),
        "title": _("Danh mục mã định danh"),
        "lead": _("Hồ sơ của ngày mà mã đã thôi dùng thì không tiếp nhận."),
        "actions": [loads] if who.bodies_with(KEEP) else [],
    }
    return render(request, "identity/register.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Load the registry from a file."""
    mine = sorted(viewer(request).bodies_with(KEEP))
    if not mine:
        raise NotFoundForViewer()

    def act(given: dict[str, Any]) -> str:
        file = given["file"]
        data = file.read(agency_codes.MAX_BYTES + 1)
        load_codes(acting(request), mine[0], file.name, data)
        return reverse("identity:codes")

    form = LoadForm(posted(request), request.FILES or None)
    return run_form(
        request, form, act, done=_("Đã nạp danh mục."),
        title=_("Nạp danh mục mã định danh"), save_label=_("Nạp danh mục"),
        way=[Crumb(_("Danh mục mã định danh"), reverse("identity:codes")), Crumb(_("Nạp"))],
        cancel_url=reverse("identity:codes"),
    )  # fmt: skip
