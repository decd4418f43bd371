"""Change a person: add, appoint, rename, end a position, let go."""

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

from tangthu.identity import staff, standing
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.add_person import appoint, employ
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.leave import leave as let_go
from tangthu.identity.actions.rename_person import rename_person
from tangthu.identity.conflicts import conflicts_of
from tangthu.identity.models import Appointment, Body, Person, Unit
from tangthu.identity.views import forms as our
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.changes import nobody_confirms
from tangthu.identity.views.shared import key_of, unit_choices
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.parts import Confirmation, Crumb, Notice

_METHODS = ["GET", "HEAD", "POST"]


def _managed(request: HttpRequest) -> tuple[list[Body], list[Unit]]:
    who = viewer(request)
    bodies = list(staff.bodies_with(who, "people.manage"))
    if not bodies:
        raise NotFoundForViewer()
    return bodies, list(staff.units_of(who))


def _way(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Người làm việc"), reverse("identity:people")), *more]


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a person with his account and first position."""
    bodies, units = _managed(request)
    choices = unit_choices(units, several=len(bodies) > 1)
    form = our.NewPersonForm(
        bodies, choices, posted(request), initial={"since": formats.day(timezone.localdate())}
    )

    def act(given: dict[str, Any]) -> str:
        person = employ(
            acting(request),
            full_name=given["full_name"],
            username=given["username"],
            password=given["password"],
            **_position(form, units),
        )
        _warn(request, person.appointments.get())
        _warn_of_namesakes(request, person)
        return reverse("identity:person", args=[person.pk])

    return _with_conflicts(
        request, form, units, None, act,
        done=_("Đã thêm người."),
        title=_("Thêm người"), save_label=_("Thêm người"), way=_way(Crumb(_("Thêm người"))),
        cancel_url=reverse("identity:people"),
        lead=_("Chức vụ chỉ cho quyền sau khi người thứ hai xác nhận."),
    )  # fmt: skip


@require_http_methods(_METHODS)
def appoint_to(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Give a person a position."""
    person = staff.person(viewer(request), person_id)
    bodies, units = _managed(request)
    if not person.active:
        raise NotFoundForViewer()
    choices = unit_choices(units, several=len(bodies) > 1)
    form = our.PositionForm(
        bodies, choices, posted(request), initial={"since": formats.day(timezone.localdate())}
    )
    home = reverse("identity:person", args=[person.pk])

    def act(given: dict[str, Any]) -> str:
        _warn(request, appoint(acting(request), person=person, **_position(form, units)))
        return home

    return _with_conflicts(
        request, form, units, person, act,
        done=_("Đã giao chức vụ."),
        title=_("Giao chức vụ cho %(name)s") % {"name": person.full_name},
        save_label=_("Giao chức vụ"),
        way=_way(Crumb(person.full_name, home), Crumb(_("Giao chức vụ"))),
        cancel_url=home, lead=_("Chức vụ chỉ cho quyền sau khi người thứ hai xác nhận."),
    )  # fmt: skip


def _warn(request: HttpRequest, made: Appointment) -> None:
    """Tell who asked at once what would else wait for ever."""
    if made.alone:
        messages.warning(request, _("Chức vụ có hiệu lực ngay: chưa từng có ai khác để xác nhận."))
    elif not change_rights.can_be_confirmed(made):
        messages.warning(request, nobody_confirms())
    else:
        messages.info(request, _("Chức vụ cho quyền khi được xác nhận."))


def _warn_of_namesakes(request: HttpRequest, person: Person) -> None:
    """Tell that somebody else at the body bears the name, or one that differs in marks alone."""
    if staff.namesakes(person):
        messages.warning(
            request,
            _("Cơ quan có người khác tên giống %(name)s; phân biệt bằng tên đăng nhập, chức vụ.")
            % {"name": person.full_name},
        )


def _position(form: our.PositionForm, units: list[Unit]) -> dict[str, Any]:
    given = form.cleaned_data
    key = key_of(given["unit"])
    since = as_day(given["since"])
    return {
        "body": form.body(),
        "position": given["position"],
        "role": given["role"],
        "since": since,
        "until": as_day(given["until"]),
        "unit": next((one for one in units if one.pk == key), None),
        "kind": given["kind"],
        "decision": given["decision"],
    }


def _with_conflicts(
    request: HttpRequest,
    form: our.PositionForm,
    units: list[Unit],
    person: Person | None,
    act: Any,
    **page: Any,
) -> HttpResponse:
    """The form; what would not go together is told first, and sent only by who read it."""
    warnings: list[Notice] = []
    if form.is_bound and form.is_valid():
        wanted = _position(form, units)
        sentences = conflicts_of(
            person.pk if person else None,
            body_id=wanted["body"].pk,
            role=wanted["role"],
            unit_id=wanted["unit"].pk if wanted["unit"] else None,
            since=wanted["since"],
            until=wanted["until"],
        )
        if sentences:
            warnings = [Notice(words, tone="warn") for words in sentences]
            form.fields["knowing"] = forms.BooleanField(
                label=_("Tôi đã đọc cảnh báo và vẫn đề nghị"), required=False
            )
            if "knowing" not in request.POST:
                form.add_error("knowing", _("Đánh dấu ở đây để vẫn đề nghị."))
    return run_form(request, form, act, warnings=warnings, **page)


@require_http_methods(_METHODS)
def rename(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Correct or change a person's name."""
    person = _mine(request, person_id)
    home = reverse("identity:person", args=[person.pk])
    form = our.NameForm(posted(request), initial={"full_name": person.full_name})

    def act(given: dict[str, Any]) -> str:
        _warn_of_namesakes(
            request, rename_person(acting(request), person.pk, full_name=given["full_name"])
        )
        return home

    return run_form(
        request, form, act, done=_("Đã sửa họ tên."), title=_("Sửa họ tên"),
        save_label=_("Sửa họ tên"), way=_way(Crumb(person.full_name, home), Crumb(_("Sửa họ tên"))),
        cancel_url=home, lead=_("Việc đã làm dưới tên cũ vẫn mang tên cũ."),
    )  # fmt: skip


@require_http_methods(_METHODS)
def end(request: HttpRequest, appointment_id: uuid.UUID) -> HttpResponse:
    """End a position of a person."""
    held = staff.appointment(viewer(request), appointment_id)
    home = reverse("identity:person", args=[held.person_id])
    form = our.EndForm(posted(request))

    def act(given: dict[str, Any]) -> str:
        end_appointment(
            acting(request), held.pk, on=as_day(given["on"]), decision=given["decision"]
        )
        return home

    return run_form(
        request, form, act, done=_("Đã ghi việc thôi giữ chức vụ."),
        title=_("Thôi giữ chức vụ %(title)s") % {"title": held.position.title},
        save_label=_("Chấm dứt"),
        way=_way(Crumb(held.person.full_name, home), Crumb(_("Thôi giữ chức vụ"))),
        cancel_url=home,
        lead=_(
            "Quyền của chức vụ hết cùng với chức vụ; hết chức vụ cuối cùng ở cơ quan thì nhóm,"
            " quyền cấp riêng và quyền tiếp cận bí mật ở đó cũng hết."
        ),
    )  # fmt: skip


@require_http_methods(_METHODS)
def leave(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Let a person go: what ends is listed before it ends."""
    person = _mine(request, person_id)
    home = reverse("identity:person", args=[person.pk])
    form = our.DecisionForm(posted(request))

    def act(given: dict[str, Any]) -> str:
        let_go(acting(request), person.pk, decision=given["decision"])
        return home

    ending = _what_ends(request, person)
    confirmation = Confirmation(
        title=_("Cho thôi việc"),
        what=_("%(name)s thôi việc; tài khoản đóng lại") % {"name": person.full_name},
        count=_("%(n)d chức vụ, nhóm, quyền và ủy quyền kết thúc") % {"n": len(ending)},
        authority=_("ghi dưới đây"),
        submit_label=_("Cho thôi việc"),
        cancel_url=home,
        consequences=(
            _("Không ai đăng nhập được bằng tài khoản này nữa."),
            _("Việc người này đã làm vẫn mang tên người này."),
        ),
        sample=tuple(ending[:50]),
        more=max(0, len(ending) - 50),
        form=form,
    )
    return run_form(
        request, form, act, done=_("Đã ghi việc thôi việc; mọi quyền đã chấm dứt."),
        title=confirmation.title, save_label=confirmation.submit_label,
        way=_way(Crumb(person.full_name, home), Crumb(confirmation.title)),
        cancel_url=home, template="ui/confirm.html", confirmation=confirmation,
    )  # fmt: skip


def _what_ends(request: HttpRequest, person: Person) -> list[str]:
    who, today = viewer(request), timezone.localdate()
    held = staff.positions_of(who, [person.pk])
    groups, grants = staff.memberships(who, person.pk), staff.grants(who, person.pk)
    asked = [
        *((one, f"{_('Chức vụ')}: {one.position.title}") for one in held),
        *((one, f"{_('Nhóm')}: {one.group.name}") for one in groups),
        *((one, f"{_('Quyền được cấp riêng')}: {one.decision}") for one in grants),
    ]
    found = [words for one, words in asked if staff.stands(one)]
    return found + [
        f"{_('Ủy quyền')}: {one.giver.full_name} → {one.receiver.full_name}"
        for one in staff.delegations(who, person.pk)
        if one.effective_to >= today
    ]


def _mine(request: HttpRequest, person_id: uuid.UUID) -> Person:
    """A person for whom a body answers whose people the viewer manages. Raises
    NotFoundForViewer."""
    found = staff.person(viewer(request), person_id)
    answering = standing.answering_body(found)
    if not found.active or not viewer(request).may("people.manage", answering):
        raise NotFoundForViewer()
    return found
