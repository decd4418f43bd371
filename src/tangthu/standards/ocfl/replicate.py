"""Copying an object, or the versions that are still missing, into another storage root, verified.

The copy is byte for byte the same object: inventories, digest files, logs and extensions included.
Every content file is compared with the manifest while it is copied, and what was built is validated
before it is put in place.
"""

from __future__ import annotations

from pathlib import Path

from tangthu.standards.ocfl.commit import Job, commit_new, commit_over, job_for, link_state
from tangthu.standards.ocfl.errors import (
    DamagedSourceError,
    InvalidInventoryError,
    ReplicaDivergedError,
    UnreadableObjectError,
)
from tangthu.standards.ocfl.files import kind_of, names_in, walk
from tangthu.standards.ocfl.intake import Intake, Source
from tangthu.standards.ocfl.inventory import INVENTORY
from tangthu.standards.ocfl.object_inventory import Trusted, load_inventory, read_copy
from tangthu.standards.ocfl.reader import require_trusted
from tangthu.standards.ocfl.storage_root import StorageRoot
from tangthu.standards.ocfl.validate_object import validate_object
from tangthu.standards.ocfl.writer import Committed


def replicate(
    source_root: Path, store: StorageRoot, *, replace: bool = False, aside: Path | None = None
) -> Committed:
    """Bring the object at `source_root` into `store`, in one atomic step.

    If the store has an earlier state of it, only the missing versions are copied; if it has the
    same one, nothing is done (`recognised`). With `replace` True a copy that is damaged
    beyond repair is replaced as a whole, and kept at `aside` if that is given.
    Raises DamagedSourceError, ReplicaDivergedError, UnreadableObjectError, DigestMismatchError,
    LayoutError or OSError; the store is then as it was.
    """
    try:
        source = require_trusted(source_root)
    except (UnreadableObjectError, InvalidInventoryError) as error:
        raise _damaged("its inventory cannot be trusted", INVENTORY) from error
    object_id = source.inventory.id
    place = store.path_of(object_id)
    with job_for(store, object_id) as job:
        standing = kind_of(place) != "missing"
        present = None if replace or not standing else load_inventory(place)
        if present is not None and present.digest == source.digest:
            head = present.inventory.head
            return Committed(object_id, head, place, source.digest, 0, recognised=True)
        kept: frozenset[str] = frozenset()
        folders: list[Path] = []
        if present is not None:
            kept = _versions_in_common(source_root, source, present, object_id)
            others = frozenset(names_in(place)) - kept
            folders = link_state(place, job, others)
        copied = _copy(source_root, source, job, kept, folders)
        _validate(job)
        if standing:
            commit_over(store, job, place, aside if replace else None)
        else:
            commit_new(store, job, place)
        head = source.inventory.head
        return Committed(object_id, head, place, source.digest, copied, recognised=False)


def _versions_in_common(
    source_root: Path, source: Trusted, present: Trusted, object_id: str
) -> frozenset[str]:
    """Return the version folders that the store has already, as parts of the same history."""
    head = present.inventory.head
    then = read_copy(source_root, head)
    same = then is not None and then.agrees and then.data == present.data
    if not same or head not in source.inventory.versions:
        raise ReplicaDivergedError(
            "The other storage root holds a different history of this object.",
            "Compare both copies; replace the wrong one as a whole.",
            object_id=object_id,
            source_head=source.inventory.head,
            present_head=head,
        )
    return frozenset(present.inventory.versions)


def _copy(
    source_root: Path, source: Trusted, job: Job, kept: frozenset[str], folders: list[Path]
) -> int:
    """Copy all but the `kept` version folders into the job; return the number of content files."""
    inventory = source.inventory
    expected = {
        path: digest.lower()
        for path, digest in inventory.content_files()
        if path.partition("/")[0] not in kept
    }
    waiting = set(expected)
    with Intake(job.parts, (inventory.algorithm,)) as intake:
        for relative, entries, error in walk(source_root):
            if error is not None:
                raise _damaged(f"it cannot be read: {error.strerror}", relative) from error
            if relative.partition("/")[0] in kept:
                continue
            for entry in entries:
                path = f"{relative}/{entry.name}" if relative else entry.name
                if entry.is_dir(follow_symlinks=False):
                    continue
                arrived, part = intake.take(path, Source(source_root / path))
                digest = arrived.digests[inventory.algorithm]
                if path in expected and digest != expected[path]:
                    part.drop()
                    raise _damaged("the file does not have its recorded digest", path)
                waiting.discard(path)
                intake.keep(part, job.state / path, inventory.algorithm, digest, path)
        if waiting:
            raise _damaged("the file is missing", min(waiting))
        for folder in folders:
            intake.note_folder(folder)
        intake.finish()
    return len(expected)


def _validate(job: Job) -> None:
    """Refuse to store what is not a valid object; digests were compared while copying."""
    errors = [
        finding
        for finding in validate_object(job.state, check_digests=False)
        if finding.severity == "error"
    ]
    if errors:
        raise DamagedSourceError(
            f"The object to copy is not valid: {errors[0].message}",
            "Validate and repair it first.",
            place=errors[0].place,
            codes=sorted({finding.code for finding in errors}),
        )


def _damaged(why: str, path: str) -> DamagedSourceError:
    return DamagedSourceError(
        f"The object cannot be copied, because {why}.", "Repair it first.", path=path
    )
