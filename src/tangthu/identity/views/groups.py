"""Groups of people who may know the same things (RM-690 1.a)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.identity import staff
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.groups import ask_member, close_group, open_group
from tangthu.identity.models import Group, GroupMember
from tangthu.identity.views import forms as our
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.shared import span, state_of, told
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register

_METHODS = ["GET", "HEAD", "POST"]
_MOST = 500


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """The groups of one's bodies."""
    who = viewer(request)
    staff.require_review(who)
    rows = list(staff.groups(who)[:_MOST])
    register: Register[Group] = Register(
        name="groups",
        caption=_("Nhóm"),
        query=request.GET,
        default_sort="name",
        row_id=lambda row: str(row.pk),
        page_size=_MOST,
        columns=(
            Column(
                "name",
                _("Tên nhóm"),
                lambda row: Cell(row.name, reverse("identity:group", args=[row.pk])),
                primary=True,
            ),
            Column("body", _("Cơ quan"), lambda row: row.body.short_name),
            Column("since", _("Lập ngày"), lambda row: formats.day(row.created_at), "date"),
            Column(
                "state",
                _("Trạng thái"),
                lambda row: Cell(
                    _("Đã đóng") if row.closed_at else _("Đang dùng"),
                    tone="" if row.closed_at else "ok",
                ),
                "tag",
            ),
        ),
        empty=EmptyState(
            _("Chưa có nhóm nào"), _("Nhóm gồm những người được biết cùng một mức thông tin.")
        ),
    )
    page = register.page(rows, sort_values=lambda row: (row.sort_key,), total=len(rows))
    opens = Action(
        _("Lập nhóm"), reverse("identity:group-new"), key="m", icon="plus", weight="primary"
    )
    context = {
        "register": page,
        "title": _("Nhóm"),
        "actions": [opens] if who.may_anywhere("people.manage") else [],
    }
    return render(request, "identity/register.html", context)


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Open a group."""
    bodies = list(staff.bodies_with(viewer(request), "people.manage"))
    if not bodies:
        raise NotFoundForViewer()
    form = our.GroupForm(bodies, posted(request))
    every = reverse("identity:groups")

    def act(given: dict[str, Any]) -> str:
        made = open_group(acting(request), body_id=form.body().pk, name=given["name"])
        return reverse("identity:group", args=[made.pk])

    return run_form(
        request, form, act, done=_("Đã lập nhóm."), title=_("Lập nhóm"), save_label=_("Lập nhóm"),
        way=[Crumb(_("Nhóm"), every), Crumb(_("Lập nhóm"))], cancel_url=every,
    )  # fmt: skip


@require_safe
def group(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """One group: who belongs to it, and its history."""
    who = viewer(request)
    found = staff.group(who, group_id)
    manages = who.may("people.manage", found.body_id) and found.closed_at is None
    asks = who.may("rights.ask", found.body_id)
    actions = []
    if manages:
        actions = [
            Action(
                _("Thêm người"), reverse("identity:member-new", args=[found.pk]), key="m",
                icon="plus", weight="primary",
            ),
            Action(
                _("Đóng nhóm"), reverse("identity:group-close", args=[found.pk]), icon="stop",
                weight="danger", method="post",
            ),
        ]  # fmt: skip
    context = {
        "group": found,
        "way": [Crumb(_("Nhóm"), reverse("identity:groups")), Crumb(found.name)],
        "actions": actions,
        "members": [_member(one, asks) for one in staff.members_of(found)],
        "timeline_entries": told(found.pk, staff.reviewed(who)),
    }
    return render(request, "identity/group.html", context)


def _member(one: GroupMember, asks: bool) -> dict[str, object]:
    words, tone = state_of(one, one.effective_from, one.effective_to)
    stands = one.ended_at is None and one.refused_at is None
    return {
        "name": one.person.full_name,
        "span": span(one.effective_from, one.effective_to, one.ended_at),
        "decision": one.decision,
        "words": words,
        "tone": tone,
        "actions": [
            Action(_("Cho rời nhóm"), reverse("identity:member-end", args=[one.pk]), method="post")
        ]
        if asks and stands
        else [],
    }


@require_http_methods(_METHODS)
def add_member(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Ask that somebody join."""
    who = viewer(request)
    found = staff.group(who, group_id)
    if found.closed_at is not None or not who.may("people.manage", found.body_id):
        raise NotFoundForViewer()
    people = staff.people(who, state="active")[:_MOST]
    choices = [(str(one.pk), f"{one.full_name} ({one.home_body.short_name})") for one in people]
    form = our.MemberForm(choices, posted(request))
    home = reverse("identity:group", args=[found.pk])

    def act(given: dict[str, Any]) -> str:
        ask_member(
            acting(request),
            found.pk,
            uuid.UUID(given["person"]),
            decision=given["decision"],
            until=as_day(given["until"]),
        )
        return home

    return run_form(
        request, form, act, done=_("Đã đề nghị. Có hiệu lực khi được xác nhận."),
        title=_("Thêm người vào nhóm %(name)s") % {"name": found.name}, save_label=_("Đề nghị"),
        way=[
            Crumb(_("Nhóm"), reverse("identity:groups")),
            Crumb(found.name, home),
            Crumb(_("Thêm người")),
        ],
        cancel_url=home,
    )  # fmt: skip


@require_POST
def close(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Close a group."""
    close_group(acting(request), group_id)
    messages.success(request, _("Đã đóng nhóm; quyền của nhóm đã chấm dứt."))
    return redirect("identity:group", group_id)


@require_POST
def end_member(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Let somebody leave a group."""
    who = viewer(request)
    found = GroupMember.objects.filter(
        pk=member_id, group__body_id__in=who.bodies_with("rights.ask")
    ).first()
    if found is None:
        raise NotFoundForViewer()
    change_rights.end(acting(request), "member", found.pk)
    messages.success(request, _("Đã cho rời nhóm."))
    return redirect("identity:group", found.group_id)
