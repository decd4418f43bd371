"""A restore into a home that is thrown away, judged from inside: run by a drill as a process.

`python -m tangthu.backup.trial SET HOME`, with the public keys of the logs on standard input. Each
line on standard output is one JSON document: progress, and in the end what was found.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tangthu.backup import emptied
from tangthu.kernel.errors import HouseError
from tangthu.kernel.home import Home
from tangthu.kernel.lifeline import end_with_parent

_SAY_SECONDS = 0.5
# Of a set without packages none is read, and that is told.
_NO_PACKAGES: dict[str, Any] = {"packages": 0, "bad": [], "bad_count": 0}


class _Teller:
    """Says how far the trial is, at most twice a second."""

    def __init__(self) -> None:
        self._said, self._done = 0.0, 0

    def hear(self, stage: str, more: int) -> None:
        """Take note of bytes done."""
        self._done += more
        if time.monotonic() - self._said > _SAY_SECONDS:
            self._said = time.monotonic()
            _say({"stage": stage, "bytes": self._done})


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Restore, look, tell; returns the exit status."""
    folder, home, parent = Path(sys.argv[1]), Home(Path(sys.argv[2])), int(sys.argv[3])
    end_with_parent(parent)
    keys: dict[str, str] = json.loads(sys.stdin.readline())
    try:
        emptied.begin(home, folder)
        home.keep_temporary_files()
        import django

        django.setup()
        _say({"found": _tried(folder, keys)})
    except HouseError as error:
        _say({"error": {"message": str(error.message), "hint": str(error.hint)}})
        return 2
    return 0


def _tried(folder: Path, keys: dict[str, str]) -> dict[str, Any]:
    from django.conf import settings

    from tangthu.backup.restoring import restore
    from tangthu.kernel import database

    teller, began = _Teller(), time.monotonic()
    done = restore(folder, trust="its house ordered this", watch=teller.hear, note=False)
    restored = time.monotonic()
    with database.available(settings.HOME):
        logs = list(_logs(keys, teller))
        packages = _packages(teller) if done.facts.holds_stores else _NO_PACKAGES
    return {
        "files": done.files, "bytes": done.bytes, "tables": done.tables, "rows": done.rows,
        "logs": logs, **packages,
        "restore_seconds": round(restored - began, 1),
        "look_seconds": round(time.monotonic() - restored, 1),
    }  # fmt: skip


def _logs(keys: dict[str, str], teller: _Teller) -> Iterator[dict[str, Any]]:
    """Each log, recomputed from its restored files and compared with its restored rows."""
    from tangthu.ledger.logs import all_logs
    from tangthu.ledger.verification import verify
    from tangthu.standards.tlog.note import parse_vkey

    for log in all_logs():
        stated = keys.get(log.origin)
        key = parse_vkey(stated) if stated else None
        verdict = verify(log, lambda _entries: teller.hear("ledger", 0), key=key)
        yield {
            "origin": log.origin, "size": verdict.size, "ok": verdict.ok,
            "problems": list(verdict.problems),
        }  # fmt: skip


def _packages(teller: _Teller) -> dict[str, Any]:
    """Every package of the restored folders, read through; a bucket is not part of a set."""
    from tangthu.repository.fixity import check_copies, copies_of
    from tangthu.repository.models import Package

    count, bad = 0, []
    for package in Package.objects.order_by("objid").iterator():
        restored = [one for one in copies_of(package) if not one.store.in_bucket]
        verdicts = check_copies(restored, lambda _files: teller.hear("packages", 0))
        count += 1
        bad += [
            [one.store, package.objid, path, why]
            for one in verdicts
            for path, why in (*one.bad, *one.unchecked)
        ]
    return {"packages": count, "bad": bad[:1000], "bad_count": len(bad)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
    sys.exit(main())
