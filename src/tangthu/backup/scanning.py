"""Having a set scanned for viruses (RM-958): every file of it, in whichever set its bytes lie.

The scanner is the one that files are shown to before they are taken in (capture.antivirus); its
signatures know today what they did not know then. How far a scan came is kept with its job.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from tangthu.backup import scheduling
from tangthu.backup.actions.note_sets import acting_of, note_scanned
from tangthu.backup.sets import (
    FILES,
    PACKAGES,
    Entry,
    SetUnusable,
    entries,
    place_of,
    read_facts,
    shared_places,
)
from tangthu.backup.verifying import MOST_LISTED, digest_of
from tangthu.capture import antivirus
from tangthu.kernel.jobs import Running
from tangthu.standards import durable
from tangthu.standards.ocfl.files import open_regular
from tangthu.standards.ocfl.layout import HASH_AND_ID, layout_from

_KEEP_SECONDS = 5.0
# Packages lie in a set as in their stores: three folders of the digest, then the identifier.
_OBJECTS, _LAYOUT_PARTS = "objects", 4


class _Unreadable(Exception):
    """A file of the set is not there, or cannot be read."""


@dataclass(slots=True)
class _Seen:
    """How far a scan came: files and bytes looked at, and what was wrong with which.

    `newest`: whether the set was the newest of its place when the scan began; long scans see others
    come.
    """

    files: int = 0
    bytes: int = 0
    infected: int = 0
    unscanned: int = 0
    bad: list[dict[str, str]] = field(default_factory=list)
    newest: bool = False

    def note(self, path: str, status: str, virus: str = "") -> None:
        """Enter a file that is infected, or that the scanner could not look at."""
        if status == "infected":
            self.infected += 1
        else:
            self.unscanned += 1
        if len(self.bad) < MOST_LISTED:
            self.bad.append({"path": path, "status": status, "virus": virus, "package": ""})


def run_scan(running: Running) -> dict[str, Any]:
    """Job `backup.scan`; `args`: folder (of the set), begun (how far another scan of it came).

    The answer is the report. Raises ScannerAway, SetUnusable.
    """
    if running.job.result.get("noted"):
        return running.job.result
    folder = Path(running.args["folder"])
    acting = acting_of(running.job)
    begun = running.job.result or running.args.get("begun")
    seen = _Seen(**begun) if begun else _Seen(newest=folder in scheduling.newest_sets())
    running.keep(asdict(seen))  # whatever comes, the next goes on from here
    antivirus.require_configured()
    facts, version = read_facts(folder), antivirus.version()
    _require_lists(folder, facts.lists)
    _scan(running, folder, seen)
    _name_packages(folder, seen.bad)
    answer = {
        "set": facts.name, "place": str(folder.parent), "moment": facts.moment,
        **asdict(seen),
        "scanner": version.program, "signatures": version.signatures,
        "signatures_of": version.made_at.isoformat(),
    }  # fmt: skip
    note_scanned(acting, running, folder, facts, answer)
    return answer


def _require_lists(folder: Path, stated: dict[str, str]) -> None:
    for name in (FILES, PACKAGES):
        if digest_of(folder / name, lambda _more: None) != stated.get(name):
            raise SetUnusable(
                _("Bản kê tệp của bộ sao lưu {name} bị hỏng.").format(name=folder.name),
                hint=_("Dùng bộ khác, hoặc bộ cùng lúc ở nơi giữ thứ hai."),
            )


def _scan(running: Running, folder: Path, seen: _Seen) -> None:
    total = sum(entry.size for entry in _apart(folder))

    def watch(done: int) -> None:
        running.progress(seen.bytes + done, max(total, seen.bytes + done), "byte")

    kept = time.monotonic()
    for entry in itertools.islice(_apart(folder), seen.files, None):
        _look(folder, entry, seen, watch)
        seen.files += 1
        seen.bytes += entry.size
        if time.monotonic() - kept > _KEEP_SECONDS:
            running.keep(asdict(seen))
            kept = time.monotonic()
    running.progress(seen.bytes, total, "byte", force=True)


def _apart(folder: Path) -> Iterator[Entry]:
    """The files of a set in the order of its list, those with the same bytes once."""
    shared, known = shared_places(folder), set[tuple[str, str]]()
    for entry in entries(folder):
        where = (entry.set, entry.at)
        if where not in known:
            if where in shared:
                known.add(where)
            yield entry


def _look(folder: Path, entry: Entry, seen: _Seen, watch: Callable[[int], None]) -> None:
    try:
        with _open(place_of(folder, entry)) as file:
            verdict = antivirus.scan_pieces(_pieces(file, watch))
    except _Unreadable:
        seen.note(entry.path, "unreadable")
        return
    if verdict.found:
        seen.note(entry.path, "infected", verdict.found)
    elif verdict.too_large:
        seen.note(entry.path, "too_large")
    elif verdict.sha256 != entry.sha256:
        # What was looked at is not what was saved.
        seen.note(entry.path, "changed")


def _open(path: Path) -> BinaryIO:
    """Open a file of the set. Raises _Unreadable."""
    try:
        return os.fdopen(open_regular(path), "rb", buffering=0)
    except OSError as error:
        raise _Unreadable from error


def _pieces(file: BinaryIO, watch: Callable[[int], None]) -> Iterator[bytes]:
    """The bytes of a file. Raises _Unreadable (an OSError would be taken for the scanner's), and
    what `watch` raises."""
    done = 0
    while True:
        try:
            piece = file.read(durable.CHUNK)
        except OSError as error:
            raise _Unreadable from error
        if not piece:
            return
        watch(done := done + len(piece))
        yield piece


def _name_packages(folder: Path, bad: list[dict[str, str]]) -> None:
    """Say of each bad file of a package in which it is."""
    layout = layout_from(HASH_AND_ID)
    inside: dict[str, list[dict[str, str]]] = {}
    for one in bad:
        area, *parts = one["path"].split("/")
        if area == _OBJECTS:
            inside.setdefault("/".join(parts[:_LAYOUT_PARTS]), []).append(one)
    if not inside:
        return
    with (folder / PACKAGES).open("rb") as lines:
        for line in lines:
            objid = json.loads(line)[0]
            for one in inside.get(layout.path_of(objid), ()):
                one["package"] = objid
