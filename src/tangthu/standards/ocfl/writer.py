"""Writing OCFL objects: a first version, and further ones (OCFL 1.1; our digests are sha256).

Every call builds the whole new state of the object in a staging folder, with hard links to the
files of earlier versions; flushes it; reads every new file back from the disk; and puts it in place
in one atomic step. A call repeated after a crash recognises its own work and stores nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tangthu.standards import durable
from tangthu.standards.ocfl import version_names
from tangthu.standards.ocfl.commit import commit_new, commit_over, job_for, link_state
from tangthu.standards.ocfl.draft import ALGORITHM, Draft, Files, Note
from tangthu.standards.ocfl.errors import (
    ObjectExistsError,
    ObjectMissingError,
    UnreadableObjectError,
    VersionConflictError,
    VersionMissingError,
)
from tangthu.standards.ocfl.files import kind_of
from tangthu.standards.ocfl.inventory import INVENTORY, Inventory
from tangthu.standards.ocfl.object_inventory import Trusted, load_inventory
from tangthu.standards.ocfl.storage_root import StorageRoot


@dataclass(frozen=True, slots=True)
class Committed:
    """A stored version. `recognised` means that it had been stored before and nothing was done."""

    object_id: str
    version: str
    object_root: Path
    inventory_digest: str
    new_files: int
    recognised: bool


def create_object(
    store: StorageRoot,
    object_id: str,
    files: Files,
    note: Note,
    *,
    fixity: tuple[str, ...] = (),
) -> Committed:
    """Store a new object with its first version.

    `files` gives logical path → Source; names are kept exactly. `fixity` names further algorithms
    to record. Raises ObjectExistsError, LogicalPathError, DigestMismatchError, DamagedSourceError,
    LayoutError or OSError; the storage root is then as it was before.
    """
    place = store.path_of(object_id)
    with job_for(store, object_id) as job:
        if kind_of(place) == "missing":
            empty = Inventory(object_id, ALGORITHM, {}, {}, spec=store.spec)
            draft = Draft(job, empty, {}, "v1")
            draft.add(files, fixity)
            draft.finish(note)
            commit_new(store, job, place)
            return _committed(draft, place)
        trusted = _current(place, object_id)
        inventory = trusted.inventory
        if len(inventory.versions) == 1 and _same_note(inventory, note):
            first = Draft(job, inventory, {}, inventory.head)
            first.add(files, fixity)
            if first.adds_nothing(inventory):
                return _recognised(place, trusted)
        raise ObjectExistsError(
            "An object with this identifier is already stored.",
            "Add a version to it, or give the new object its own identifier.",
            object_id=object_id,
        )


def add_version(
    store: StorageRoot,
    object_id: str,
    files: Files,
    note: Note,
    *,
    delete: Iterable[str] = (),
    keep: bool = True,
    expected_head: int | None = None,
    fixity: tuple[str, ...] = (),
) -> Committed:
    """Store a further version: the latest state without `delete`, with `files` added or replaced.

    With `keep` False the version consists of `files` only. `expected_head` is the number of the
    version built upon; if the object has moved on, VersionConflictError is raised. Also raises
    ObjectMissingError, UnreadableObjectError, VersionMissingError (a path to delete is not there)
    and what `create_object` raises; the object is then as it was before.
    """
    place = store.path_of(object_id)
    deleted = frozenset(delete)
    with job_for(store, object_id) as job:
        trusted = _current(place, object_id)
        inventory = trusted.inventory
        count = len(inventory.versions)
        again = count > 1 and _same_note(inventory, note) and expected_head in (None, count - 1)
        if not again and expected_head not in (None, count):
            raise VersionConflictError(
                f"The object is at version {count}, not at {expected_head}.",
                "Load the latest version and make the change again.",
                object_id=object_id,
                head=inventory.head,
            )
        names = list(inventory.versions)
        base = inventory.versions[names[-2] if again else names[-1]].state if keep else {}
        _check_deletions(base, deleted, object_id)
        base = {path: digest for path, digest in base.items() if path not in deleted}
        name = inventory.head if again else _next_name(inventory)
        draft = Draft(job, inventory, base, name)
        draft.add(files, fixity)
        if again:
            if draft.adds_nothing(inventory):
                return _recognised(place, trusted)
            raise VersionConflictError(
                "Another version with the same time, person and message is already stored.",
                "Give this version its own time or message.",
                object_id=object_id,
                head=inventory.head,
            )
        if kind_of(place / name) != "missing":
            raise UnreadableObjectError(
                f"The object has a folder {name} that its inventory does not know.",
                "Validate and repair the object first.",
                object_id=object_id,
            )
        written = {INVENTORY, inventory.sidecar, inventory.declaration}
        for folder in link_state(place, job, frozenset(written)):
            draft.intake_folder(folder)
        draft.finish(note, spec=max(store.spec, inventory.spec))
        commit_over(store, job, place)
        return _committed(draft, place)


def _committed(draft: Draft, place: Path) -> Committed:
    return Committed(
        draft.before.id, draft.name, place, draft.digest, draft.new_files, recognised=False
    )


def _current(place: Path, object_id: str) -> Trusted:
    if kind_of(place) == "missing":
        raise ObjectMissingError(
            "There is no object with this identifier.", "Check the identifier.", object_id=object_id
        )
    trusted = load_inventory(place)
    if trusted.inventory.id != object_id:
        raise ObjectExistsError(
            "Another object stands where this one belongs.",
            "Validate the storage root.",
            object_id=object_id,
            found=trusted.inventory.id,
        )
    if not trusted.root_copy_good:
        raise UnreadableObjectError(
            "The inventory of the object is damaged, so no version can be added.",
            "Repair the object from another storage root first.",
            object_id=object_id,
        )
    return trusted


def _same_note(inventory: Inventory, note: Note) -> bool:
    last = inventory.versions[inventory.head]
    return last == note.version(last.state)


def _next_name(inventory: Inventory) -> str:
    name = version_names.next_name(inventory.head)
    if name is None:
        raise VersionConflictError(
            "The zero-padded version names of this object are used up.",
            "Copy the object under a new identifier.",
            object_id=inventory.id,
            head=inventory.head,
        )
    return name


def _check_deletions(base: Mapping[str, str], deleted: frozenset[str], object_id: str) -> None:
    missing = sorted(deleted - base.keys())
    if missing:
        raise VersionMissingError(
            f"The file {missing[0]!r} to be removed is not in the latest version.",
            "Load the latest version and make the change again.",
            object_id=object_id,
            path=missing[0],
        )


def _recognised(place: Path, trusted: Trusted) -> Committed:
    """Make sure that what a killed call renamed is on disk, and report it as done."""
    durable.fsync_dir(place)
    durable.fsync_dir(place.parent)
    inventory = trusted.inventory
    return Committed(inventory.id, inventory.head, place, trusted.digest, 0, recognised=True)
