"""The site as authenticators know it (WebAuthn): its host name, and the origin of its pages.

Browsers bind a passkey to a host name and use it on secure pages only. The name is one that the
settings give the house (TANGTHU_HOSTS), never one that a request brings along.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Place:
    """Host name (the "RP ID") and origin, as in `luutru.example.vn`, `https://luutru.example.vn`."""

    host: str
    origin: str


def place_of(request: HttpRequest) -> Place | None:
    """Where passkeys are used in this request; None where no browser would use one."""
    return None if why_not(request) else Place(_host(request), _origin(request))


def why_not(request: HttpRequest) -> str:
    """Why no passkey works at this address, in words; "" where they do."""
    host = _host(request)
    if _is_number(host):
        return _("Địa chỉ này là một số IP; khóa truy cập chỉ dùng được ở địa chỉ có tên.")
    if host not in {one.strip().lower() for one in settings.ALLOWED_HOSTS}:
        return _(
            "Tên máy chủ này chưa khai trong TANGTHU_HOSTS; khóa truy cập gắn với tên đã khai."
        )
    if not request.is_secure() and host != LOCAL:
        return _("Trang này không qua HTTPS; khóa truy cập chỉ dùng được qua HTTPS.")
    return ""


def _host(request: HttpRequest) -> str:
    name, colon, port = request.get_host().lower().rpartition(":")
    return name if colon and port.isdigit() else request.get_host().lower()


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host().lower()}"


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
