"""Where a request comes from, for pages and programs alike."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from tangthu.kernel.securitylog import Caller


def address_of(request: HttpRequest) -> str:
    """The network address that a request comes from, for counting wrong passwords and for logs.

    Behind a proxy all come from the proxy, so that whoever guesses at an account would lock its
    owner out: the proxy's own word, the last in its header, is taken then. Without a proxy anybody
    may write that header, and it counts for nothing.
    """
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if settings.SITE_HTTPS:
        with suppress(ValueError):
            return str(ip_address(told))
    return str(request.META.get("REMOTE_ADDR", ""))


def caller_of(request: HttpRequest) -> Caller:
    """Where a request comes from, for the security log."""
    port = str(request.META.get("REMOTE_PORT") or "")
    told = None if settings.SITE_HTTPS or not port.isdigit() else int(port)
    return Caller(address_of(request), told, request.headers.get("User-Agent", ""))
