"""The process on the other side of `tangthu.kernel.sandbox`: limits itself, then serves calls.

Started as ``python -m tangthu.kernel.sandbox_worker '<setup as JSON>'``. A request is a header (two
big-endian 32-bit lengths) and JSON ``{target, args, kwargs, cpu}``; a reply is a header, JSON and
an optional blob.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib
import json
import os
import resource
import struct
import sys
from typing import Any

from tangthu.kernel.sandbox_filter import confine

HEADER = struct.Struct(">II")
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Serve calls until the request pipe closes."""
    setup = json.loads(sys.argv[1])
    requests, replies, life = setup["fds"]
    _die_with_parent(life, setup["parent"])
    try:
        for name in setup["preload"]:
            importlib.import_module(name)
        _limit(setup["limits"])
        ready: dict[str, Any] = {"value": confine(), "shape": "json"}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        ready = _failure(error)
    _reply(replies, ready, b"")
    while True:
        request = _receive(requests)
        if request is None:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + request["cpu"], resource.RLIM_INFINITY))
        reply, blob = _serve(request)
        limit = setup["limits"]["reply_bytes"]
        try:
            _reply(replies, reply, blob, limit)
        except (TypeError, ValueError, RecursionError):
            _reply(replies, {"error": "reply"}, b"")
        except MemoryError:
            _reply(replies, {"error": "memory"}, b"")


def _serve(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        module, _, name = request["target"].partition(":")
        function = getattr(importlib.import_module(module), name)
        value = function(*request["args"], **request["kwargs"])
    except MemoryError:
        return {"error": "memory"}, b""
    except Exception as error:  # noqa: BLE001 - any failure of the function is the caller's answer
        return _failure(error), b""
    match value:
        case bytes():
            return {"shape": "bytes"}, value
        case (head, bytes() as blob):
            return {"value": head, "shape": "pair"}, blob
    return {"value": value, "shape": "json"}, b""


def _failure(error: BaseException) -> dict[str, Any]:
    try:
        detail = str(error)[:500]
    except Exception:  # noqa: BLE001 - an exception may fail to print itself
        detail = ""
    return {"error": "failed", "kind": type(error).__name__, "detail": detail}


def _die_with_parent(life: int, parent: int) -> None:
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if os.getppid() != parent:
        os._exit(1)


def _limit(limits: dict[str, Any]) -> None:
    memory, address = limits["memory_bytes"], limits["address_bytes"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (address, address))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _receive(fd: int) -> dict[str, Any] | None:
    head = _read(fd, HEADER.size)
    if head is None:
        return None
    body = _read(fd, HEADER.unpack(head)[0])
    return None if body is None else dict(json.loads(body))


def _read(fd: int, size: int) -> bytes | None:
    parts = b""
    while len(parts) < size:
        piece = os.read(fd, size - len(parts))
        if not piece:
            return None
        parts += piece
    return parts


def _reply(fd: int, reply: dict[str, Any], blob: bytes, limit: int = 1 << 20) -> None:
    head = json.dumps(reply).encode()
    if len(head) + len(blob) > limit:
        raise ValueError("reply too large")
    for data in (HEADER.pack(len(head), len(blob)) + head, blob):
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]


if __name__ == "__main__":
    main()
