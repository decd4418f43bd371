"""Guides inside: what the page one came from is for, what to do first, a guide for each role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.faces.office.guides import for_roles, guide_named
from tangthu.identity.models import Body
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.signin.actions.open_practice import people_of
from tangthu.ui.first_steps import first_steps
from tangthu.ui.page_help import page_help
from tangthu.ui.parts import Crumb


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """The page that was asked about in two sentences, first steps, and the guides, mine first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    roles = {role for _body, role, _title in viewer.positions}
    steps = [
        {"step": step, "done": done, "url": _address(step.url_name)}
        for step, done in first_steps.of(request)
    ]
    mine = for_roles(roles)
    context = {
        "asked": page_help.pages.get(request.GET.get("trang", "")),
        "steps": steps,
        "done": sum(1 for one in steps if one["done"]),
        "practice": _practice(viewer),
        "guides": [{"guide": guide, "mine": bool(guide.roles & roles)} for guide in mine],
    }
    return render(request, "office/guides.html", context)


def _practice(viewer: Viewer) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The places to practise of the viewer's bodies: of which body, and who may be played there."""
    places = Body.objects.filter(practice_of__in=viewer.bodies()).select_related("practice_of")
    return [(str(place.practice_of), people_of(place)) for place in places.order_by("name")]


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide in the language of the screens. Raises NotFoundForViewer where there is none."""
    found = guide_named(slug)
    if found is None:
        raise NotFoundForViewer()
    language = "en" if (get_language() or "").startswith("en") else "vi"
    context = {
        "guide": found,
        "text": f"office/guides/{language}/{found.slug}.html",
        "way": [Crumb(_("Hướng dẫn"), reverse("office:guides")), Crumb(str(found.title))],
    }
    return render(request, "office/guide.html", context)


def _address(url_name: str) -> str:
    """The address of a route; "" where this installation does not have it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
