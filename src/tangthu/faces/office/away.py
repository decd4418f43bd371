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
from django.utils.http import escape_leading_slashes

log = logging.getLogger("tangthu.office")

# Seconds after which it is worth asking again.
AGAIN = 5
# Classes of SQLSTATE that say that a server is not there for us: connection exceptions, operator
# intervention such as a shutdown, too many connections. Without one nobody answered at all.
_NOT_THERE = ("08", "57P0", "53300")


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database is not there, and not that it refused something."""
    if not isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError):
        return False
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    state = getattr(cause, "sqlstate", None)
    return state is None or str(state).startswith(_NOT_THERE)


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page with status 503 for an error that `is_away`.

    Whether a change was made before the answer was lost is not known here: the page says so.
    """
    log.warning("the database did not answer: %s", type(error).__name__)
    # What begins with two slashes would lead to another site.
    asked = escape_leading_slashes(request.get_full_path())
    again = asked if request.method in {"GET", "HEAD"} else ""
    page = render_to_string("ui/errors/away.html", {"again": again, "wait": AGAIN})
    headers = {"Retry-After": str(AGAIN), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


class Sessions(SessionMiddleware):
    """Django's sessions; one that cannot be saved because the database is away is told in words."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return super().__call__(request)
        except Exception as error:
            if is_away(error):
                return answer(request, error)
            raise
