"""The rules in force on a day: each with its citation, evidence and period (AR-01, RM-014)."""

from __future__ import annotations

from itertools import groupby

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tangthu.faces.office.views.rule_words import EVIDENCE, shown, title
from tangthu.identity.views.asked import viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.rulebook import matching, rulebook
from tangthu.ui.forms import DayAsked


class RulesAsked(DayAsked):
    """Of which day, and which words the rules must hold."""

    q = forms.CharField(label=gettext_lazy("Tìm"), required=False, max_length=100)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules of one day, today without one asked for; for everybody with a position."""
    if not viewer(request).bodies():
        raise NotFoundForViewer()
    form = RulesAsked(request.GET or None)
    day = form.day()
    found = matching(day, form.cleaned_data["q"] if form.is_bound and form.is_valid() else "")
    sections = [
        (title(kind, group), [(one, shown(one)) for one in rows])
        for (kind, group), rows in groupby(found, key=lambda one: (one.kind, one.group))
    ]
    book = rulebook()
    context = {
        "form": form,
        "day": day,
        "sections": sections,
        "count": len(found),
        "evidence": EVIDENCE.items(),
        "identity": book.identity,
        "overrides": book.overrides(),
    }
    return render(request, "office/rules.html", context, status=200)
