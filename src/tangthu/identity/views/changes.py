"""Changes of rights: the list, and the page on which one is confirmed, refused or ended."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity import changes as told
from tangthu.identity.actions import change_rights
from tangthu.identity.changes import Change
from tangthu.identity.grant_conflicts import conflicts_of_grant
from tangthu.identity.models import Grant
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.cursors import Cursor, CursorValue
from tangthu.ui.parts import Action, Crumb, Fact, FactGroup, Notice
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, Register

_PAGE = 50


def states() -> dict[str, tuple[str, str]]:
    """How a change stands, in words and tone."""
    return {
        "waiting": (_("Chờ xác nhận"), "warn"),
        "unconfirmed": (_("Có hiệu lực, chưa ai xác nhận"), "danger"),
        "standing": (_("Đang có hiệu lực"), "ok"),
        "refused": (_("Không chấp nhận"), ""),
        "ended": (_("Đã chấm dứt"), ""),
    }


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The changes that wait, or all, at bodies where one reviews rights."""
    who = viewer(request)
    if not (who.may_anywhere("rights.review") or who.may_anywhere("rights.confirm")):
        raise NotFoundForViewer()
    only_waiting = request.GET.get("cho") == "1"
    words = states()
    register: Register[Change] = Register(
        name="rights-changes",
        caption=_("Thay đổi quyền"),
        query=request.GET,
        default_sort="asked",
        row_id=lambda row: str(row.id),
        page_size=_PAGE,
        filters=(Filter("cho", _("Xem"), (Option("1", _("Chờ xác nhận")),), tabs=True),),
        columns=(
            Column("what", _("Quyền"), lambda row: Cell(row.what, _address(row)), primary=True),
            Column("holder", _("Cho"), lambda row: row.holder),
            Column("scope", _("Phạm vi"), lambda row: row.scope),
            Column("asked_by", _("Người đề nghị"), lambda row: row.asked_by),
            Column("asked", _("Lúc"), lambda row: formats.moment(row.asked_at), "date"),
            Column(
                "state",
                _("Trạng thái"),
                lambda row: Cell(words[row.state][0], tone=words[row.state][1]),
                "tag",
            ),
        ),
        empty=EmptyState(
            _("Không có thay đổi quyền nào"),
            _("Khi ai đó đề nghị cấp hoặc chấm dứt một quyền, đề nghị hiện ở đây."),
        ),
    )
    cursor = register.cursor(width=3)
    rows = told.page_of(
        who, _PAGE + 1, only_waiting=only_waiting, beyond=_place(cursor),
        backwards=bool(cursor and cursor.backwards),
    )  # fmt: skip
    page = register.page(
        rows, sort_values=_values, cursor=cursor, total=told.count(who, only_waiting=only_waiting)
    )
    return render(request, "identity/changes.html", {"register": page})


def _values(row: Change) -> tuple[CursorValue, ...]:
    place = told.Place.of(row.row)
    return place.waits, place.moment.isoformat(), str(place.id)


def _place(cursor: Cursor | None) -> told.Place | None:
    if cursor is None:
        return None
    waits, moment, key = cursor.values
    return told.Place(int(waits or 0), dt.datetime.fromisoformat(str(moment)), uuid.UUID(str(key)))


def _address(row: Change) -> str:
    return reverse("rights:change", args=[row.kind, row.id])


@require_http_methods(["GET", "HEAD", "POST"])
def one_change(request: HttpRequest, change: str, change_id: uuid.UUID) -> HttpResponse:
    """One change: what it gives, to whom, on whose decision; and what can be done with it."""
    who = viewer(request)
    found = told.change(who, change, change_id)
    if request.method == "POST":
        return _decide(request, found)
    context = {
        "title": found.what,
        "way": [Crumb(_("Thay đổi quyền"), reverse("rights:changes")), Crumb(found.what)],
        "fact_groups": _facts(found),
        "notice": _notice(found),
        "conflicts": _conflicts(found),
        "actions": _actions(who, found),
    }
    return render(request, "identity/change.html", context)


def _decide(request: HttpRequest, found: Change) -> HttpResponse:
    decision = request.POST.get("decision", "")
    done = {
        "confirm": (change_rights.confirm, _("Đã xác nhận.")),
        "refuse": (change_rights.refuse, _("Đã ghi là không chấp nhận.")),
        "end": (change_rights.end, _("Đã chấm dứt quyền.")),
    }.get(decision)
    if done is not None:
        act, words = done
        act(acting(request), found.kind, found.id)
        messages.success(request, words)
    return redirect("rights:change", found.kind, found.id)


def _since(row: Any) -> Fact:
    """From which day; one before the day of asking is told, for it says more than a beginning."""
    asked, day = timezone.localdate(row.asked_at), formats.day(row.effective_from)
    if row.effective_from >= asked:
        return Fact(_("Từ ngày"), day)
    words = _("%(day)s, lùi ngày: đề nghị sau đó %(n)s ngày")
    told = words % {"day": day, "n": formats.thousands((asked - row.effective_from).days)}
    return Fact(_("Từ ngày"), told, tone="warn")


def _facts(found: Change) -> list[FactGroup]:
    row = found.row
    until = formats.day(row.effective_to) if row.effective_to else _("không hạn")
    facts = [
        Fact(_("Quyền"), found.what),
        Fact(_("Cho"), found.holder),
        Fact(_("Phạm vi"), found.scope, url=found.scope_url),
        Fact(_("Cơ quan"), found.body.name),
        _since(row),
        Fact(_("Đến hết ngày"), until),
        Fact(_("Căn cứ"), row.decision),
    ]
    asked = [
        Fact(_("Người đề nghị"), found.asked_by),
        Fact(_("Đề nghị lúc"), formats.moment(row.asked_at)),
        Fact(_("Trạng thái"), states()[found.state][0]),
    ]
    for label, moment in (
        (_("Xác nhận lúc"), row.confirmed_at),
        (_("Không chấp nhận lúc"), row.refused_at),
        (_("Chấm dứt lúc"), row.ended_at),
        (_("Xác nhận chấm dứt lúc"), row.end_confirmed_at),
    ):
        if moment is not None:
            asked.append(Fact(label, formats.moment(moment)))
    return [FactGroup(_("Thay đổi"), tuple(facts)), FactGroup(_("Quyết định"), tuple(asked))]


def nobody_confirms() -> str:
    """What to do where nobody may confirm a change."""
    return _(
        "Người xác nhận của cơ quan là người đề nghị hoặc người được cấp. Cần người xác nhận thứ"
        " hai: giao chức vụ có quyền xác nhận cho một người nữa, hoặc nhờ người vận hành máy."
    )


def _notice(found: Change) -> Notice | None:
    """The warning that stands until a competent person confirms (RM-630 c)."""
    stuck = found.row.waits and not change_rights.can_be_confirmed(found.row)
    if found.state == "waiting" and stuck:
        return Notice(
            _("Chưa ai xác nhận được thay đổi này"),
            nobody_confirms(),
            "danger",
        )
    if found.state == "waiting":
        return Notice(
            _("Quyền này chưa có hiệu lực"),
            _("Cần người thứ hai có thẩm quyền xác nhận."),
            "warn",
        )
    if found.state == "unconfirmed":
        happened = (
            _("Quyền đã chấm dứt.")
            if found.row.ended_at
            else _("Quyền đã có hiệu lực vì lúc đề nghị không có ai khác để xác nhận.")
        )
        words = f"{happened} {nobody_confirms()}" if stuck else happened
        return Notice(_("Thay đổi này chưa được xác nhận"), words, "danger")
    return None


def _conflicts(found: Change) -> Notice | None:
    """What the change is at odds with, for whoever decides (RM-691)."""
    row = found.row
    words = conflicts_of_grant(row) if isinstance(row, Grant) and found.scope_known else []
    return Notice(_("Mâu thuẫn với quyền khác"), " ".join(words), "warn") if words else None


def _actions(who: Viewer, found: Change) -> list[Action]:
    at = _address(found)
    body = found.body.pk
    actions: list[Action] = []
    if found.row.waits and who.may("rights.confirm", body):
        mine = change_rights.concerns(found.row, who.person_id)
        why = _("Bạn đề nghị, hoặc được cấp quyền này; người khác phải xác nhận.") if mine else ""
        actions.append(
            Action(
                _("Xác nhận"), at, key="x", icon="check", weight="primary", method="post",
                value="confirm", why_not=why,
            )
        )  # fmt: skip
        if found.row.ended_at is None:
            actions.append(
                Action(
                    _("Không chấp nhận"), at, key="k", icon="close", method="post",
                    value="refuse", why_not=why,
                )
            )  # fmt: skip
    ended = found.row.ended_at is not None or found.row.refused_at is not None
    if isinstance(found.row, Grant) and not ended and who.may("rights.ask", body):
        actions.append(
            Action(
                _("Rút đề nghị") if found.state == "waiting" else _("Chấm dứt quyền"),
                at,
                icon="lock",
                weight="danger",
                method="post",
                value="end",
            )
        )
    return actions
