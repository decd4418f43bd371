"""What people are told while the database does not answer.

It comes back by itself within seconds (`tangthu up` starts it again), so the page asks to try
again; it is made without the database, the session and whoever is asking.
"""

from __future__ import annotations

import logging

import psycopg
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

log = logging.getLogger("tangthu.office")

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError)
# Seconds after which it is worth asking again.
AGAIN = 5


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page with status 503 for an `error` of AWAY.

    Whether a change was made before the answer was lost is not known here: the page says so.
    """
    log.warning("the database did not answer: %s", type(error).__name__)
    asked = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    page = render_to_string("ui/errors/away.html", {"again": asked, "wait": AGAIN})
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN)})


class Sessions(SessionMiddleware):
    """Django's sessions; one that cannot be saved because the database is away is told in words."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return super().__call__(request)
        except AWAY as error:
            return answer(request, error)
