"""A way to a server on loopback that cuts connections as a bad network does."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cutting(socketserver.ThreadingTCPServer):
    """The way to the port `behind`: the answers to the next `cuts` PUTs get `lost`."""

    daemon_threads = True

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), _Way)
        self.behind, self.cuts, self.lost = behind, 0, 0
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []

    @property
    def endpoint(self) -> str:
        """Address of this end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: socket.socket, client_address: object) -> None:
        """Remember who came, to be cut off at the end."""
        self._open.append(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        """Close, also what is still open."""
        super().server_close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def takes(self) -> bool:
        """Whether the answer to this PUT gets lost."""
        with self._lock:
            taken = self.cuts > 0
            self.cuts -= taken
            return taken


class _Way(socketserver.BaseRequestHandler):
    server: Cutting
    cut = False

    def handle(self) -> None:
        """Hand on what the client says, and what the server answers, until one has enough."""
        with socket.create_connection(("127.0.0.1", self.server.behind)) as there:
            back = threading.Thread(target=self._back, args=(there,), daemon=True)
            back.start()
            with suppress(OSError):
                while data := self.request.recv(1 << 16):
                    self.cut = self.cut or (data.startswith(b"PUT ") and self.server.takes())
                    there.sendall(data)
            with suppress(OSError):
                there.shutdown(socket.SHUT_WR)
            back.join(10)

    def _back(self, there: socket.socket) -> None:
        with suppress(OSError):
            while data := there.recv(1 << 16):
                if self.cut and not data.startswith(b"HTTP/1.1 100"):
                    # The server has done what it was asked to; nobody hears of it.
                    self.server.lost += 1
                    self.request.shutdown(socket.SHUT_RDWR)
                    return
                self.request.sendall(data)


@contextmanager
def cutting(behind: int) -> Iterator[Cutting]:
    """Such a way, closed at the end."""
    with Cutting(behind) as way:
        threading.Thread(target=way.serve_forever, daemon=True).start()
        try:
            yield way
        finally:
            way.shutdown()
