"""A page with one form for one action: how the action's refusal lands in the form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer
from tangthu.ui import refusals
from tangthu.ui.partial_dates import PartialDate
from tangthu.ui.parts import Crumb, Notice


def run_form(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str | HttpResponse],
    *,
    title: object,
    save_label: object,
    way: list[Crumb],
    cancel_url: str,
    done: object = "",
    lead: object = "",
    warnings: list[Notice] | None = None,
    template: str = "ui/action_form.html",
    **context: Any,
) -> HttpResponse:
    """One form for one action: `act` takes the cleaned values and gives the address to go on to,
    or the answer itself. `done` is said to the person; without it, `act` says what was done.

    What the action refuses stands at the field it names, and nothing was changed (status 422).
    Raises NotFoundForViewer as `act` does: for what is not there, no form stands either.
    """
    if form.is_bound and form.is_valid():
        try:
            onward = act(form.cleaned_data)
        except NotFoundForViewer:
            raise
        except InvalidInput as error:
            lay(form, error)
        except HouseError as error:
            refusals.shown(request, error)
            form.add_error(None, str(error))
        else:
            if done:
                messages.success(request, str(done))
            return onward if isinstance(onward, HttpResponse) else redirect(onward)
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


def lay(form: forms.Form, error: InvalidInput) -> None:
    """Put each sentence of `error` at the field it names, and the others over the form; the
    error's own sentence stands there only if no field is named."""
    over = [
        str(one)
        for name, words in error.problems.items()
        if name not in form.fields
        for one in words
    ]
    if not form.fields.keys() & error.problems.keys():
        over = [str(error), *(one for one in over if one != str(error.message))]
    for name, words in error.problems.items():
        if name in form.fields:
            form.add_error(name, [str(one) for one in words])
    if over:
        form.add_error(None, over)


def posted(request: HttpRequest) -> Any:
    """What was posted; None if the page was only opened."""
    return request.POST if request.method == "POST" else None


def as_day(given: PartialDate | None) -> dt.date | None:
    """A whole date of a form as a day; None for none."""
    return dt.date(given.year, given.month or 1, given.day or 1) if given else None
