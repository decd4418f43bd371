"""Reviewing every account of a body, signing that, and the signed sheet (RM-954)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity.queries import bodies
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.signin import reviewing
from tangthu.signin.actions.close_review import NOTE_LENGTH, close_review
from tangthu.signin.models import Verdict
from tangthu.signin.views.accounts import acting_of, manager
from tangthu.ui.parts import Crumb

_SHOWN = 50


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """The bodies whose accounts the viewer reviews, when that is due, and what was signed."""
    viewer = manager(request)
    managed = viewer.bodies_with("people.manage")
    context = {
        "way": [Crumb(_("Tài khoản"), reverse("signin:accounts")), Crumb(_("Rà soát"))],
        "bodies": [(one, reviewing.due_on(one.pk)) for one in bodies(viewer) if one.pk in managed],
        "reviews": reviewing.reviews(viewer).select_related("body")[:_SHOWN],
    }
    return render(request, "signin/reviews.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, body_id: uuid.UUID) -> HttpResponse:
    """Every account of a body, each to be kept or disabled; POST signs what was decided of all."""
    viewer = manager(request)
    body = reviewing.body_of(acting_of(request), body_id)
    seen = reviewing.seen_at(body_id)
    given = {
        one.account.person_id: (
            request.POST.get(f"verdict-{one.account.person_id}", ""),
            request.POST.get(f"note-{one.account.person_id}", "")[:NOTE_LENGTH],
        )
        for one in seen
    }
    missing: set[str] = set()
    if request.method == "POST":
        try:
            closed = close_review(acting_of(request), body_id, given)
        except InvalidInput as error:
            missing = set(error.problems)
        else:
            messages.success(request, _("Đã ký kết quả rà soát."))
            return HttpResponseRedirect(reverse("signin:review-sheet", args=[closed.pk]))
    rows = [
        {
            "seen": one,
            "id": one.account.person_id,
            "own": one.account.person_id == viewer.person_id,
            "verdict": given[one.account.person_id][0],
            "note": given[one.account.person_id][1],
            "wrong": str(one.account.person_id) in missing,
        }
        for one in seen
    ]
    context = {
        "body": body,
        "rows": rows,
        "missing": [row for row in rows if row["wrong"]],
        "note_length": NOTE_LENGTH,
        "way": [
            Crumb(_("Tài khoản"), reverse("signin:accounts")),
            Crumb(_("Rà soát"), reverse("signin:reviews")),
            Crumb(body.short_name),
        ],
    }
    return render(request, "signin/review.html", context, status=422 if missing else 200)


@require_safe
def sheet(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """A signed review, made for paper as well."""
    viewer = manager(request)
    found = reviewing.reviews(viewer).select_related("body").filter(pk=review_id).first()
    if found is None:
        raise NotFoundForViewer()
    lines = list(found.lines.order_by("number"))
    context = {
        "review": found,
        "lines": lines,
        "disabled": sum(one.verdict == Verdict.DISABLE for one in lines),
        "way": [
            Crumb(_("Tài khoản"), reverse("signin:accounts")),
            Crumb(_("Rà soát"), reverse("signin:reviews")),
            Crumb(found.body.short_name),
        ],
    }
    return render(request, "signin/review_sheet.html", context)
