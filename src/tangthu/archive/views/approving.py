"""Changes of labelled records that wait: the list, and the page on which one is decided."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.archive import edits
from tangthu.archive.actions.approve_edit import RIGHT, approve_edit, refuse_edit, withdraw_edit
from tangthu.archive.edits import Edit
from tangthu.archive.views.telling import field_name
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import names_of
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import sensitivity
from tangthu.records.fields import code_label, fields_of, shown_value
from tangthu.records.models import Document, Dossier
from tangthu.ui import formats
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Action, Crumb, Fact, FactGroup, Notice, Tone


class RefuseForm(forms.Form):
    """Why a change is not made."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do không duyệt"),
        max_length=200,
        help_text=gettext_lazy("Người đề nghị đọc được lý do này."),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One field: what stands now, and what would stand."""

    name: str
    now: str
    then: str


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits at the bodies where one approves or asks for changes, then what was decided."""
    who = viewer(request)
    if not edits.bodies(who):
        raise NotFoundForViewer()
    lists = [
        (_("Chờ duyệt"), [_line(one) for one in edits.waiting(who)]),
        (_("Đã quyết định"), [_line(one) for one in edits.decided(who)]),
    ]
    return render(request, "archive/edits.html", {"lists": lists})


def _line(one: Edit) -> tuple[str, str, str]:
    """Address, title and how it stands."""
    row = one.row
    if row.decided_at is None:
        told = _("đề nghị lúc %(when)s") % {"when": formats.moment(row.asked_at)}
    else:
        told = f"{row.get_decision_display()}, {formats.moment(row.decided_at)}"
    return reverse("archive:edit", args=[row.pk]), f"{one.record} {one.title}", told


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, edit_id: uuid.UUID) -> HttpResponse:
    """One change beside what stands now, and the decision on it; one's own is taken back."""
    who = viewer(request)
    found = edits.one(who, edit_id)
    if found is None:
        raise NotFoundForViewer()
    waits, own = found.row.decided_at is None, found.row.asked_by == who.person_id
    decides = who.may(RIGHT, found.row.body_id) and waits and not own
    if request.method == "POST" and request.POST.get("decision") == "approve":
        done = approve_edit(acting(request), edit_id)
        words = ngettext("Đã duyệt %(n)s thay đổi.", "Đã duyệt %(n)s thay đổi.", len(done.changed))
        messages.success(request, words % {"n": len(done.changed)})
        return redirect(found.url)
    title = _("Sửa đổi mô tả")
    context = {
        "title": title,
        "way": [Crumb(_("Sửa đổi chờ duyệt"), reverse("archive:edits")), Crumb(str(found.record))],
        "code": str(found.record),
        "heading": found.title,
        "record_url": found.url,
        "fact_groups": [_facts(found)],
        "notice": _notice(who, found),
        "rows": _rows(who, found),
        "actions": _actions(who, found) if waits and (own or decides) else [],
    }
    if not decides:
        if request.method == "POST":
            approve_edit(acting(request), edit_id)  # says why he may not
        return render(request, "archive/edit.html", context)

    def act(given: dict[str, str]) -> str:
        refuse_edit(acting(request), edit_id, **given)
        return found.url

    return run_form(
        request,
        RefuseForm(posted(request)),
        act,
        done=_("Đã ghi là không duyệt."),
        save_label=_("Không duyệt"),
        cancel_url=found.url,
        template="archive/edit.html",
        **context,
    )


@require_POST
def withdraw(request: HttpRequest, edit_id: uuid.UUID) -> HttpResponse:
    """Take back what one asked for."""
    found = edits.one(viewer(request), edit_id)
    withdraw_edit(acting(request), edit_id)
    messages.success(request, _("Đã rút lại sửa đổi; mô tả không đổi."))
    return redirect(found.url if found else reverse("archive:edits"))


def _notice(who: Viewer, found: Edit) -> Notice | None:
    if found.row.decided_at is not None:
        return None
    if edits.is_stale(found):
        return Notice(
            _("Mô tả đã đổi từ khi đề nghị"),
            _("Sửa đổi này không còn áp dụng được."),
            "warn",
            todo=_("ghi “Không duyệt”, người đề nghị sửa lại trên bản hiện nay."),
        )
    if not edits.somebody_approves(found.row):
        return Notice(
            _("Chưa ai duyệt được sửa đổi này"),
            _("Cơ quan không có người nào khác giữ chức vụ có quyền duyệt."),
            "danger",
        )
    return None


def _facts(found: Edit) -> FactGroup:
    row = found.row
    people = names_of([row.asked_by, row.decided_by])
    label = sensitivity.label_over(found.record)
    facts = [
        Fact(_("Nhãn"), _label_words(label), note=sensitivity.citation(label)),
        Fact(_("Người đề nghị"), people.get(row.asked_by, "–")),  # type: ignore[arg-type]
        Fact(_("Đề nghị lúc"), formats.moment(row.asked_at)),
        Fact(_("Trạng thái"), row.get_decision_display() or _("Chờ duyệt")),
    ]
    if row.decided_at is not None:
        facts += [
            Fact(_("Người quyết định"), people.get(row.decided_by, "–")),  # type: ignore[arg-type]
            Fact(_("Quyết định lúc"), formats.moment(row.decided_at)),
        ]
    if row.reason:
        facts.append(Fact(_("Lý do không duyệt"), row.reason))
    return FactGroup(_("Đề nghị"), tuple(facts))


def _rows(who: Viewer, found: Edit) -> list[Row]:
    """The fields side by side; what stands in one that the viewer may not read is not told."""
    today, record = timezone.localdate(), found.record
    fields = {field.identifier: field for field in fields_of(type(record), today)}
    hidden, closed = edits.unseen(who, found), _("(bạn không được xem)")
    rows = [
        Row(field_name(name), closed, closed)
        if name in hidden
        else Row(
            field_name(name),
            shown_value(fields[name], getattr(record, name), today),
            shown_value(fields[name], value, today),
        )
        for name, value in found.row.values.items()
        if name in fields
    ]
    if found.row.extra is not None:
        rows += [
            Row(label, str(record.extra.get(label, "")), str(found.row.extra.get(label, "")))
            for label in dict.fromkeys([*record.extra, *found.row.extra])
            if record.extra.get(label) != found.row.extra.get(label)
        ]
    return rows


def _actions(who: Viewer, found: Edit) -> list[Action]:
    at = reverse("archive:edit", args=[found.row.pk])
    if found.row.asked_by == who.person_id:
        back = reverse("archive:edit-withdraw", args=[found.row.pk])
        return [Action(_("Rút lại"), back, icon="left", method="post")]
    why_not = ""
    if edits.is_stale(found):
        why_not = _("Mô tả đã đổi từ khi đề nghị")
    elif edits.unseen(who, found):
        why_not = _("Có trường mà bạn không được xem")
    return [
        Action(
            _("Duyệt"), at, key="x", icon="check", weight="primary", method="post",
            value="approve", why_not=why_not,
        )
    ]  # fmt: skip


def label_tag(record: Dossier | Document) -> tuple[str, Tone]:
    """The label that holds of a record, its own or a dossier's, as its page shows it; "" for
    none."""
    found = sensitivity.label_over(record)
    if not found:
        return "", ""
    return _label_words(found), "warn" if sensitivity.asks_condition(found) else ""


def _label_words(code: str | None) -> str:
    return code_label(sensitivity.LIST, code, timezone.localdate()) if code else "–"


def notice_for(who: Viewer, record: Dossier | Document) -> Notice | None:
    """What the page of a record says while changes of it wait; for whoever may look at them."""
    if record.body_id not in edits.bodies(who):
        return None
    held = edits.of_record(record)
    if not held:
        return None
    words = ngettext(
        "%(n)s sửa đổi mô tả đang chờ duyệt", "%(n)s sửa đổi mô tả đang chờ duyệt", len(held)
    )
    return Notice(
        words % {"n": len(held)},
        tone="warn",
        action_label=_("Xem sửa đổi"),
        action_url=reverse("archive:edit", args=[held[0].pk]),
    )
