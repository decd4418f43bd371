"""Keep the columns that a person chose for a list, and go back to the list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tangthu.discovery.language import storable
from tangthu.identity.actions.choose_columns import choose_columns


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the columns posted for the list `name`; `default` forgets what was chosen."""
    wanted = [] if request.POST.get("default") else request.POST.getlist("column")
    # PostgreSQL holds no NUL and no half of a character.
    name, *wanted = (storable(one) for one in (request.POST.get("name", ""), *wanted))
    if name.strip():
        choose_columns(request.acting, name, wanted)  # type: ignore[attr-defined]
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    # A path, in letters that a header can hold: `redirect` takes other words for names of views.
    if not (ours and back.startswith("/") and storable(back) == back):
        back = "/"
    return HttpResponseRedirect(back)
