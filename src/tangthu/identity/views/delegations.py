"""What I let others do in my place, and what others let me do in theirs (NĐ30 Điều 13)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.identity import staff
from tangthu.identity.actions.delegate import delegable_at, delegate, end_delegation
from tangthu.identity.models import Body, Delegation
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import RIGHTS
from tangthu.identity.views import forms as our
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.shared import span
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.parts import Action, Crumb

_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def delegations(request: HttpRequest) -> HttpResponse:
    """One's own delegations, given and received."""
    who = viewer(request)
    found = staff.delegations(who, who.person_id)
    give = Action(
        _("Ủy quyền"), reverse("identity:delegation-new"), key="m", icon="plus", weight="primary"
    )
    context = {
        "given": [_told(one, mine=True) for one in found if one.giver_id == who.person_id],
        "received": [_told(one, mine=False) for one in found if one.receiver_id == who.person_id],
        "actions": [give] if _places(who) else [],
    }
    return render(request, "identity/delegations.html", context)


def _told(one: Delegation, *, mine: bool) -> dict[str, object]:
    stands = one.effective_to >= timezone.localdate()
    end = Action(
        _("Thôi ủy quyền"), reverse("identity:delegation-end", args=[one.pk]), method="post"
    )
    return {
        "name": (one.receiver if mine else one.giver).full_name,
        "body": one.body.short_name,
        "rights": "; ".join(str(RIGHTS[right]) for right in one.rights),
        "span": span(one.effective_from, one.effective_to),
        "decision": one.decision,
        "stands": stands,
        "actions": [end] if mine and stands else [],
    }


def _places(who: Viewer) -> list[Body]:
    found = Body.objects.filter(pk__in=who.bodies()).order_by("name", "id")
    return [one for one in found if delegable_at(who, one.pk)]


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Let a colleague do something in one's place."""
    who = viewer(request)
    bodies = _places(who)
    if not bodies:
        raise NotFoundForViewer()
    mine = {right for one in bodies for right in delegable_at(who, one.pk)}
    people = [
        (str(one.person_id), f"{one.person.full_name}, {one.position.title}")
        for one in staff.colleagues(who, [one.pk for one in bodies])
    ]
    rights = [(right, label) for right, label in RIGHTS.items() if right in mine]
    form = our.DelegationForm(
        bodies, people, rights, posted(request),
        initial={"since": formats.day(timezone.localdate())},
    )  # fmt: skip
    home = reverse("identity:delegations")

    def act(given: dict[str, Any]) -> str:
        today = timezone.localdate()
        delegate(
            acting(request),
            body_id=form.body().pk,
            receiver_id=uuid.UUID(given["receiver"]),
            rights=given["rights"],
            since=as_day(given["since"]) or today,
            until=as_day(given["until"]) or today,
            decision=given["decision"],
        )
        return home

    return run_form(
        request, form, act, done=_("Đã ủy quyền."), title=_("Ủy quyền"), save_label=_("Ủy quyền"),
        way=[Crumb(_("Ủy quyền của tôi"), home), Crumb(_("Ủy quyền"))], cancel_url=home,
        lead=_("Ủy quyền không được ủy quyền lại, và hết khi bạn thôi giữ chức vụ."),
    )  # fmt: skip


@require_POST
def end(request: HttpRequest, delegation_id: uuid.UUID) -> HttpResponse:
    """Take a delegation back."""
    end_delegation(acting(request), delegation_id)
    messages.success(request, _("Đã thôi ủy quyền."))
    return redirect("identity:delegations")
