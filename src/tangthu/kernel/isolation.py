"""What an isolated installation may talk to: this machine and networks declared local (AR-128).

`TANGTHU_LOCAL_NETWORKS` names the networks of the independent LAN; only private ranges count.
`forbid_outward` lets no Python code of the process reach any other address, whatever asks for it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence

from tangthu.kernel.deployment import CONNECTED
from tangthu.kernel.errors import HouseError, PortUnusable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
_PRIVATE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(one)
    for one in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


# Where libpq would look besides what it is told, and what sends it to look elsewhere.
_LIBPQ_READS = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE")
_NOT_TOLD = ("service", "servicefile", "oauth_issuer")


class Outward(HouseError):
    """An isolated installation was asked to reach, or to be reached from, another network."""

    http_status = 403


def local_networks(given: str | None = None) -> tuple[Network, ...]:
    """Loopback and the networks of TANGTHU_LOCAL_NETWORKS. Raises Outward for one that is public
    or none."""
    text = os.environ.get("TANGTHU_LOCAL_NETWORKS", "") if given is None else given
    found: list[Network] = list(LOOPBACK)
    for part in filter(None, (one.strip() for one in text.split(","))):
        try:
            network = ipaddress.ip_network(part)
        except ValueError as error:
            raise Outward(
                f"TANGTHU_LOCAL_NETWORKS: {part[:60]} không phải là một mạng.",
                hint="Ví dụ: 192.168.10.0/24",
            ) from error
        inside = (one for one in (*_PRIVATE, *LOOPBACK) if one.version == network.version)
        if not any(network.subnet_of(one) for one in inside):  # type: ignore[arg-type]
            raise Outward(
                f"TANGTHU_LOCAL_NETWORKS: {part[:60]} không phải là mạng nội bộ.",
                hint="Chỉ khai các dải riêng: 10/8, 172.16/12, 192.168/16, fc00::/7.",
            )
        found.append(network)
    return tuple(found)


def is_local(address: str, networks: Sequence[Network]) -> bool:
    """Whether an IP address lies in one of the networks; what is no IP address does not."""
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address) and one.ipv4_mapped is not None:
        one = one.ipv4_mapped
    return any(one in network for network in networks if network.version == one.version)


def bind_address(mode: str) -> str:
    """The address the web server listens on: TANGTHU_BIND, 127.0.0.1 by default.

    A connected installation stays on loopback behind its proxy; an isolated one may listen in its
    own networks. Raises PortUnusable.
    """
    given = os.environ.get("TANGTHU_BIND") or "127.0.0.1"
    networks = LOOPBACK if mode == CONNECTED else local_networks()
    if not is_local(given, networks):
        raise PortUnusable(
            f"TANGTHU_BIND={given[:60]} không thuộc mạng được phép.",
            hint="Chế độ connected chỉ nghe trên máy này; chế độ isolated_lan nghe thêm trong các "
            "mạng khai ở TANGTHU_LOCAL_NETWORKS.",
        )
    return given


def require_local_databases(
    places: Iterable[Mapping[str, object]], networks: Sequence[Network]
) -> None:
    """Raise Outward unless every place, by libpq's keywords, is this machine or a local network.

    By address: a name would be asked of a name server, and could mean something else tomorrow. It
    may stand beside its `hostaddr`, to be read in a certificate.
    """
    stray = [name for name in _LIBPQ_READS if os.environ.get(name)]
    for place in places:
        stray += [name for name in _NOT_TOLD if place.get(name)]
        names = str(place.get("host") or "").split(",")
        addresses = str(place.get("hostaddr") or "").split(",")
        looked_up = names if addresses == [""] else []
        if len(addresses) == len(names):
            looked_up = [one for one, at in zip(names, addresses, strict=True) if not at]
        for one in (*looked_up, *filter(None, addresses)):
            at_hand = one in looked_up and (one in ("", "localhost") or one[0] in "/@")
            if not (at_hand or is_local(one, networks)):
                raise Outward(
                    f"Cơ sở dữ liệu ở {one[:80]} không thuộc mạng nội bộ.",
                    hint="Chế độ isolated_lan chỉ dùng cơ sở dữ liệu trong TANGTHU_LOCAL_NETWORKS, "
                    "khai bằng địa chỉ chứ không bằng tên.",
                )
    if stray:
        raise Outward(
            f"{', '.join(stray)}: không biết cơ sở dữ liệu có thuộc mạng nội bộ hay không.",
            hint="Chế độ isolated_lan chỉ nhận nơi có cơ sở dữ liệu trong DATABASE_URL và các biến "
            "cùng loại.",
        )


_TO_AN_ADDRESS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
# To look a name up is to send it to a name server, by libc and out of sight.
_TO_A_NAME = {
    "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo",
}  # fmt: skip


def forbid_outward(networks: Sequence[Network]) -> None:
    """From now on and for good, refuse this process every connection out of `networks`, and every
    look-up of a name.

    A name handed straight to a socket is looked up by Python before it asks us: no code here does.
    """

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in _TO_AN_ADDRESS:
            refused = not _stays(event, arguments[0], arguments[1], networks)
        elif event in _TO_A_NAME:
            refused = not _needs_no_name_server(event, arguments[0])
        else:
            return
        if refused:
            raise Outward(
                "Hệ thống trên mạng LAN độc lập không kết nối ra ngoài.",
                hint="Xem docs/isolated.md.",
                event=event,
            )

    sys.addaudithook(refuse)


def _stays(event: str, given: object, address: object, networks: Sequence[Network]) -> bool:
    """Whether what a socket is told to do stays in `networks`."""
    if not isinstance(address, tuple):  # nothing new (sendmsg), or a path on this machine
        return address is None or getattr(given, "family", None) == socket.AF_UNIX
    host = str(address[0])
    return host == "localhost" or (event == "socket.bind" and not host) or is_local(host, networks)


def _needs_no_name_server(event: str, asked: object) -> bool:
    """Whether a look-up is answered by this machine: an address, `localhost`, or nothing asked."""
    if isinstance(asked, tuple):  # arguments, or the address of a socket
        asked = asked[0]
    host = asked.decode("ascii", "replace") if isinstance(asked, bytes) else str(asked or "")
    if host in ("", "localhost"):
        return True
    # The way back, from an address to its name, asks for all but this machine's.
    back = event in ("socket.gethostbyaddr", "socket.getnameinfo")
    return is_local(host, LOOPBACK) if back else _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
