"""Keep the columns that a person chose for a list, and go back to the list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tangthu.identity.actions.choose_columns import choose_columns


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the columns posted for the list `name`; `default` forgets what was chosen."""
    wanted = [] if request.POST.get("default") else request.POST.getlist("column")
    name = request.POST.get("name", "")
    if name:
        choose_columns(request.acting, name, wanted)  # type: ignore[attr-defined]
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return redirect(back)
