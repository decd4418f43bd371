"""One message of a hook on its way: connected to where it may go, sent, answered or not.

No redirect is followed, no proxy asked, and of the answer only its status is read. The whole takes
SECONDS at most, however slowly the other side, or the server of its name, drips.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from tangthu.kernel.reaching import NotReachable, connected
from tangthu.programs.hook_addresses import address_of

SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went: by one word, and what the receiver answered (0 nothing)."""

    word: str
    status: int = 0

    @property
    def ok(self) -> bool:
        return self.word == "ok"


def send(url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Post `body` to a hook's address; never raises for what the network does."""
    until = time.monotonic() + SECONDS
    try:
        address = address_of(url)
        talk = connected(address.host, address.port, tls=address.tls, seconds=SECONDS)
    except NotReachable:
        return Outcome("address")
    except TimeoutError:
        return Outcome("timeout")
    except (OSError, ValueError):
        return Outcome("refused")
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        # Past the TLS layer, which is in the hands of the other thread.
        try:
            socket.socket.shutdown(talk, socket.SHUT_RDWR)
        except OSError:
            return

    watch = threading.Timer(max(until - time.monotonic(), 0), hang_up)
    watch.daemon = True
    with closing(talk):
        watch.start()
        try:
            if isinstance(talk, ssl.SSLSocket):
                talk.do_handshake()
            asking = http.client.HTTPConnection(address.host, address.port)
            asking.sock = talk
            asking.auto_open = 0
            asking.request("POST", address.target, body, {"Host": address.netloc, **headers})
            status = asking.getresponse().status
        except ssl.SSLError:
            return Outcome("timeout" if late.is_set() else "tls")
        except (OSError, http.client.HTTPException, ValueError) as error:
            timed_out = late.is_set() or isinstance(error, TimeoutError)
            return Outcome("timeout" if timed_out else "broken")
        finally:
            watch.cancel()
    return Outcome("ok" if 200 <= status < 300 else "status", status)
