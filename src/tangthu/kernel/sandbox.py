"""Running our own functions on hostile files in separate, limited, disposable processes.

A PDF may make a C library crash, hang or eat memory. `Sandbox` therefore keeps a few worker
processes and sends them calls such as ``call("tangthu.capture.probe:probe_file", path)``. Whatever
happens to a worker costs only that one call: the worker is killed and the next call gets a new
one. Workers are reused, because starting one (interpreter, pdfium, PRONOM signatures) costs about
half a second.

What a worker may use is set by `Limits`: address space and data size, processor time, wall time,
size of files written, size of the reply; no core dumps, no new privileges, an environment without
secrets, its own session. This is a guard against exhaustion and crashes; it is not a jail against
code execution by the same user.

A worker never outlives its parent. PR_SET_PDEATHSIG alone cannot give that: it fires when the
*thread* that started the child ends, and pools are used from short-lived threads. Each worker
holds the reading end of a pipe whose writing end only the parent has, in O_ASYNC mode: the kernel
kills the worker by SIGIO the moment the parent is gone, even in the middle of C code.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError
from tangthu.kernel.sandbox_worker import HEADER

REQUEST_LIMIT = 8 * 1024 * 1024
_CALLS_PER_WORKER = 1000
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


class SandboxError(HouseError):
    """A call in a worker process failed. `target` is the function, `facts` hold the figures."""

    sentence: ClassVar[Any] = _("Không xử lý được tệp.")
    advice: ClassVar[Any] = _(
        "Mở tệp bằng chương trình khác để kiểm tra; nếu tệp hỏng, xin bản khác."
    )

    def __init__(self, target: str, **facts: Any) -> None:
        super().__init__(self.sentence, hint=self.advice, **facts)
        self.target = target


class TimedOut(SandboxError):
    """The call used up its wall time or processor time; the worker was killed."""

    sentence = _("Xử lý tệp quá thời gian cho phép nên đã dừng lại.")


class Crashed(SandboxError):
    """The worker died during the call: a crash in a C library, or it was killed from outside."""

    sentence = _("Chương trình đọc tệp bị lỗi nghiêm trọng ở tệp này.")


class OutOfMemory(SandboxError):
    """The call asked for more memory than allowed."""

    sentence = _("Xử lý tệp cần nhiều bộ nhớ hơn mức cho phép.")


class BadReply(SandboxError):
    """The worker's answer was too large or was not what the protocol says."""

    sentence = _("Kết quả đọc tệp quá lớn hoặc không đúng khuôn dạng.")


class TargetFailed(SandboxError):
    """The called function raised; facts: `kind` (exception class name) and `detail` (cut text)."""

    sentence = _("Không đọc được tệp này.")


class Sandbox:
    """A pool of at most `workers` processes that run functions of the given `packages`.

    `preload` names modules that a worker imports at its start. Thread-safe. A forked child starts
    its own workers. Close it, or use it as a context manager, to end the workers at once.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        limits: Limits | None = None,
        preload: Sequence[str] = (),
        packages: Sequence[str] = ("tangthu",),
    ) -> None:
        if workers < 1:
            raise ValueError("a sandbox needs at least one worker")
        self.limits = limits or Limits()
        self._workers = workers
        self._preload = tuple(preload)
        self._packages = tuple(packages)
        self._closed = False
        self._fill()
        _pools.add(self)

    def _fill(self) -> None:
        self._slots: queue.LifoQueue[_Slot] = queue.LifoQueue()
        self._all = [_Slot() for _ in range(self._workers)]
        for slot in self._all:
            self._slots.put(slot)

    def call(
        self,
        target: str,
        *args: Any,
        wall_seconds: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run `target` ("package.module:function") with JSON-able arguments and return its result.

        The function may return a JSON-able value, `bytes`, or a pair (JSON-able value, bytes).
        Waits for a free worker first. Raises TimedOut, Crashed, OutOfMemory, BadReply or
        TargetFailed; ValueError for a target outside `packages` or arguments too large.
        """
        module = target.partition(":")[0]
        if not any(module == name or module.startswith(name + ".") for name in self._packages):
            raise ValueError(f"not a function of ours: {target}")
        limits = self.limits
        wall = limits.wall_seconds if wall_seconds is None else wall_seconds
        request = json.dumps(
            {"target": target, "args": args, "kwargs": kwargs, "cpu": limits.cpu_seconds}
        ).encode()
        if len(request) > REQUEST_LIMIT:
            raise ValueError("arguments of a sandbox call are too large")
        slot = self._slots.get()
        try:
            if self._closed:
                raise ValueError("this sandbox is closed")
            worker = slot.worker
            if worker is None or not worker.alive:
                worker = slot.worker = _Worker(limits, self._preload)
            try:
                reply, blob = worker.ask(target, request, wall)
            except BaseException:
                slot.drop()
                raise
            if worker.calls >= _CALLS_PER_WORKER or reply.get("error") == "memory":
                slot.drop()
        finally:
            self._slots.put(slot)
        return _unpack(target, reply, blob)

    def close(self) -> None:
        """End all workers now; running calls fail with Crashed. Safe to call twice."""
        self._closed = True
        for slot in self._all:
            if (worker := slot.worker) is not None:
                worker.stop()
        idle: list[_Slot] = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._slots.get_nowait())
        for slot in idle:
            slot.drop()
            self._slots.put(slot)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    def _after_fork(self) -> None:
        for slot in self._all:
            if slot.worker is not None:
                slot.worker.forget()
        self._fill()


@dataclass(slots=True)
class _Slot:
    worker: _Worker | None = field(default=None)

    def drop(self) -> None:
        worker, self.worker = self.worker, None
        if worker is not None:
            worker.kill()


class _Worker:
    """One worker process and the three pipes to it: request, reply, lifeline."""

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
            _unpack("start", reply, b"")
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


def _unpack(target: str, reply: dict[str, Any], blob: bytes) -> Any:
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


_pools: weakref.WeakSet[Sandbox] = weakref.WeakSet()


def _reset_after_fork() -> None:
    for pool in list(_pools):
        pool._after_fork()


os.register_at_fork(after_in_child=_reset_after_fork)
