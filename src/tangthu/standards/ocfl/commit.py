"""Putting a finished object in its place in one step, and cleaning up after a crash.

A *job* is a folder below the staging folder, named after the object and a random token. The whole
new state of the object is built in it. A new object is then renamed into the root together with the
folders above it that are still missing, so no empty folder ever stands in the root. A further
version is exchanged with the old state (renameat2); where that is not possible, a journal is
written, the old state moved aside and the new one moved in, and `recover` completes what was cut
off in between.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tangthu.standards import durable
from tangthu.standards.ocfl.errors import DamagedSourceError, ObjectExistsError
from tangthu.standards.ocfl.files import kind_of, names_in, walk
from tangthu.standards.ocfl.inventory import INVENTORY
from tangthu.standards.ocfl.storage_root import StorageRoot

POINTS = (
    "ocfl.links.made",
    "ocfl.object.staged",
    "ocfl.object.renamed",
    "ocfl.object.exchanged",
    "ocfl.journal.fsynced",
    "ocfl.journal.renamed",
    "ocfl.old.renamed",
    "ocfl.old.removed",
    "ocfl.staging.removed",
)
_JOURNAL = "commit.json"
_JOB_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{12}")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP)


@dataclass(frozen=True, slots=True)
class Job:
    """A staging folder in use: `state` is the object being built, `parts` holds files under way."""

    folder: Path

    @property
    def state(self) -> Path:
        """The root folder of the object being built."""
        return self.folder / "object"

    @property
    def parts(self) -> Path:
        """The folder for files whose digest is not known yet."""
        return self.folder / "parts"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What `recover` did: objects whose commit it completed, and how many leftovers it removed."""

    completed: tuple[str, ...]
    removed: int
    busy: int


@contextlib.contextmanager
def job_for(store: StorageRoot, object_id: str) -> Iterator[Job]:
    """Hold the lock of the object and give a fresh job, removed in the end whatever happens."""
    key = hashlib.sha256(object_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    with _lock(store, key[:2], wait=True):
        _clear(store, key)
        job = Job(store.staging / f"{key}-{secrets.token_hex(6)}")
        job.folder.mkdir()
        job.state.mkdir()
        job.parts.mkdir()
        try:
            yield job
        finally:
            _finish(store, job.folder)
            durable.point("ocfl.staging.removed")


def link_state(old: Path, job: Job, leave_out: frozenset[str]) -> list[Path]:
    """Build the state of the object at `old` inside the job without copying: by hard links.

    `leave_out` are files and folders in the object root that are written anew. Returns the folders
    made. Where the file system has no hard links the files are copied. Raises DamagedSourceError on
    anything that is neither a file nor a folder.
    """
    folders = []
    for relative, entries, error in walk(old):
        if error is not None:
            raise error
        if relative.partition("/")[0] in leave_out:
            continue
        here = job.state / relative
        here.mkdir(exist_ok=True)
        folders.append(here)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) or (not relative and entry.name in leave_out):
                continue
            if not entry.is_file(follow_symlinks=False):
                raise DamagedSourceError(
                    "The object holds a link or special file, so no version can be added to it.",
                    "Validate the object and repair it first.",
                    file=f"{relative}/{entry.name}".lstrip("/"),
                )
            _link_or_copy(old / relative / entry.name, here / entry.name)
    durable.point("ocfl.links.made")
    return folders


def commit_new(store: StorageRoot, job: Job, place: Path) -> None:
    """Move the finished state to `place`, where nothing stands. Raises ObjectExistsError."""
    durable.point("ocfl.object.staged")
    while True:
        if kind_of(place) != "missing":
            raise ObjectExistsError(
                "Something already stands where the object belongs.",
                "Validate the storage root; add a version if it is the same object.",
                place=str(place.relative_to(store.root)),
            )
        top, moved = _with_missing_folders(job, place)
        try:
            durable.rename(moved, top, what="ocfl.object")
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise
            _take_back(job, moved, place, top)
            continue
        return


def commit_over(store: StorageRoot, job: Job, place: Path, aside: Path | None = None) -> None:
    """Put the finished state in the place of the one that stands at `place`, and remove that.

    With `aside`, a free place on the same file system, the old state is kept there instead.
    """
    durable.point("ocfl.object.staged")
    if aside is not None:
        durable.make_dirs(aside.parent)
        _write_journal(store, job, place, aside)
    if not (store.exchange and durable.exchange(job.state, place, what="ocfl.object")):
        if aside is None:
            _write_journal(store, job, place, None)
        durable.rename(place, aside or job.folder / "old", what="ocfl.old")
        durable.rename(job.state, place, what="ocfl.object")
        (job.folder / _JOURNAL).unlink()
        _remove(job.folder / "old")
    elif aside is not None:
        durable.rename(job.state, aside, what="ocfl.old")
        (job.folder / _JOURNAL).unlink()
    _remove(job.state)
    durable.point("ocfl.old.removed")


def set_aside(store: StorageRoot, object_id: str, aside: Path) -> None:
    """Move the object out of the root to `aside`, a free place on the same file system.

    Nothing is read of it, so that what cannot be read can be moved as well. Raises OSError.
    """
    place = store.path_of(object_id)
    key = hashlib.sha256(object_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    with _lock(store, key[:2], wait=True):
        durable.make_dirs(aside.parent)
        durable.rename(place, aside, what="ocfl.old")
        folder = place.parent
        with contextlib.suppress(OSError):  # until one that holds something else
            while folder != store.root:
                folder.rmdir()
                durable.fsync_dir(folder.parent)
                folder = folder.parent


def _write_journal(store: StorageRoot, job: Job, place: Path, aside: Path | None) -> None:
    said = {"place": place.relative_to(store.root).as_posix()}
    if aside is not None:
        said |= {"aside": os.fspath(aside), "new": _inventory_digest(job.state)}
    journal = json.dumps(said).encode()
    durable.write_file(job.folder / _JOURNAL, [journal], what="ocfl.journal")


def _inventory_digest(place: Path) -> str:
    try:
        return hashlib.sha256((place / INVENTORY).read_bytes()).hexdigest()
    except OSError:
        return ""


def recover(store: StorageRoot) -> Recovered:
    """Complete commits that a crash cut off and remove what other unfinished jobs left behind.

    Jobs of running processes are left alone and counted as `busy`. Safe to call at any time.
    """
    completed: list[str] = []
    removed = busy = 0
    for name in names_in(store.staging):
        if not _JOB_NAME.fullmatch(name):
            continue
        with _lock(store, name[:2], wait=False) as held:
            if not held:
                busy += 1
                continue
            place = _finish(store, store.staging / name)
            if place is not None:
                completed.append(place)
            removed += 1
    return Recovered(tuple(completed), removed, busy)


def _clear(store: StorageRoot, key: str) -> None:
    """Deal with what an earlier, killed job of the same object left; we hold its lock."""
    for folder in store.staging.glob(f"{key}-*"):
        _finish(store, folder)


def _finish(store: StorageRoot, folder: Path) -> str | None:
    completed = None
    journal = folder / _JOURNAL
    if journal.exists():
        said = json.loads(journal.read_bytes())
        where = str(said["place"])
        place = store.root / where
        if kind_of(place) == "missing":
            durable.rename(folder / "object", place, what="ocfl.object")
            completed = where
        elif "aside" in said and _inventory_digest(place) == said["new"]:
            # Exchanged already: what lies in the job is the old state, which is to be kept.
            if kind_of(folder / "object") != "missing":
                durable.rename(folder / "object", Path(said["aside"]), what="ocfl.old")
            completed = where
    _remove(folder)
    return completed


def _with_missing_folders(job: Job, place: Path) -> tuple[Path, Path]:
    """Wrap the state in the folders missing above `place`; return (target, what to rename)."""
    missing: list[str] = []
    top = place
    while not top.parent.exists():
        missing.append(top.name)
        top = top.parent
    if not missing:
        return top, job.state
    chain = job.folder / "chain"
    chain.mkdir()
    inner = chain
    for name in reversed(missing[1:]):
        inner = inner / name
        inner.mkdir()
    job.state.rename(inner / missing[0])
    while inner != job.folder:
        durable.fsync_dir(inner)
        inner = inner.parent
    return top, chain


def _take_back(job: Job, moved: Path, place: Path, top: Path) -> None:
    """Undo `_with_missing_folders` after another object was quicker to make the same folder."""
    if moved != job.state:
        (moved / place.relative_to(top)).rename(job.state)
        _remove(moved)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with source.open("rb") as reader, target.open("xb") as writer:
            shutil.copyfileobj(reader, writer, durable.CHUNK)
            writer.flush()
            os.fsync(writer.fileno())


def _remove(path: Path) -> None:
    """Remove whatever stands at `path`, without recursion: a stored path may be very deep."""
    kind = kind_of(path)
    if kind != "folder":
        path.unlink(missing_ok=True)
        return
    folders = []
    for relative, entries, error in walk(path):
        if error is not None:
            raise error
        folders.append(path / relative)
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                Path(entry.path).unlink()
    for folder in reversed(folders):
        folder.rmdir()


@contextlib.contextmanager
def _lock(store: StorageRoot, shard: str, *, wait: bool) -> Iterator[bool]:
    """Hold one of the 256 lock files of the staging folder; it falls with the process."""
    path = store.staging / "locks" / shard
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
