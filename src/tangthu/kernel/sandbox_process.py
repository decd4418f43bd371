"""One worker process of a sandbox and the pipes to it: request, reply, lifeline.

A worker never outlives its parent. PR_SET_PDEATHSIG cannot give that: it fires when the *thread*
that started the child ends, and pools are used from short-lived threads. Instead each worker holds
the reading end of a pipe whose writing end only the parent has, in O_ASYNC mode: the kernel kills
the worker by SIGIO the moment the parent is gone, even in the middle of C code.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tangthu.kernel.sandbox_errors import (
    BadReply,
    Crashed,
    OutOfMemory,
    SandboxError,
    TargetFailed,
    TimedOut,
)
from tangthu.kernel.sandbox_worker import HEADER

_START_SECONDS = 60.0
_WORKER = "tangthu.kernel.sandbox_worker"
_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use.

    `wall_seconds` and `cpu_seconds` count per call. `memory_bytes` bounds private writable memory
    (RLIMIT_DATA), `address_bytes` the address space (RLIMIT_AS; the Go runtime of the format
    identifier alone reserves 1.8 GiB without using it). `file_bytes` is the largest file that may
    be written (0: none), `reply_bytes` the largest answer.
    """

    wall_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 1 * _GIB
    address_bytes: int = 4 * _GIB
    file_bytes: int = 0
    reply_bytes: int = 64 * 1024 * 1024


class WorkerProcess:
    """A started worker; raises SandboxError when it does not come up."""

    def __init__(self, limits: Limits, preload: Sequence[str]) -> None:
        self.calls = 0
        self._limits = limits
        request_read, self._request = os.pipe()
        self._reply, reply_write = os.pipe()
        life_read, self._life = os.pipe()
        os.set_blocking(self._request, False)
        os.set_blocking(self._reply, False)
        setup = {
            "fds": [request_read, reply_write, life_read],
            "limits": asdict(limits),
            "preload": list(preload),
            "parent": os.getpid(),
        }
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-m", _WORKER, json.dumps(setup)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(request_read, reply_write, life_read),
                start_new_session=True,
                cwd="/",
                env=_environment(),
            )
        except BaseException:
            self.forget()
            raise
        finally:
            for fd in (request_read, reply_write, life_read):
                os.close(fd)
        try:
            reply, _blob = self._receive("start", time.monotonic() + _START_SECONDS)
            unpack("start", reply, b"")
        except BaseException:
            self.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def ask(self, target: str, request: bytes, wall: float) -> tuple[dict[str, Any], bytes]:
        """Send one request and return the reply and its blob; raises SandboxError."""
        self.calls += 1
        deadline = time.monotonic() + wall
        self._send(target, HEADER.pack(len(request), 0) + request, deadline)
        return self._receive(target, deadline)

    def stop(self) -> None:
        """Kill the process with all its children; whoever waits for a reply sees it end."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Stop the process and release its pipes; only for the thread that holds the slot."""
        self.stop()
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends of the pipes without touching the process."""
        for fd in (self._request, self._reply, self._life):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._request = self._reply = self._life = -1

    def _send(self, target: str, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(target, self._request, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._request, view) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._death(target) from None

    def _receive(self, target: str, deadline: float) -> tuple[dict[str, Any], bytes]:
        head, size = HEADER.unpack(self._read(target, HEADER.size, deadline))
        if head + size > self._limits.reply_bytes:
            raise BadReply(target, bytes=head + size, limit=self._limits.reply_bytes)
        body = self._read(target, head, deadline)
        blob = self._read(target, size, deadline)
        try:
            reply = json.loads(body)
        except (ValueError, RecursionError):
            raise BadReply(target, bytes=head) from None
        if not isinstance(reply, dict):
            raise BadReply(target, bytes=head)
        return reply, blob

    def _read(self, target: str, size: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while size:
            self._wait(target, self._reply, select.POLLIN, deadline)
            try:
                piece = os.read(self._reply, min(size, 1 << 20))
            except BlockingIOError:
                continue
            except OSError:
                raise self._death(target) from None
            if not piece:
                raise self._death(target)
            parts.append(piece)
            size -= len(piece)
        return b"".join(parts)

    def _wait(self, target: str, fd: int, event: int, deadline: float) -> None:
        poller = select.poll()
        try:
            poller.register(fd, event)
        except (OSError, ValueError):
            raise Crashed(target, reason="closed") from None
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise TimedOut(target, reason="wall")

    def _death(self, target: str) -> SandboxError:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return Crashed(target, reason="pipe closed")
        if code == -signal.SIGXCPU:
            return TimedOut(target, reason="cpu")
        return Crashed(target, exit_code=code)


def unpack(target: str, reply: dict[str, Any], blob: bytes) -> Any:
    """The value in a reply; raises the SandboxError that it tells of."""
    match reply:
        case {"error": "memory"}:
            raise OutOfMemory(target)
        case {"error": "failed", "kind": str(kind), "detail": str(detail)}:
            raise TargetFailed(target, kind=kind[:100], detail=detail[:500])
        case {"error": "reply"}:
            raise BadReply(target)
        case {"value": value, "shape": "json"}:
            return value
        case {"shape": "bytes"}:
            return blob
        case {"value": value, "shape": "pair"}:
            return value, blob
    raise BadReply(target)


def _environment() -> dict[str, str]:
    """The few variables a worker needs; never the parent's secrets."""
    paths = [path for path in sys.path if path and os.path.isabs(path)]  # noqa: PTH117
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GOMAXPROCS": "1",
        "GOTRACEBACK": "none",
        "MALLOC_ARENA_MAX": "2",
    }
