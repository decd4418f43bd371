"""The figures page: dossiers, documents, uses, by fonds and period."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.archive import queries as archive
from tangthu.archive.models import Fonds
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.records.models import Use
from tangthu.reports import figures
from tangthu.ui import formats
from tangthu.ui.days import fault_of, span
from tangthu.ui.parts import Stat
from tangthu.ui.tables import Cell, Column, EmptyState, RangeFilter, Register

_TAKEN = (Use.Kind.DOWNLOAD, Use.Kind.MARKED, Use.Kind.DIP)


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """What there is and how it was used; the days narrow the uses only."""
    me = viewer(request)
    register: Register[Fonds] = Register(
        name="statistics",
        caption=_("Theo phông"),
        query=request.GET,
        default_sort="code",
        row_id=lambda fonds: str(fonds.pk),
        page_size=500,
        filters=(RangeFilter("ngay", _("Lượt dùng trong khoảng ngày")),),
        columns=(),
        empty=EmptyState(_("Chưa có phông nào")),
    )
    days = register.span("ngay")
    start, end = span(*days)
    fault = fault_of(*days)
    counted = figures.by_fonds(me, start, end)

    def of(fonds: Fonds) -> figures.Figures:
        return counted.get(fonds.pk, figures.Figures())

    register.columns = (
        Column("code", _("Mã phông"), lambda one: one.code, "code"),
        Column(
            "name", _("Tên phông"),
            lambda one: Cell(one.name, reverse("archive:fonds", args=[one.pk])), primary=True,
        ),
        Column("dossiers", _("Hồ sơ"), lambda one: _n(of(one).dossiers), "number"),
        Column("documents", _("Tài liệu"), lambda one: _n(of(one).documents), "number"),
        Column("views", _("Lượt xem"), lambda one: _n(of(one).used_as(Use.Kind.VIEW)), "number"),
        Column("taken", _("Lượt tải"), lambda one: _n(of(one).used_as(*_TAKEN)), "number"),
        Column(
            "printed", _("Lượt in"), lambda one: _n(of(one).used_as(Use.Kind.PRINT)), "number"
        ),
    )  # fmt: skip
    rows = list(archive.fonds(me)[:500])
    page = register.page(
        [] if fault else rows, sort_values=lambda one: (one.code,), total=len(rows), trouble=fault
    )
    every = list(counted.values())
    stats = [
        Stat(_("Hồ sơ"), sum(one.dossiers for one in every), url=reverse("archive:dossiers")),
        Stat(_("Tài liệu"), sum(one.documents for one in every), url=reverse("archive:documents")),
    ]
    if fault is None:
        history = _history(me, *days)
        lists = figures.lists_taken(me, start, end)
        stats += [
            Stat(_("Lượt truy cập hồ sơ, tài liệu"), sum(one.used for one in every), url=history),
            Stat(_("Lượt in, xuất, tải danh sách"), sum(lists.values()), url=history),
        ]
    return render(request, "reports/statistics.html", {"register": page, "stats": stats})


def _history(me: Viewer, start: str, end: str) -> str:
    """Where the counted uses are listed; "" for who may not see those of others."""
    if not me.may_anywhere("use.oversee"):
        return ""
    days = {"ngay_from": start, "ngay_to": end}
    kept = {"ai": "tat-ca"} | {key: value for key, value in days.items() if value}
    return f"{reverse('reports:history')}?{urlencode(kept)}"


def _n(number: int) -> str:
    return formats.thousands(number)
