"""Reading a set through: every file is there with its size and digest, in whichever set it lies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tangthu.backup.actions.note_sets import acting_of, note_verified
from tangthu.backup.sets import (
    DATABASE,
    FILES,
    PACKAGES,
    SetFacts,
    entries,
    place_of,
    read_facts,
    shared_places,
)
from tangthu.kernel.jobs import Running
from tangthu.standards import durable
from tangthu.standards.ocfl.files import open_regular

MOST_LISTED = 1000


@dataclass(slots=True)
class Verdict:
    """What was found in a set: files and bytes read, and every bad file with what is wrong."""

    facts: SetFacts
    files: int = 0
    bytes: int = 0
    bad: list[tuple[str, str]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.bad


def verify_set(folder: Path, watch: Callable[[int], None]) -> Verdict:
    """Read the set in `folder` through; `watch` hears of bytes read, and may raise to stop.

    Raises SetUnusable if its manifest cannot be trusted at all.
    """
    verdict = Verdict(read_facts(folder))
    for name in (FILES, PACKAGES):
        if digest_of(folder / name, watch) != verdict.facts.lists.get(name):
            verdict.bad.append((name, "changed"))
    if verdict.bad:
        return verdict  # nothing that the list says can be relied on
    # Files with the same bytes lie in one place, which is read once.
    shared, judged = shared_places(folder), dict[tuple[str, str], str]()
    unlisted = {
        path.relative_to(folder).as_posix()
        for path in (folder / DATABASE).rglob("*")
        if not path.is_dir() or path.is_symlink()
    }
    for entry in entries(folder):
        where = (entry.set, entry.at)
        unlisted.discard(entry.path)
        digest = judged.get(where)
        if digest is None:
            digest = digest_of(place_of(folder, entry), watch)
            verdict.bytes += entry.size
            if where in shared:
                judged[where] = digest
        verdict.files += 1
        if digest != entry.sha256:
            verdict.bad.append((entry.path, "changed" if digest else "missing"))
    # Whatever lies there would be loaded with the dump.
    verdict.bad += [(path, "unlisted") for path in sorted(unlisted)]
    return verdict


def digest_of(path: Path, watch: Callable[[int], None]) -> str:
    """SHA-256 of a file; "" if it is not there or cannot be read."""
    hasher = hashlib.sha256()
    try:
        handle = open_regular(path)
    except OSError:
        return ""
    try:
        while piece := os.read(handle, durable.CHUNK):
            hasher.update(piece)
            watch(len(piece))
    except OSError:
        return ""
    finally:
        os.close(handle)
    return hasher.hexdigest()


def run_verification(running: Running) -> dict[str, Any]:
    """Job `backup.verify`; `args`: folder (of the set)."""
    folder = Path(running.args["folder"])
    acting = acting_of(running.job)
    total, done = read_facts(folder).bytes, 0

    def watch(more: int) -> None:
        nonlocal done
        done += more
        running.progress(done, max(done, total), "byte")

    verdict = verify_set(folder, watch)
    answer = {
        "set": verdict.facts.name,
        "place": str(folder.parent),
        "files": verdict.files,
        "bytes": verdict.bytes,
        "found": len(verdict.bad),
        "bad": [{"path": path, "status": status} for path, status in verdict.bad[:MOST_LISTED]],
    }
    note_verified(acting, running, folder, verdict.facts, answer)
    return answer
