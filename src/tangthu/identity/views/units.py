"""Units as a tree on a day with the positions in them, and how units are opened and ended."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity import staff
from tangthu.identity.actions.units import end_unit, open_unit
from tangthu.identity.conflicts import FOR_ONE
from tangthu.identity.models import Appointment, Body, Position, Role
from tangthu.identity.names import name_on
from tangthu.identity.policies import Viewer
from tangthu.identity.views import forms as our
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.shared import key_of, span, unit_choices
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.forms import DayAsked
from tangthu.ui.parts import Action, Crumb

_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The units and positions of one's bodies as they are, or were on the day in the address."""
    who = viewer(request)
    staff.require_review(who)
    form = DayAsked(request.GET or None)
    day = form.day()
    manages = who.may_anywhere("people.manage")
    context = {
        "form": form,
        "day": day,
        "past": day != timezone.localdate(),
        "bodies": [_body(who, one, day) for one in staff.bodies_reviewed(who)],
        "actions": [
            Action(
                _("Lập đơn vị"), reverse("identity:unit-new"), key="m", icon="plus",
                weight="primary",
            ),
            Action(_("Tổ chức lại"), reverse("identity:units-reorganise"), icon="draft"),
        ]
        if manages
        else [],
    }  # fmt: skip
    return render(request, "identity/units.html", context)


def _body(who: Viewer, body: Body, day: dt.date) -> dict[str, object]:
    holders = staff.holders_on(body.pk, day)
    by_unit: dict[uuid.UUID | None, list[dict[str, object]]] = {}
    for one in staff.positions_on(who, body.pk, day):
        by_unit.setdefault(one.unit_id, []).append(_position(one, holders.get(one.pk, [])))
    called = name_on(body, day)
    ends = who.may("people.manage", body.pk)
    return {
        "name": called.name if called else body.name,
        "positions": by_unit.get(None, []),
        "units": [
            {
                "name": branch.unit.name,
                "depth": min(branch.depth, 5),
                "span": span(branch.unit.effective_from, branch.unit.effective_to),
                "decision": branch.unit.decision,
                "before": ", ".join(one.name for one in branch.unit.succeeds.all()),
                "positions": by_unit.get(branch.unit.pk, []),
                "end_url": reverse("identity:unit-end", args=[branch.unit.pk])
                if ends and branch.unit.effective_to is None
                else "",
            }
            for branch in staff.tree(who, body.pk, day)
        ],
    }


def _position(one: Position, held: list[Appointment]) -> dict[str, object]:
    several = one.role in FOR_ONE and len(held) > 1
    return {
        "title": one.title,
        "role": Role(one.role).label,
        "people": [
            {
                "name": holder.person.full_name,
                "url": reverse("identity:person", args=[holder.person_id]),
                "kind": holder.get_kind_display() if holder.kind != "main" else "",
                "waits": holder.confirmed_at is None,
            }
            for holder in held
        ],
        "conflict": _("Hai người cùng giữ chức vụ của một người") if several else "",
    }


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Open a unit."""
    who = viewer(request)
    bodies = list(staff.bodies_with(who, "people.manage"))
    if not bodies:
        raise NotFoundForViewer()
    choices = unit_choices(list(staff.units_of(who)), several=len(bodies) > 1)
    form = our.UnitForm(
        bodies, choices, posted(request), initial={"since": formats.day(timezone.localdate())}
    )
    home = reverse("identity:units")

    def act(given: dict[str, Any]) -> str:
        open_unit(
            acting(request),
            body_id=form.body().pk,
            name=given["name"],
            since=as_day(given["since"]) or timezone.localdate(),
            decision=given["decision"],
            parent_id=key_of(given["parent"]),
        )
        return home

    return run_form(
        request, form, act, done=_("Đã lập đơn vị."), title=_("Lập đơn vị"),
        save_label=_("Lập đơn vị"),
        way=[Crumb(_("Đơn vị, chức vụ"), home), Crumb(_("Lập đơn vị"))], cancel_url=home,
    )  # fmt: skip


@require_http_methods(_METHODS)
def end(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    """End a unit in which nobody holds a position any more."""
    found = staff.units_of(viewer(request)).filter(pk=unit_id).first()
    if found is None:
        raise NotFoundForViewer()
    form = our.EndUnitForm(posted(request))
    home = reverse("identity:units")

    def act(given: dict[str, Any]) -> str:
        on = as_day(given["on"]) or timezone.localdate()
        end_unit(acting(request), found.pk, on=on, decision=given["decision"])
        return home

    return run_form(
        request, form, act, done=_("Đã ghi việc giải thể đơn vị."),
        title=_("Giải thể %(name)s") % {"name": found.name}, save_label=_("Giải thể"),
        way=[Crumb(_("Đơn vị, chức vụ"), home), Crumb(_("Giải thể đơn vị"))], cancel_url=home,
        lead=_("Hồ sơ, tài liệu của những ngày trước vẫn mang tên đơn vị này."),
    )  # fmt: skip
