"""Which addresses a hook may have. Where its name leads is judged when it is sent to (reaching)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.deployment import isolated
from tangthu.kernel.isolation import LOOPBACK, is_local
from tangthu.kernel.reaching import may_reach

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Address:
    """Where a hook sends: host and port to connect to, the rest to ask for there."""

    tls: bool
    host: str
    port: int
    target: str
    netloc: str


def address_of(url: str) -> Address:
    """The parts of an address. Raises ValueError for what is none."""
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(url[:80])
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    if not (tls or parts.scheme == "http") or not parts.hostname or parts.fragment:
        raise ValueError(url[:80])
    if parts.username is not None or parts.password is not None:
        raise ValueError(url[:80])
    port = parts.port or (443 if tls else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(tls, parts.hostname, port, target, parts.netloc)


def host_of(url: str) -> str:
    """The host of a hook's address: all of it that others than its owner are told."""
    return address_of(url).host


def trouble_with(url: str) -> object:
    """Why a hook cannot have this address, in words; None if it can."""
    try:
        address = address_of(url)
    except ValueError:
        return _("Địa chỉ gồm https://, máy chủ và đường dẫn, chỉ dùng chữ không dấu.")
    here = address.host == "localhost" or is_local(address.host, LOOPBACK)
    if not (address.tls or here):
        return _("Địa chỉ ở máy khác phải dùng https.")
    hosts = {one.strip("[]") for one in settings.ALLOWED_HOSTS}
    if address.host in hosts and not here:
        return _("Đây là địa chỉ của chính hệ thống.")
    literal = "127.0.0.1" if address.host == "localhost" else address.host
    if not _is_ip(literal):
        if isolated():
            return _("Trên mạng LAN độc lập, địa chỉ ghi bằng số IP chứ không bằng tên.")
        return None
    if not may_reach(literal):
        return _("Hệ thống không gửi tới địa chỉ này; địa chỉ nội bộ phải được quản trị mở.")
    return None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
