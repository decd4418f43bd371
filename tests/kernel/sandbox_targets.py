"""Functions that misbehave inside a sandbox worker; called by name from test_sandbox."""

import ctypes
import os
import re
import time


def add(left: int, right: int) -> int:
    return left + right


def process_id() -> int:
    return os.getpid()


def fail() -> None:
    raise LookupError("không có trang này")


def segfault() -> None:
    ctypes.string_at(0)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def spin() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def devour() -> int:
    return len(bytearray(8 * 1024**3))


def devour_slowly() -> int:
    return len([bytearray(1 << 24) for _ in range(1000)])


def huge_reply(size: int) -> bytes:
    return b"x" * size


def pair() -> tuple[dict[str, int], bytes]:
    return {"width": 3}, b"\x00\xff"


def not_json() -> object:
    return object()


def print_and_answer() -> str:
    print("noise" * 1000)
    os.write(2, b"noise")
    return "ok"


def environment() -> dict[str, str]:
    return dict(os.environ)


def write_file(path: str) -> None:
    with open(path, "wb") as handle:
        handle.write(b"x" * 100)


def forge_header() -> None:
    """Write a reply header that announces 4 GiB on every descriptor that takes it."""
    for fd in range(3, 400):
        try:
            os.write(fd, b"\xff" * 8)
        except OSError:
            continue


def forge_body() -> None:
    """Write a reply whose JSON is nested far too deep."""
    body = b"[" * 200_000
    for fd in range(3, 400):
        try:
            os.write(fd, len(body).to_bytes(4, "big") + bytes(4) + body)
        except OSError:
            continue


def tried(path: str, parent: int) -> dict[str, str]:
    """What a file that has taken over the worker would try, and how each attempt ends."""
    import signal
    import socket
    import subprocess

    import pygfried

    def end(attempt: object) -> str:
        try:
            return f"done: {attempt()}"  # type: ignore[operator]
        except OSError as error:
            return error.strerror or "error"

    def in_thread() -> str:
        found: list[str] = []
        import threading

        thread = threading.Thread(target=lambda: found.append(end(lambda: os.mkdir(path + "t"))))
        thread.start()
        thread.join()
        return found[0]

    return {
        "internet": end(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "local socket": end(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
        "create": end(lambda: os.open(path, os.O_WRONLY | os.O_CREAT)),
        "change": end(lambda: os.open(path + ".old", os.O_RDWR)),
        "empty": end(lambda: os.truncate(path + ".old", 0)),
        "remove": end(lambda: os.unlink(path + ".old")),
        "rename": end(lambda: os.rename(path + ".old", path)),
        "folder": end(lambda: os.mkdir(path)),
        "link": end(lambda: os.symlink("/etc", path)),
        "mode": end(lambda: os.chmod(path + ".old", 0o777)),
        "fork": end(os.fork),
        "program": end(lambda: subprocess.run(["/bin/true"])),
        "kill": end(lambda: os.kill(parent, signal.SIGTERM)),
        "thread": in_thread(),
        "read": end(lambda: open(path + ".old").read()),
        "identify": str(len(pygfried.identify(path + ".old"))),
    }
