"""The list of fonds, the page of each, and the form by which a new one is opened."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive import queries
from tangthu.archive.actions.open_fonds import open_fonds
from tangthu.archive.forms_imports import NewFondsForm
from tangthu.archive.models import Fonds
from tangthu.archive.views.catalogue import DOSSIERS, PAGE, in_words, listed
from tangthu.archive.views.facts import fonds_facts, inventory_address
from tangthu.archive.views.freezing import action_for, notice_of
from tangthu.archive.views.telling import tell
from tangthu.discovery import lists
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import bodies
from tangthu.kernel.errors import HouseError, NotFoundForViewer
from tangthu.records import frozen
from tangthu.ui import formats
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register


@require_safe
def fonds_list(request: HttpRequest) -> HttpResponse:
    """The fonds of the bodies in which the viewer reads."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    counts = {str(key): n for key, n in lists.facet(viewer, "dossier", "fonds")}
    rows = list(queries.fonds(viewer)[: PAGE * 10])
    opens = viewer.may_anywhere("archive.describe")
    form = reverse("archive:fonds-new")
    register: Register[Fonds] = Register(
        name="fonds",
        caption=_("Phông lưu trữ"),
        query=request.GET,
        default_sort="code",
        row_id=lambda row: str(row.id),
        page_size=PAGE * 10,
        columns=(
            Column("code", _("Mã phông"), lambda row: row.code, "code"),
            Column(
                "name",
                _("Tên phông"),
                lambda row: Cell(
                    row.name, reverse("archive:fonds", args=[row.id]), note=row.body.name
                ),
                primary=True,
            ),
            Column("dates", _("Thời gian"), lambda row: row.date_range),
            Column(
                "count",
                _("Hồ sơ"),
                lambda row: formats.thousands(counts.get(str(row.id), 0)),
                "number",
            ),
            Column("status", _("Trạng thái"), lambda row: row.get_status_display(), "tag"),
        ),
        empty=EmptyState(
            _("Chưa có phông nào"),
            _("Phông được mở khi nhập đợt số hóa đầu tiên của một cơ quan hình thành tài liệu."),
            _("Mở phông mới") if opens else "",
            form if opens else "",
        ),
    )
    page = register.page(rows, sort_values=lambda row: (row.code,), total=len(rows))
    actions = [Action(_("Mở phông mới"), form, key="m", icon="plus", weight="primary")]
    context = {"register": page, "actions": actions if opens else []}
    return render(request, "archive/fonds_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a fonds, and go on to its page."""
    every = reverse("archive:fonds-list")
    return opening(
        request,
        way=[Crumb(_("Phông lưu trữ"), every), Crumb(_("Mở phông mới"))],
        cancel_url=every,
        onward=lambda opened: reverse("archive:fonds", args=[opened.id]),
    )


def opening(
    request: HttpRequest, *, way: list[Crumb], cancel_url: str, onward: Callable[[Fonds], str]
) -> HttpResponse:
    """The form of a new fonds; `onward` says where to go with the one that was opened.

    Raises NotFoundForViewer for whoever describes nowhere.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may_anywhere("archive.describe"):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    offered = bodies(viewer).filter(id__in=viewer.bodies_with("archive.describe"))
    form = NewFondsForm(offered, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            opened = open_fonds(
                request.acting,  # type: ignore[attr-defined]
                given["body"],
                code=given["code"],
                name=given["name"],
                agency_code=given["agency_code"],
            )
        except HouseError as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Đã mở phông %(name)s.") % {"name": opened.name})
            return redirect(onward(opened))
    context = {
        "form": form,
        "way": way,
        "save_label": _("Mở phông"),
        "cancel_url": cancel_url,
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/new_fonds.html", context, status=status)


@require_safe
def fonds(request: HttpRequest, fonds_id: uuid.UUID) -> HttpResponse:
    """One fonds: its description, inventories, dossiers and history."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.one_fonds(viewer, fonds_id)
    page, count = listed(request, viewer, DOSSIERS, {"fonds": str(found.id)})
    documents_count = _count(viewer, "document", found)
    actions = []
    locked = notice_of(frozen.over_thing(found.body_id, found.pk), viewer)
    if viewer.may("archive.describe", found.body_id):
        edit = reverse("archive:fonds-describe", args=[found.id])
        why_not = locked.title if locked else ""
        actions.append(Action(_("Sửa mô tả"), edit, key="e", icon="draft", why_not=why_not))
    actions += action_for(viewer, found.body_id, "fonds", found.pk)
    context: dict[str, Any] = {
        "fonds": found,
        "way": [Crumb(_("Phông lưu trữ"), reverse("archive:fonds-list")), Crumb(found.name)],
        "actions": actions,
        "frozen": locked,
        "fact_groups": fonds_facts(found, count, documents_count),
        "inventories": [(one, inventory_address(one)) for one in queries.inventories_of(found)],
        "register": page,
        "history": tell(found.id, whole=found.body_id in viewer.whole_bodies()),
    }
    return render(request, "archive/fonds.html", context)


def _count(viewer: Viewer, kind: str, found: Fonds) -> str:
    count, capped = lists.count(viewer, kind, filters={"fonds": str(found.id)})
    return in_words(count, capped=capped)
