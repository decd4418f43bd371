"""One request and its answer: no redirects, no proxy of the environment, a limit of time."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, BinaryIO
from urllib.parse import urlsplit

Sent = bytes | BinaryIO | None
# A document is held in memory; a file is not.
MOST_DOCUMENT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where a house is: scheme, host, port, and the path before /api."""

    secure: bool
    host: str
    port: int | None
    prefix: str

    @classmethod
    def of(cls, address: str) -> Place:
        """The place of an address. Raises ValueError for what is none, or would bare the key."""
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ValueError("the address of a house begins with https:// and a host")
        if parts.scheme == "http" and not _own(parts.hostname):
            raise ValueError("a key is not sent in the open: use https://")
        return cls(parts.scheme == "https", parts.hostname, parts.port, parts.path.rstrip("/"))


def _own(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """Opens a connection for each request; `context` decides whom it trusts."""

    def __init__(self, place: Place, timeout: float, context: ssl.SSLContext | None) -> None:
        self._place = place
        self._timeout = timeout
        self._context = context or ssl.create_default_context()

    def open(
        self, method: str, path: str, headers: Mapping[str, str], sent: Sent
    ) -> http.client.HTTPResponse:
        """Send a request; the caller reads and closes the answer. Raises OSError, HTTPException."""
        connection: http.client.HTTPConnection
        where: dict[str, Any] = {"timeout": self._timeout}
        if self._place.secure:
            connection = http.client.HTTPSConnection(
                self._place.host, self._place.port, context=self._context, **where
            )
        else:
            connection = http.client.HTTPConnection(self._place.host, self._place.port, **where)
        try:
            connection.request(method, f"{self._place.prefix}{path}", sent, dict(headers))
            return connection.getresponse()
        except BaseException:
            connection.close()
            raise
