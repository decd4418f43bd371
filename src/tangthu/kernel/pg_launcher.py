"""Start one PostgreSQL program as an unprivileged account: `… ACCOUNT PACKAGES DATA PROGRAM ARGS`.

Used only when we run as root, which PostgreSQL refuses. If the account cannot reach the programs
or the data folder (a home under /root, say), both are bound into a private mount namespace that
exists for this process alone, so no folder's permissions have to be changed.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
# Where a view may be put: folders meant for mounting, and that no program is loaded from.
_PLACES = ("/mnt", "/media", "/srv", "/boot")
EXIT_UNREACHABLE = 78  # EX_CONFIG


def reachable(path: str, uid: int, gid: int) -> bool:
    """Whether `uid` may walk into every parent of `path` and `path` itself (mode bits only)."""
    current = Path(path).resolve()
    while True:
        stat = current.stat()
        if stat.st_uid == uid:
            allowed = stat.st_mode & 0o100
        elif stat.st_gid == gid:
            allowed = stat.st_mode & 0o010
        else:
            allowed = stat.st_mode & 0o001
        if not allowed:
            return False
        if current.parent == current:
            return True
        current = current.parent


def _bind(libc: ctypes.CDLL, source: str, target: str) -> bool:
    Path(target).mkdir(exist_ok=True)
    return bool(
        libc.mount(os.fsencode(source), os.fsencode(target), None, _MS_BIND | _MS_REC, None) == 0
    )


def place_for_view(*sources: str) -> str | None:
    """A folder of every system that may be covered because none of `sources` lies in it."""
    real = [Path(source).resolve() for source in sources]
    for place in map(Path, _PLACES):
        if place.is_dir() and not any(path.is_relative_to(place) for path in real):
            return str(place)
    return None


def private_view(install: str, data: str) -> tuple[str, str] | None:
    """Bind `install` and `data` into a folder of a private namespace; None where not allowed."""
    place = place_for_view(install, data)
    if place is None:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        return None
    if libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
        return None
    if libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", 0, b"size=64k,mode=755") != 0:
        return None
    views = f"{place}/pg", f"{place}/data"
    if not _bind(libc, install, views[0]) or not _bind(libc, data, views[1]):
        return None
    return views


def main(argv: list[str]) -> int:
    """Become the account and replace this process by the program; {DATA} in ARGS is the folder."""
    account_name, install, data, program, *args = argv
    account = pwd.getpwnam(account_name)
    uid, gid = account.pw_uid, account.pw_gid
    if not (reachable(install, uid, gid) and reachable(data, uid, gid)):
        view = private_view(install, data)
        if view is None:
            return EXIT_UNREACHABLE
        install, data = view
    os.chdir("/")
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.umask(0o077)
    path = f"{install}/{program}"
    words = [path, *[a.replace("{DATA}", data) for a in args]]
    os.execve(path, words, {"PATH": "/usr/bin:/bin"})  # noqa: S606
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
