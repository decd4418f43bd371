"""Running our own functions on hostile files in separate, limited, disposable processes.

A PDF may make a C library crash, hang or eat memory. `Sandbox` therefore keeps a few worker
processes and sends them calls such as ``call("tangthu.capture.probe:probe_file", path)``. Whatever
happens to a worker costs only that one call: the worker is killed and the next call gets a new
one. Workers are reused, because starting one (interpreter, pdfium, PRONOM signatures) costs about
half a second.

What a worker may use is set by `Limits`: address space and data size, processor time, wall time,
size of files written, size of the reply; no core dumps, no new privileges, an environment without
secrets, its own session. Where the kernel knows seccomp (`sandbox_filter`), a worker that a file
has taken over can neither write, nor reach the network, nor start or end a process; it can still
read what this account may read.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tangthu.kernel.sandbox_errors import (
    BadReply,
    Crashed,
    OutOfMemory,
    SandboxError,
    TargetFailed,
    TimedOut,
)
from tangthu.kernel.sandbox_process import Limits, WorkerProcess, unpack

__all__ = [
    "BadReply",
    "Crashed",
    "Limits",
    "OutOfMemory",
    "Sandbox",
    "SandboxError",
    "TargetFailed",
    "TimedOut",
]

REQUEST_LIMIT = 8 * 1024 * 1024
_CALLS_PER_WORKER = 1000


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
                worker = slot.worker = WorkerProcess(limits, self._preload)
            try:
                reply, blob = worker.ask(target, request, wall)
            except BaseException:
                slot.drop()
                raise
            if worker.calls >= _CALLS_PER_WORKER or reply.get("error") == "memory":
                slot.drop()
        finally:
            self._slots.put(slot)
        return unpack(target, reply, blob)

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
    worker: WorkerProcess | None = field(default=None)

    def drop(self) -> None:
        worker, self.worker = self.worker, None
        if worker is not None:
            worker.kill()


_pools: weakref.WeakSet[Sandbox] = weakref.WeakSet()


def _reset_after_fork() -> None:
    for pool in list(_pools):
        pool._after_fork()


os.register_at_fork(after_in_child=_reset_after_fork)
