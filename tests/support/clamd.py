"""A scanner for tests: speaks clamd's protocol on a Unix socket, and knows one virus.

The real program brings 300 MB of signatures. What it says follows clamd(8): zINSTREAM with chunks
of length and bytes up to one of no length, zVERSION, answers that end with a zero byte.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

VIRUS = b"X5O!P%@AP-tangthu-test-virus"


class _Talk(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        """Answer one command."""
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zVERSION\0":
            told = self.server.version
        elif command == b"zINSTREAM\0":
            told = self._stream()
        else:
            told = "UNKNOWN COMMAND"
        self.wfile.write(told.encode() + b"\0")

    def _stream(self) -> str:
        data = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
            if len(data) > self.server.most:
                return "INSTREAM size limit exceeded. ERROR"
        self.server.seen.append(data)
        if self.server.meanwhile is not None:
            self.server.meanwhile()
        if self.server.says is not None:
            return self.server.says
        return "stream: Test.Virus-1 FOUND" if VIRUS in data else "stream: OK"


class Scanner(socketserver.ThreadingUnixStreamServer):
    """The scanner: `most` bytes are taken; `says` is said of every file if it is
    set, and `meanwhile` is done before the answer."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Talk)
        self.path = path
        self.most = 25 * 1024 * 1024
        self.version = "ClamAV 1.0.7/27350/Tue Jul 30 08:27:21 2024"
        self.says: str | None = None
        self.seen: list[bytes] = []
        self.meanwhile: Callable[[], object] | None = None


@contextmanager
def scanner(folder: Path) -> Iterator[Scanner]:
    """A scanner that listens below `folder` until the block ends."""
    with Scanner(folder / "clamd.ctl") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
