"""Whose word about where a request comes from is believed: proxies, by their address."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

from tangthu.kernel.isolation import LOOPBACK, Network, is_local

# What a proxy tells of the visitor; of anybody else it is hearsay.
TOLD = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID")
# Nothing here reads these, and nothing shall.
NEVER = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def networks(given: str) -> tuple[Network, ...]:
    """The networks of TANGTHU_PROXIES, separated by commas; this machine if none are named.

    Raises ImproperlyConfigured for what is no network.
    """
    return named(given, "TANGTHU_PROXIES") or LOOPBACK


def named(given: str, setting: str) -> tuple[Network, ...]:
    """The networks that a setting names, separated by commas. Raises ImproperlyConfigured for what
    is no network."""
    parts = [one.strip() for one in given.split(",") if one.strip()]
    try:
        return tuple(ipaddress.ip_network(one) for one in parts)
    except ValueError as error:
        raise ImproperlyConfigured(f"{setting}: {error}") from error


def believe(meta: dict[str, object], proxies: Sequence[Network], *, expected: bool) -> None:
    """Take out of a request's `meta` what was forwarded by nobody who is believed.

    Without a proxy `expected` nobody is.
    """
    told_by = str(meta.get("REMOTE_ADDR") or "")
    heard = () if expected and is_local(told_by, proxies) else TOLD
    for name in (*heard, *NEVER):
        meta.pop(name, None)
