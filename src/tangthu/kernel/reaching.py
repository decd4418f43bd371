"""Which other machines the house itself may send something to, because a person named an address.

Whoever names an address must not make the house knock at doors that are open to it alone: its own,
those of its network, those of whoever hosts it. So the address is judged when it is connected to,
as it was resolved at that moment, and exactly that one is connected to.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from contextlib import closing

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import HouseError
from tangthu.kernel.isolation import LOOPBACK, Network, Outward, is_local, local_networks

# Addresses that lead to another address: by them everything private could be reached.
_TUNNELS: tuple[Network, ...] = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
)


class NotReachable(HouseError):
    """An address that the house does not send to, or that has no machine behind it."""


def networks(written: str) -> tuple[Network, ...]:
    """The networks that an administrator opens, as he writes them: "10.1.0.0/16, 127.0.0.1/32".

    Raises ImproperlyConfigured for what is no network.
    """
    try:
        parts = (one.strip() for one in written.split(","))
        return tuple(ipaddress.ip_network(one) for one in parts if one)
    except ValueError as error:
        raise ImproperlyConfigured(f"TANGTHU_HOOK_NETWORKS: {written[:80]!r}") from error


def may_reach(address: str) -> bool:
    """Whether the house sends to an IP address; what is no IP address it does not.

    On a connected installation to public ones, and to the private networks and this machine's
    loopback only where TANGTHU_HOOK_NETWORKS opens them; on an isolated one to its own networks.
    Never to what is link-local, to groups, to tunnels, nor to this machine by another address.
    """
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address) and one.ipv4_mapped is not None:
        one = one.ipv4_mapped
    opened = is_local(str(one), settings.HOOK_NETWORKS)
    if is_local(str(one), LOOPBACK):
        return opened
    if one.is_unspecified or one.is_multicast or one.is_link_local or one.is_reserved:
        return False
    if is_local(str(one), _TUNNELS) or _is_ours(str(one)):
        return False
    if isolated():
        return is_local(str(one), local_networks())
    return opened or one.is_global


def _is_ours(address: str) -> bool:
    """Whether an address is one of this machine: only then can something listen on it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.bind((address, 0))
    except (OSError, Outward):
        return False
    return True


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name. A name server that is silent is waited for no longer than `seconds`:
    the system's own look-up knows no end, so it is left behind. Raises TimeoutError, OSError."""
    told: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            told.put([str(one[4][0]) for one in found])
        except (OSError, UnicodeError, Outward) as error:  # raised below
            told.put(error)

    threading.Thread(target=look, name="name of a host", daemon=True).start()
    try:
        answer = told.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def resolved(host: str, port: int, seconds: float) -> str:
    """The address of a host that the house may send to. Raises NotReachable, and TimeoutError where
    it is not known after `seconds`.

    If any address of the name is forbidden, all are: a name that means two things is a trick.
    """
    try:
        addresses = _looked_up(host, port, seconds)
    except TimeoutError:
        raise
    except (OSError, UnicodeError, Outward) as error:
        raise NotReachable(_("Không tìm thấy máy chủ của địa chỉ này.")) from error
    if not addresses or not all(may_reach(one) for one in addresses):
        raise NotReachable(
            _("Hệ thống không gửi tới địa chỉ này."),
            hint=_("Địa chỉ trong mạng nội bộ phải được quản trị mở ở TANGTHU_HOOK_NETWORKS."),
        )
    return addresses[0]


def connected(host: str, port: int, *, tls: bool, seconds: float) -> socket.socket:
    """A connection to a host, judged by the address it has now; with `tls` not yet shaken hands.

    Raises NotReachable, and OSError where nobody answers within `seconds`, its name looked up.
    """
    until = time.monotonic() + seconds
    address = resolved(host, port, seconds)
    left = max(until - time.monotonic(), 0.05)
    made = socket.create_connection((address, port), left)
    made.settimeout(seconds)
    if not tls:
        return made
    context = ssl.create_default_context(cafile=settings.HOOK_CA or None)
    return context.wrap_socket(made, server_hostname=host, do_handshake_on_connect=False)
