"""Where a request comes from, for pages and programs alike."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address, ip_network

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


def guesser_of(request: HttpRequest) -> str:
    """The address by which wrong passwords are counted: of IPv6 the network of 64 bits, for who has
    one address there has all of them."""
    address = address_of(request)
    with suppress(ValueError):
        if ip_address(address).version == 6:
            return str(ip_network(f"{address.partition('%')[0]}/64", strict=False).network_address)
    return address


def caller_of(request: HttpRequest) -> Caller:
    """Where a request comes from, for the security log."""
    port = str(request.META.get("REMOTE_PORT") or "")
    told = None if settings.SITE_HTTPS or not port.isdigit() else int(port)
    return Caller(address_of(request), told, request.headers.get("User-Agent", ""))
