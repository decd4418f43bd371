"""Run a command as another account of this machine, or on a disk of its own.

No folder's permissions are changed. The interpreter of the tests may lie under a private folder
(/root/…): in a mount namespace of its own, which ends with the command, such a folder is covered by
one that shows nothing but the interpreter.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("setpriv"),
    reason="NOT RUN: another account or a disk of its own needs root, unshare and setpriv",
)


def mounted(command: str) -> list[str]:
    """Words to put before a command so that it sees disks that nobody else sees."""
    return ["unshare", "-m", "sh", "-c", f'{command} && exec "$@"', "sh"]


def _walled_off(path: Path) -> Path | None:
    """The topmost parent of `path` that others may not walk into."""
    for folder in reversed(path.resolve().parents):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def readable_for_all(*more: Path) -> list[str]:
    """Words to put before a command so that it finds interpreter, packages, source and `more`."""
    source = Path(__file__).resolve().parents[2]
    wanted = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), source, *more]
    walls: dict[Path, list[Path]] = {}
    for path in wanted:
        wall = _walled_off(path)
        if wall is not None:
            walls.setdefault(wall, []).append(path)
    steps = ["set -e"]
    for number, (wall, paths) in enumerate(walls.items()):
        keep = f"/mnt/{number}"
        steps += ["mount -t tmpfs -o mode=755 none /mnt", f"mkdir {keep}"]
        steps += [f"mount --rbind {shlex.quote(str(wall))} {keep}"]
        steps += [f"mount -t tmpfs -o mode=755 none {shlex.quote(str(wall))}"]
        for path in paths:
            inside = shlex.quote(f"{keep}/{path.relative_to(wall)}")
            target = shlex.quote(str(path))
            steps += [f"mkdir -p {target}", f"mount --rbind {inside} {target}"]
        steps += ["umount -l /mnt"]
    return ["unshare", "-m", "sh", "-c", "; ".join([*steps, 'exec "$@"']), "sh"]
