"""Who keeps the house: the list, giving the right to a person, ending it (docs/decisions/016)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity import house
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.keep_house import TITLE, give_house
from tangthu.identity.models import Appointment
from tangthu.identity.queries import names_of
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.changes import nobody_confirms
from tangthu.identity.views.forms import EndForm, KeeperForm
from tangthu.identity.views.shared import span, state_of
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register

_METHODS = ["GET", "HEAD", "POST"]


def _require(request: HttpRequest) -> None:
    if not viewer(request).may_anywhere(house.KEEP):
        raise NotFoundForViewer()


def _way(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Quản trị hệ thống"), reverse("identity:keepers")), *more]


@require_safe
def keepers(request: HttpRequest) -> HttpResponse:
    """Everybody who keeps the house, or will once it is confirmed."""
    _require(request)
    rows = list(house.posts())
    confirmers = names_of(one.confirmed_by for one in rows if one.confirmed_by)

    def state(row: Appointment) -> Cell:
        words, tone = state_of(row, row.effective_from, row.effective_to)
        return Cell(words, tone=tone)  # type: ignore[arg-type]

    register: Register[Appointment] = Register(
        name="keepers",
        caption=_("Người quản trị hệ thống"),
        query={},
        default_sort="name",
        row_id=lambda row: str(row.pk),
        columns=(
            Column(
                "name",
                _("Họ tên"),
                lambda row: Cell(
                    row.person.full_name,
                    reverse("identity:keeper-end", args=[row.pk]),
                    note=row.person.account.username,
                ),
                primary=True,
            ),
            Column(
                "position",
                _("Chức vụ"),
                lambda row: Cell(row.position.title, note=row.position.body.short_name),
            ),
            Column(
                "days",
                _("Thời gian"),
                lambda row: Cell(span(row.effective_from, row.effective_to), note=row.decision),
            ),
            Column(
                "confirmed",
                _("Người xác nhận"),
                lambda row: confirmers.get(row.confirmed_by, "–") if row.confirmed_by else "–",
            ),
            Column("state", _("Trạng thái"), state, "tag"),
        ),
        empty=EmptyState(_("Chưa có ai"), _("Giao quyền quản trị hệ thống cho một người.")),
    )
    gives = Action(
        _("Giao quyền"), reverse("identity:keeper-new"), key="m", icon="plus", weight="primary"
    )
    context = {
        "register": register.page(rows, sort_values=lambda row: (row.pk,), total=len(rows)),
        "title": _("Quản trị hệ thống"),
        "lead": _("Người giữ máy chung của mọi cơ quan: kho, sao lưu, tình trạng, mở cơ quan."),
        "actions": [gives],
    }
    return render(request, "identity/register.html", context)


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Ask that somebody, of whichever body, keep the house."""
    _require(request)
    form = KeeperForm(posted(request), initial={"position": TITLE})

    def act(given: dict[str, Any]) -> str:
        made = give_house(acting(request), **{**given, "until": as_day(given["until"])})
        if made.alone:
            messages.warning(request, _("Có hiệu lực ngay: chưa từng có ai khác để xác nhận."))
        elif not change_rights.can_be_confirmed(made):
            messages.warning(request, nobody_confirms())
        return reverse("identity:keepers")

    return run_form(
        request, form, act, done=_("Đã đề nghị giao quyền quản trị hệ thống."),
        title=_("Giao quyền quản trị hệ thống"), save_label=_("Giao quyền"),
        way=_way(Crumb(_("Giao quyền"))), cancel_url=reverse("identity:keepers"),
        lead=_("Quyền có khi người thứ hai ở cơ quan của người nhận xác nhận."),
    )  # fmt: skip


@require_http_methods(_METHODS)
def end(request: HttpRequest, keeper_id: uuid.UUID) -> HttpResponse:
    """Let somebody keep the house no more."""
    _require(request)
    held = house.posts().filter(pk=keeper_id).first()
    if held is None:
        raise NotFoundForViewer()
    home = reverse("identity:keepers")

    def act(given: dict[str, Any]) -> str:
        end_appointment(
            acting(request), held.pk, on=as_day(given["on"]), decision=given["decision"]
        )
        return home

    return run_form(
        request, EndForm(posted(request)), act, done=_("Đã ghi việc thôi quản trị hệ thống."),
        title=_("%(name)s thôi quản trị hệ thống") % {"name": held.person.full_name},
        save_label=_("Chấm dứt"), way=_way(Crumb(held.person.full_name)), cancel_url=home,
        lead=_("Người cuối cùng quản trị hệ thống không thôi được, cho đến khi có người khác."),
    )  # fmt: skip
