"""Bodies and the names and codes they bore on which days; opening, renaming (RM-012, AR-37)."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity import names, staff
from tangthu.identity.actions.open_further import open_further
from tangthu.identity.actions.rename_body import rename_body
from tangthu.identity.actions.set_body import set_body
from tangthu.identity.house import KEEP
from tangthu.identity.models import Body, BodyName
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.body_forms import BodySettingsForm, OpenBodyForm, RenameBodyForm
from tangthu.identity.views.shared import span
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.csv_cells import safe_cell
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register

_TT05 = {
    Body.Applies.MANDATORY: gettext_lazy("TT05 bắt buộc"),
    Body.Applies.VOLUNTARY: gettext_lazy("TT05 tự nguyện"),
}
_METHODS = ["GET", "HEAD", "POST"]
_MOST = 500


@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """The register of codes: every name and code of the bodies whose people one may know; of all
    to who keeps the house."""
    who = viewer(request)
    here = _known(who)
    rows = list(names.register(here)[:_MOST])
    administers = who.bodies_with("house.administer")

    def name(row: BodyName) -> Cell:
        stands = row.effective_to is None and row.body_id in administers
        return Cell(
            row.name,
            reverse("identity:body-rename", args=[row.body_id]) if stands else "",
            note=row.short_name,
        )

    def settings_of(row: BodyName) -> Cell:
        stands = row.effective_to is None and row.body_id in administers
        if row.effective_to is not None:
            return Cell("")
        url = reverse("identity:body-settings", args=[row.body_id]) if stands else ""
        return Cell(_TT05[row.body.applies_tt05], url)

    register: Register[BodyName] = Register(
        name="bodies",
        caption=_("Tên, mã cơ quan"),
        query=request.GET,
        default_sort="name",
        row_id=lambda row: str(row.pk),
        page_size=_MOST,
        columns=(
            Column("name", _("Tên cơ quan"), name, primary=True),
            Column("code", _("Mã định danh"), lambda row: row.code, "code"),
            Column("archive", _("Mã lưu trữ"), lambda row: row.body.archive_code, "code",
                   wide_only=True),
            Column(
                "days", _("Thời gian"),
                lambda row: Cell(span(row.effective_from, row.effective_to), note=row.decision),
            ),
            Column("settings", _("Thiết đặt"), settings_of, wide_only=True),
            Column("state", _("Trạng thái"), _state, "tag"),
        ),
        empty=EmptyState(_("Chưa có cơ quan nào"), _("Mở cơ quan để bắt đầu.")),
    )  # fmt: skip
    opens = Action(
        _("Mở cơ quan"), reverse("identity:body-new"), key="m", icon="plus", weight="primary"
    )
    takes = Action(_("Tải danh mục (CSV)"), reverse("identity:bodies-file"), icon="download")
    registry = Action(_("Danh mục mã định danh"), reverse("identity:codes"), icon="search")
    context = {
        "register": register.page(rows, sort_values=lambda row: (row.name,), total=len(rows)),
        "title": _("Tên, mã cơ quan"),
        "lead": _("Mã đã thôi dùng không cấp lại; hồ sơ cũ vẫn mang tên và mã của ngày ấy."),
        "actions": [*([opens] if who.may_anywhere(KEEP) else []), takes, registry],
    }
    return render(request, "identity/register.html", context)


def _known(who: Viewer) -> frozenset[uuid.UUID]:
    if who.may_anywhere(KEEP):
        kept = Body.objects.filter(practice_of=None).values_list("pk", flat=True)
        return frozenset(kept) | staff.reviewed(who)
    return staff.require_review(who)


def _state(row: BodyName) -> Cell:
    if row.effective_to is None:
        return Cell(_("Đang dùng"), tone="ok")
    return Cell(_("Đã thôi dùng"))


@require_safe
def bodies_file(request: HttpRequest) -> HttpResponse:
    """The register of codes as CSV in UTF-8, for other systems and for the file."""
    here = _known(viewer(request))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "ma_dinh_danh",
            "ma_luu_tru",
            "ten",
            "ten_goi_tat",
            "tu_ngay",
            "den_het_ngay",
            "quyet_dinh",
        ]
    )
    for row in names.register(here):
        until = row.effective_to.isoformat() if row.effective_to else ""
        writer.writerow(
            [safe_cell(one) for one in (row.code, row.body.archive_code, row.name, row.short_name)]
            + [row.effective_from.isoformat(), until, safe_cell(row.decision)]
        )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"ma-dinh-danh-{timezone.localdate():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _way(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Tên, mã cơ quan"), reverse("identity:bodies")), *more]


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Open a further body with its first administrator."""
    if not viewer(request).may_anywhere(KEEP):
        raise NotFoundForViewer()

    def act(given: dict[str, Any]) -> str:
        open_further(acting(request), since=timezone.localdate(), **given)
        return reverse("identity:bodies")

    return run_form(
        request, OpenBodyForm(posted(request)), act, done=_("Đã mở cơ quan."),
        title=_("Mở cơ quan"), save_label=_("Mở cơ quan"), way=_way(Crumb(_("Mở cơ quan"))),
        cancel_url=reverse("identity:bodies"),
        lead=_("Cơ quan mới có sổ cái, người và quyền riêng. Bạn không có quyền gì ở đó; "
               "quản trị đầu tiên của cơ quan ấy thêm người."),
    )  # fmt: skip


@require_http_methods(_METHODS)
def rename(request: HttpRequest, body_id: uuid.UUID) -> HttpResponse:
    """Give a body another name or code from a day on."""
    who = viewer(request)
    body = staff.bodies_with(who, "house.administer").filter(pk=body_id).first()
    if body is None:
        raise NotFoundForViewer()
    home = reverse("identity:bodies")
    form = RenameBodyForm(
        posted(request),
        initial={
            "name": body.name, "short_name": body.short_name, "code": body.code,
            "since": formats.day(timezone.localdate()),
        },
    )  # fmt: skip

    def act(given: dict[str, Any]) -> str:
        rename_body(acting(request), body.pk, **{**given, "since": as_day(given["since"])})
        return home

    return run_form(
        request, form, act, done=_("Đã đổi tên, mã cơ quan."),
        title=_("Đổi tên %(name)s") % {"name": body.name}, save_label=_("Đổi tên"),
        way=_way(Crumb(body.short_name)), cancel_url=home,
        lead=_("Hồ sơ, tài liệu của những ngày trước vẫn mang tên cũ. Mã cơ quan lưu trữ giữ "
               "nguyên, vì mã hồ sơ bắt đầu bằng mã ấy."),
    )  # fmt: skip


@require_http_methods(_METHODS)
def settings(request: HttpRequest, body_id: uuid.UUID) -> HttpResponse:
    """Whether TT05 binds a body, and whose words its screens use."""
    body = staff.bodies_with(viewer(request), "house.administer").filter(pk=body_id).first()
    if body is None:
        raise NotFoundForViewer()
    home = reverse("identity:bodies")
    form = BodySettingsForm(
        posted(request), initial={"applies_tt05": body.applies_tt05, "terms": body.terms}
    )

    def act(given: dict[str, Any]) -> str:
        set_body(acting(request), body.pk, **given)
        return home

    return run_form(
        request, form, act, done=_("Đã ghi thiết đặt của cơ quan."),
        title=_("Thiết đặt của %(name)s") % {"name": body.name}, save_label=_("Ghi thiết đặt"),
        way=_way(Crumb(body.short_name)), cancel_url=home,
    )  # fmt: skip
