"""Errors as pages. What is forbidden and what does not exist get the same bytes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tangthu.faces.office.coming import way_back
from tangthu.kernel.errors import HouseError


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing at this address for this person. Says nothing of the address itself."""
    return render(request, "ui/errors/missing.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Forbidden is answered as if it did not exist."""
    return not_found(request, exception)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere; nothing was changed."""
    return render(request, "ui/errors/csrf.html", {"back": way_back(request)}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself is malformed."""
    return render(request, "ui/errors/bad_request.html", {"back": way_back(request)}, status=400)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an address that only a button leads to was opened by itself."""
    context = {"back": way_back(request)}
    response = render(request, "ui/errors/not_allowed.html", context, status=405)
    response["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; nothing half-written stays behind, and no code is shown."""
    return render(request, "ui/errors/server.html", status=500)


def house_error(request: HttpRequest, error: HouseError) -> HttpResponse:
    """A typed error: what happened and what to do."""
    return render(
        request,
        "office/refused.html",
        {"message": error.message, "hint": error.hint, "back": way_back(request)},
        status=error.http_status,
    )


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any) -> HttpResponse:
    """429: too many wrong passwords; says how long to wait."""
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    return render(request, "ui/errors/locked.html", {"cooloff_seconds": seconds}, status=429)
