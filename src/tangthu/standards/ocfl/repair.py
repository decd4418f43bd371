"""Replacing one bad or missing file of an object by the good one of another copy.

The good file is copied to the staging folder, flushed, read back and compared with what the object
to be repaired itself records; only then it takes the place of the bad one, in one step. Nothing is
taken over on the word of the source alone, but for inventories of earlier versions, for which both
objects must have the same current inventory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangthu.standards import durable
from tangthu.standards.ocfl.commit import Job, job_for
from tangthu.standards.ocfl.errors import DamagedSourceError, UnreadableObjectError
from tangthu.standards.ocfl.files import kind_of
from tangthu.standards.ocfl.intake import Intake, Source
from tangthu.standards.ocfl.inventory import INVENTORY
from tangthu.standards.ocfl.object_inventory import (
    Trusted,
    load_inventory,
    read_copy,
    sidecar_bytes,
)
from tangthu.standards.ocfl.reader import FileResult, check_file, check_files
from tangthu.standards.ocfl.storage_root import StorageRoot

POINTS = ("ocfl.repair.renamed",)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file put in order; `replaced` is False if it had been good already."""

    path: str
    digest: str
    replaced: bool


def repair_file(store: StorageRoot, object_root: Path, path: str, source_root: Path) -> Repaired:
    """Replace the file `path` of the object at `object_root` (in `store`) from `source_root`.

    `path` is relative to the object root: a content path, an inventory, a digest file or the
    declaration. Repeating a call is harmless. Raises DamagedSourceError if the source is not good
    or not the same object, UnreadableObjectError if the object has no such file or no inventory
    that can be trusted, or OSError; the object is then as it was.
    """
    target = load_inventory(object_root)
    source = _load_source(source_root)
    if source.inventory.id != target.inventory.id:
        raise _bad_source("It is another object.", path)
    if target.inventory.head not in source.inventory.versions:
        raise _bad_source("It does not have the latest version of the object.", path)
    algorithm = target.inventory.algorithm
    with job_for(store, target.inventory.id) as job:
        recorded = dict(target.inventory.content_files()).get(path)
        if recorded is not None:
            found = check_file(object_root, path, algorithm, recorded)
            good = Source(_content_source(source_root, source, target, recorded, path))
            return _replace(job, object_root, found, good, algorithm, recorded.lower())
        data = _metadata(object_root, source_root, source, target, path)
        return _replace_bytes(job, object_root, path, data)


def repair_content(store: StorageRoot, object_root: Path, path: str, candidate: Path) -> Repaired:
    """Replace a content file by the file `candidate`, wherever that comes from.

    Only bytes with the digest that the object's own inventory records for `path` are taken. Raises
    DamagedSourceError for other bytes, UnreadableObjectError if the object has no such content or
    no inventory that can be trusted, or OSError; the object is then as it was.
    """
    target = load_inventory(object_root)
    algorithm = target.inventory.algorithm
    recorded = dict(target.inventory.content_files()).get(path)
    if recorded is None:
        raise UnreadableObjectError(
            f"The object has no file {path!r}.", "Name a file of the object.", path=path
        )
    with job_for(store, target.inventory.id) as job:
        found = check_file(object_root, path, algorithm, recorded)
        return _replace(job, object_root, found, Source(candidate), algorithm, recorded.lower())


def repair_all(store: StorageRoot, object_root: Path, source_root: Path) -> list[Repaired]:
    """Repair every file that is not as it should be; extra files are left alone.

    Inventories of earlier versions that the source has and the object lost altogether come back as
    well. Raises what `repair_file` raises, at the first file that cannot be repaired.
    """
    bad = [
        result.path
        for result in check_files(object_root)
        if result.status in ("changed", "missing", "unreadable")
    ]
    bad += [path for path in _lost_inventories(object_root, source_root) if path not in bad]
    return [repair_file(store, object_root, path, source_root) for path in bad]


def _lost_inventories(object_root: Path, source_root: Path) -> list[str]:
    """Return inventories and digest files of versions that only the source still has."""
    lost = []
    for version in load_inventory(object_root).inventory.versions:
        theirs = read_copy(source_root, version)
        if theirs is not None and theirs.agrees:
            names = (f"{version}/{INVENTORY}", f"{version}/{INVENTORY}.{theirs.algorithm}")
            lost += [name for name in names if kind_of(object_root / name) == "missing"]
    return lost


def _load_source(source_root: Path) -> Trusted:
    try:
        source = load_inventory(source_root)
    except UnreadableObjectError as error:
        raise _bad_source("It has no inventory that can be trusted.", "") from error
    return source


def _content_source(
    source_root: Path, source: Trusted, target: Trusted, digest: str, path: str
) -> Path:
    """Return a file of the source that has the digest, verified by reading it once."""
    algorithm = target.inventory.algorithm
    candidates = [path]
    if source.inventory.algorithm == algorithm:
        for key, paths in source.inventory.manifest.items():
            if key.lower() == digest.lower():
                candidates.extend(paths)
    for candidate in dict.fromkeys(candidates):
        if check_file(source_root, candidate, algorithm, digest).status == "ok":
            return source_root / candidate
    raise _bad_source("The file is missing or damaged there as well.", path)


def _metadata(
    object_root: Path, source_root: Path, source: Trusted, target: Trusted, path: str
) -> bytes:
    """Return the right bytes of a declaration, inventory or digest file."""
    inventory = target.inventory
    if path == inventory.declaration:
        return (inventory.declaration.removeprefix("0=") + "\n").encode()
    folder, _, name = path.rpartition("/")
    if folder in ("", inventory.head):
        if name == INVENTORY:
            return target.data
        if name == inventory.sidecar:
            return sidecar_bytes(target.digest)
    elif folder in inventory.versions and name.startswith(INVENTORY):
        good = read_copy(source_root, folder)
        if good is None or not good.agrees:
            raise _bad_source("Its inventory of that version is damaged as well.", path)
        mine = read_copy(object_root, folder)
        witnesses = {good.digest} if source.digest == target.digest else set()
        witnesses |= {mine.digest, mine.recorded or ""} if mine is not None else set()
        if good.digest not in witnesses:
            raise _bad_source("Nothing in the object vouches for its inventory.", path)
        if name == INVENTORY:
            return good.data
        if name == f"{INVENTORY}.{good.algorithm}":
            return sidecar_bytes(good.digest)
    raise UnreadableObjectError(
        f"The object has no file {path!r}.", "Name a file that the fixity check named.", path=path
    )


def _replace_bytes(job: Job, object_root: Path, path: str, data: bytes) -> Repaired:
    with Intake(job.parts, ("sha256",)) as intake:
        arrived, part = intake.take(path, Source(data))
        part.drop()
    digest = arrived.digests["sha256"]
    found = check_file(object_root, path, "sha256", digest)
    return _replace(job, object_root, found, Source(data), "sha256", digest)


def _replace(
    job: Job, object_root: Path, found: FileResult, good: Source, algorithm: str, digest: str
) -> Repaired:
    path = found.path
    if found.status == "ok":
        return Repaired(path, digest, replaced=False)
    target = object_root / path
    staged = job.state / "good"
    with Intake(job.parts, (algorithm,)) as intake:
        arrived, part = intake.take(path, good)
        if arrived.digests[algorithm] != digest:
            part.drop()
            raise _bad_source("The file changed while it was copied.", path)
        intake.keep(part, staged, algorithm, digest, path)
        intake.finish()
    _refuse_blocked(object_root, path)
    durable.make_dirs(target.parent)
    durable.rename(staged, target, what="ocfl.repair")
    return Repaired(path, digest, replaced=True)


def _refuse_blocked(object_root: Path, path: str) -> None:
    """Refuse to write through a link or over a folder that stands where the file belongs."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        kind = kind_of(object_root / "/".join(parts[:count]))
        if (kind not in ("folder", "missing")) if count < len(parts) else kind == "folder":
            raise UnreadableObjectError(
                f"A {kind} stands where the file {path!r} belongs.",
                "Move it out of the object by hand, then repair again.",
                path=path,
            )


def _bad_source(why: str, path: str) -> DamagedSourceError:
    return DamagedSourceError(
        f"The copy to repair from is not good: {why}",
        "Use another copy of the object.",
        path=path,
    )
