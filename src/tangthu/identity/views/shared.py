"""What these pages share: how an action's refusal lands in its form, histories, words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity.models import Unit
from tangthu.identity.models.asked import Asked
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer
from tangthu.ledger.history import history
from tangthu.ui import formats
from tangthu.ui.partial_dates import PartialDate
from tangthu.ui.parts import Crumb, Notice, TimelineEntry

SHOWN = 100


def as_day(given: PartialDate | None) -> dt.date | None:
    """A whole date of a form as a day; None for none."""
    return dt.date(given.year, given.month or 1, given.day or 1) if given else None


def asked_day(request: HttpRequest) -> dt.date:
    """The day in the address (`ngay=2026-03-01`); today for none or for what is no day."""
    try:
        return dt.date.fromisoformat(request.GET.get("ngay", "")[:10])
    except ValueError:
        return timezone.localdate()


def run_form(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    done: object,
    title: object,
    save_label: object,
    way: list[Crumb],
    cancel_url: str,
    lead: object = "",
    warnings: list[Notice] | None = None,
    template: str = "identity/form.html",
    **context: Any,
) -> HttpResponse:
    """One form for one action: `act` takes the cleaned values and gives the address to go on to.

    What the action refuses stands at the field it names, and nothing was changed (status 422).
    """
    if form.is_bound and form.is_valid():
        try:
            onward = act(form.cleaned_data)
        except NotFoundForViewer:
            raise
        except InvalidInput as error:
            known = {k: v for k, v in error.problems.items() if k in form.fields}
            for name, words in known.items():
                form.add_error(name, [str(one) for one in words])
            if not known:
                form.add_error(None, str(error))
        except HouseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, str(done))
            return redirect(onward)
    page = {
        "form": form,
        "title": title,
        "lead": lead,
        "save_label": save_label,
        "way": way,
        "cancel_url": cancel_url,
        "warnings": warnings or [],
        **context,
    }
    return render(request, template, page, status=422 if form.is_bound else 200)


def posted(request: HttpRequest) -> Any:
    """What was posted; None if the page was only opened."""
    return request.POST if request.method == "POST" else None


def told(obj: uuid.UUID, known: frozenset[uuid.UUID]) -> list[TimelineEntry]:
    """The history of a person, unit or group, newest first, without what concerns other bodies.

    On an isolated LAN who is cleared for secrets is for who decides on that, on its own page.
    """
    found = []
    for event in reversed(history(obj)):
        detail = event.fields.get("detail", {})
        at = str(detail.get("at", ""))
        if at and at not in {str(body) for body in known}:
            continue
        if isolated() and event.kind_name == "identity.person.cleared":
            continue
        tone = "danger" if event.damaged or event.out == "fail" else ""
        found.append(
            TimelineEntry(
                event.when,
                event.who or "–",
                event.sentence,
                as_what=event.position,
                tone=tone,  # type: ignore[arg-type]
            )
        )
    return found[:SHOWN]


def state_of(change: Asked, since: dt.date, until: dt.date | None) -> tuple[str, str]:
    """The state of a change of rights in words, and the tone of its tag."""
    today = timezone.localdate()
    if change.refused_at is not None:
        return _("Không được chấp nhận"), "danger"
    if change.ended_at is not None or (until is not None and until < today):
        return _("Đã kết thúc"), ""
    if change.confirmed_at is None:
        return (
            (_("Đang dùng, chưa ai xác nhận"), "warn")
            if change.alone
            else (
                _("Chờ xác nhận"),
                "warn",
            )
        )
    return (_("Chưa đến ngày"), "info") if since > today else (_("Đang có hiệu lực"), "ok")


def span(since: dt.date, until: dt.date | None, ended: dt.datetime | None = None) -> str:
    """From–to in words."""
    if ended is not None:
        day = timezone.localtime(ended).date()
        until = min(day, until) if until else day
    if until is None:
        return _("từ %(since)s") % {"since": formats.day(since)}
    return f"{formats.day(since)} – {formats.day(until)}"


def unit_choices(units: list[Unit], *, several: bool) -> list[tuple[str, str]]:
    """Units to choose from; with their body's short name where there are several bodies."""
    return [
        (str(one.pk), f"{one.name} ({one.body.short_name})" if several else one.name)
        for one in units
    ]


def key_of(text: str) -> uuid.UUID | None:
    """An id from a form; None for none."""
    return uuid.UUID(text) if text else None
