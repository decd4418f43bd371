"""Acts on many marked rows: what was marked, and the page that says what would come of each.

A list posts the `ids` of its marked rows to an act. The act answers with a preview; confirming that
posts those that can be done again, with CONFIRMED. Judged anew at that moment, so that what changed
meanwhile is not done.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from tangthu.ui.parts import Crumb, Label

CONFIRMED = "xac-nhan"
MOST = 200
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One marked thing: what it is called, and why the act cannot be done with it ("" it can)."""

    id: uuid.UUID
    name: str
    url: str = ""
    why_not: Label = ""


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act as its preview tells it; `note` says what follows. `back` is the list."""

    title: Label
    note: Label
    submit_label: Label
    back: Crumb


def marked(request: HttpRequest) -> list[uuid.UUID]:
    """The ids that were marked, each once, in their order, at most MOST; what is none is left out.

    Nothing is known yet of whether they are there or may be seen.
    """
    found: dict[uuid.UUID, None] = {}
    for one in request.POST.getlist("ids")[: MOST * 2]:
        try:
            found[uuid.UUID(one)] = None
        except ValueError:
            continue
    return list(found)[:MOST]


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the preview was seen."""
    return request.POST.get(CONFIRMED) == "1"


def preview(request: HttpRequest, act: BulkAct, rows: Sequence[BulkRow]) -> HttpResponse:
    """The page that says for each row whether it can be done, those first that cannot."""
    able = [one for one in rows if not one.why_not]
    ordered = sorted(rows, key=lambda one: not one.why_not)
    can = ngettext("%(n)s dòng làm được", "%(n)s dòng làm được", len(able)) % {"n": len(able)}
    rest = len(rows) - len(able)
    cannot = ngettext("%(n)s dòng không", "%(n)s dòng không", rest) % {"n": rest}
    context = {
        "act": act,
        "told": f"{can}, {cannot}." if rest else f"{can}.",
        "able": able,
        "more": max(0, len(rows) - _SHOWN),
        "confirmed": CONFIRMED,
        "rows": ordered[:_SHOWN],
        "way": [act.back, Crumb(act.title)],
    }
    return render(request, "ui/bulk_preview.html", context)
