"""Recent proof that it is the person himself: by signing in, or anew, with all that is asked then.

Asked for before whatever changes how an account proves itself, ends its sessions or lets a program
in its place: whoever finds an open window has a session, but no password and no second step.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

# How long a proof counts, in seconds: long enough to set up a phone.
KEPT = 300
_KEY = "proved_at"
# A provider may let in without asking anything; what it says proves nothing about this moment.
_ELSEWHERE = "oidc"


def note(session: Any, how: Sequence[str] = ()) -> None:
    """Note that the person proved who he is just now; `how` he signed in, where he did."""
    if _ELSEWHERE not in how:
        session[_KEY] = int(time.time())


def is_recent(request: HttpRequest) -> bool:
    """Whether the person of this session proved a moment ago who he is."""
    return 0 <= time.time() - request.session.get(_KEY, 0) <= KEPT


def first(request: HttpRequest, back: str = "") -> HttpResponse | None:
    """Where to go to prove it first, and from there `back` (this page); None if he just has."""
    if is_recent(request):
        return None
    told = urlencode({"next": back or request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('signin:prove')}?{told}")
