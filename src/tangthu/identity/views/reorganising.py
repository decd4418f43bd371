"""The page on which units are merged, split or renamed by one decision (RM-012)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tangthu.identity import staff
from tangthu.identity.actions.reorganise import reorganise
from tangthu.identity.models import Appointment
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.body_forms import NOWHERE, ReorganiseForm, move_of, names_in
from tangthu.identity.views.shared import key_of, unit_choices
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.parts import Crumb, Notice


@require_http_methods(["GET", "HEAD", "POST"])
def reorganise_units(request: HttpRequest) -> HttpResponse:
    """End units and open their successors; first what, then, once that is known, who goes where."""
    who = viewer(request)
    bodies = list(staff.bodies_with(who, "people.manage"))
    if not bodies:
        raise NotFoundForViewer()
    choices = unit_choices(list(staff.units_of(who)), several=len(bodies) > 1)
    given = posted(request) or QueryDict()
    opening = names_in(given.get("opening", ""))
    held = staff.held_in(who, _ids(given.getlist("ending"))) if opening else []
    if held and not given.get("asked"):
        # Known now: who holds what in the units that end. Where all can only go to one, they do.
        first = {**given.dict(), "ending": given.getlist("ending"), "asked": True}
        form = ReorganiseForm(bodies, choices, initial=first | _all_to_one(held, opening))
    else:
        today = {"since": formats.day(timezone.localdate())}
        form = ReorganiseForm(bodies, choices, posted(request), initial=today)
    form.ask_moves(held, opening)

    def act(values: dict[str, Any]) -> str:
        reorganise(
            acting(request),
            body_id=form.body().pk,
            ending=_ids(values["ending"]),
            opening=opening,
            moves={
                one.pk: int(values[move_of(one)]) for one in held if values[move_of(one)] != NOWHERE
            },
            since=as_day(values["since"]) or timezone.localdate(),
            decision=values["decision"],
            parent_id=key_of(values["parent"]),
        )
        return reverse("identity:units")

    warnings = []
    if held:
        warnings.append(
            Notice(
                _("%(n)s người giữ chức vụ ở đơn vị kết thúc") % {"n": len(held)},
                _("Chọn đơn vị mới cho từng người. Chức vụ mới cho quyền khi người thứ hai xác "
                  "nhận."),
                tone="warn",
            )
        )  # fmt: skip
    title = _("Tổ chức lại đơn vị")
    home = reverse("identity:units")
    return run_form(
        request, form, act, done=_("Đã tổ chức lại đơn vị."), title=title,
        save_label=_("Tổ chức lại"),
        way=[Crumb(_("Đơn vị, chức vụ"), home), Crumb(title)], cancel_url=home,
        lead=_("Đơn vị cũ kết thúc, đơn vị mới kế tiếp; hồ sơ của những ngày trước vẫn mang tên "
               "đơn vị cũ."),
        warnings=warnings,
    )  # fmt: skip


def _all_to_one(held: list[Appointment], opening: list[str]) -> dict[str, str]:
    """Everybody's move to the one unit that follows; none where several do."""
    return {move_of(one): "0" for one in held} if len(opening) == 1 else {}


def _ids(texts: list[str]) -> list[uuid.UUID]:
    """The ids among texts of a form."""
    found = []
    for one in texts:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found
