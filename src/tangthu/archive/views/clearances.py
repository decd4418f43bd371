"""Who may see state secrets, and up to which degree; on an isolated LAN alone (AR-128)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tangthu.identity import queries
from tangthu.identity.actions.change_rights import can_be_confirmed
from tangthu.identity.actions.grant_clearance import set_clearance
from tangthu.identity.models import Appointment, Clearance
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.changes import nobody_confirms
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records.fields import code_choices, code_label
from tangthu.ui import formats
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.forms import mark
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage

_MOST = 500


class ClearanceForm(forms.Form):
    """One person, the degree, and the decision that gives or ends it."""

    def __init__(self, people: list[Appointment], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        today = timezone.localdate()
        self.fields["person"] = forms.ChoiceField(
            label=_("Người"),
            choices=[("", _("Chọn người")), *((_key(one), _named(one)) for one in people)],
        )
        self.fields["degree"] = forms.ChoiceField(
            label=_("Được tiếp cận đến độ"),
            choices=[("", _("Không được tiếp cận")), *code_choices("secrecy", today)],
            required=False,
        )
        mark(self.fields["degree"], "")
        self.fields["decision"] = forms.CharField(
            label=_("Quyết định"),
            max_length=200,
            help_text=_("Số, ngày và cơ quan ra quyết định."),
        )


def _key(one: Appointment) -> str:
    return f"{one.person_id}.{one.position.body_id}"


def _named(one: Appointment) -> str:
    return f"{one.person.full_name} ({one.position.body.short_name})"


@require_http_methods(["GET", "HEAD", "POST"])
def clearances(request: HttpRequest) -> HttpResponse:
    """The people of one's bodies with their clearance today, and the form to change one."""
    who = viewer(request)
    if not isolated() or not who.may_anywhere("clearance.grant"):
        raise NotFoundForViewer()
    people = list(queries.people_to_clear(who)[:_MOST])

    def act(given: dict[str, Any]) -> str:
        person_id, body_id = given["person"].split(".")
        made = set_clearance(
            acting(request),
            uuid.UUID(person_id),
            body_id=uuid.UUID(body_id),
            degree=given["degree"],
            decision=given["decision"],
        )
        _say(request, made)
        return reverse("archive:clearances")

    return run_form(
        request,
        ClearanceForm(people, posted(request)),
        act,
        title=_("Người được tiếp cận bí mật nhà nước"),
        save_label=_("Ghi quyết định"),
        way=[],
        cancel_url="",
        template="archive/clearances.html",
        register=_register(request, people),
    )


def _say(request: HttpRequest, made: Clearance | None) -> None:
    waits = made is not None and made.waits and not made.alone
    messages.success(
        request,
        _("Đã gửi đề nghị; quyền có hiệu lực khi người thứ hai xác nhận.")
        if waits
        else _("Đã ghi quyết định."),
    )
    if made is not None and waits and not can_be_confirmed(made):
        messages.warning(request, nobody_confirms())


def _register(request: HttpRequest, people: list[Appointment]) -> RegisterPage:
    today = timezone.localdate()

    standing, waiting = queries.clearances_at(people), queries.clearances_waiting(people)

    def clearance(row: Appointment) -> Clearance | None:
        return standing.get((row.person_id, row.position.body_id))

    def degree(row: Appointment) -> Cell:
        found = clearance(row)
        words = code_label("secrecy", found.degree, today) if found else _("Không")
        asked = waiting.get((row.person_id, row.position.body_id))
        note = ""
        if asked is not None:
            label = code_label("secrecy", asked.degree, today)
            note = _("đề nghị đến độ %(degree)s, chờ xác nhận") % {"degree": label}
        return Cell(words, tone="warn" if found else "", note=note)

    def decision(row: Appointment) -> str:
        found = clearance(row)
        return found.decision if found else ""

    def since(row: Appointment) -> str:
        found = clearance(row)
        return formats.day(found.effective_from) if found else ""

    register: Register[Appointment] = Register(
        name="clearances",
        caption=_("Người được tiếp cận bí mật nhà nước"),
        query=request.GET,
        default_sort="name",
        row_id=_key,
        page_size=_MOST,
        columns=(
            Column("name", _("Họ tên"), lambda row: row.person.full_name, primary=True),
            Column("body", _("Cơ quan"), lambda row: row.position.body.short_name),
            Column("degree", _("Được tiếp cận đến độ"), degree, "tag"),
            Column("decision", _("Theo quyết định"), decision),
            Column("since", _("Từ ngày"), since, "date"),
        ),
        empty=EmptyState(_("Không có ai để quyết định"), ""),
    )
    return register.page(people, sort_values=lambda row: (row.person.sort_key,), total=len(people))
