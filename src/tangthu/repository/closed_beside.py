"""What was closed after a package was sealed, noted beside its copies for the day of a rebuild.

A package says what its records were when it was sealed. Whoever withholds a document afterwards, or
gives a record a stricter level, changes the catalogue only; if that were lost, the package alone
would open the record again. So `closed.json` beside each copy keeps the levels as they hold: by
identifiers alone, nothing of what a record is.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.db import transaction

from tangthu.kernel import clock
from tangthu.kernel.stores import StoreDamaged
from tangthu.records.levels import STRICTEST_FIRST, level_of, strictest
from tangthu.records.models import Dossier, Membership, Withheld
from tangthu.records.queries import withheld_among
from tangthu.repository.beside import read_beside, write_beside
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stores import StoreUnusable
from tangthu.standards import ocfl

log = logging.getLogger("tangthu.repository")

NAME = "closed.json"


@dataclass(frozen=True, slots=True)
class Closed:
    """Levels by record, and the documents that are withheld; all by identifier.

    `at`: when it was so; None in a note of an older version of the software.
    """

    levels: Mapping[str, str] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    at: dt.datetime | None = None


def note_closed(dossier_ids: Iterable[uuid.UUID]) -> None:
    """Note how closed the records of these dossiers are; in the transaction that changes it.

    What becomes stricter is noted before it is committed, what opens after: a kill or a rollback in
    between leaves a note that is too strict, never one that is too open. For a store that is away
    now the note is due: it is remembered with the copy, told by the check of the house, and written
    once the store is back (`actions/keep_notes.py`).
    """
    for package in Package.objects.filter(dossier_id__in=list(dossier_ids)):
        now = standing(package)
        write_notes(package, now, merged=True)
        transaction.on_commit(partial(write_notes, package, now, merged=False))


def read_closed(folder: Path) -> Closed:
    """The note in the folder beside a copy.

    Raises ValueError for a note that is damaged, for nobody then knows what it closed; or OSError.
    """
    path = folder / NAME
    return _read(path.read_bytes() if path.exists() else None)


def _read(data: bytes | None) -> Closed:
    if data is None:
        return Closed()
    try:
        said = json.loads(data)
        levels = {str(key): str(level) for key, level in said["levels"].items()}
        withheld = frozenset(map(str, said["withheld"]))
        at = dt.datetime.fromisoformat(said["at"]) if "at" in said else None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no note") from error
    if not set(levels.values()) <= set(STRICTEST_FIRST):
        raise ValueError("unknown level")
    return Closed(levels, withheld, at)


def standing(package: Package) -> Closed:
    dossier = Dossier.objects.get(pk=package.dossier_id)
    places = Membership.objects.filter(dossier=dossier).select_related("document")
    documents = [place.document for place in places]
    levels = {str(one.pk): level_of(one) for one in (dossier, *documents)}
    held = withheld_among([one.pk for one in documents])
    return Closed(levels, frozenset(map(str, held)), clock.now())


def carry(package: Package, store: Store) -> None:
    """Note beside a copy that was just made what is noted beside the others.

    Raises OSError, StoreUnusable or StoreDamaged.
    """
    for copy in Copy.objects.filter(package=package).select_related("store"):
        try:
            noted = read_beside(copy.store, package.objid, NAME) is not None
        except (OSError, StoreUnusable, ocfl.OcflError):
            noted = True  # nobody can look: better a note too many
        if noted:
            _put(store, package.objid, standing(package))
            return


def write_notes(package: Package, now: Closed, *, merged: bool) -> None:
    """Write the note beside each copy, `merged` with what is noted there; remember what failed."""
    for copy in Copy.objects.filter(package=package).select_related("store"):
        due = False
        try:
            noted = _noted(copy.store, package.objid)
            _put(copy.store, package.objid, _agreed(now, noted, merged=merged), patient=False)
        except (OSError, StoreUnusable, StoreDamaged, ocfl.OcflError) as error:
            due = True
            log.warning(
                "what was closed could not be noted in store %s: %s",
                copy.store.name,
                type(error).__name__,
            )
        if due != copy.note_due:
            Copy.objects.filter(pk=copy.pk).update(note_due=due)


def _agreed(now: Closed, noted: Closed, *, merged: bool) -> Closed:
    """The note to write: that of `now`, unless a newer one stands there.

    A document that is noted as withheld, and of which this house has never heard that it was, was
    withheld by the house before a restore: it stays noted.
    """
    if noted.at is not None and now.at is not None and noted.at > now.at:
        return _strictest(now, noted) if merged else noted
    if merged:
        return _strictest(now, noted)
    unheard = noted.withheld - now.withheld
    if unheard:
        known = Withheld.objects.filter(document_id__in=unheard)
        unheard -= {str(pk) for pk in known.values_list("document_id", flat=True)}
    return Closed(now.levels, now.withheld | unheard, now.at)


def _noted(store: Store, objid: str) -> Closed:
    """The note as it stands; a damaged one is written anew from the catalogue."""
    try:
        return _read(read_beside(store, objid, NAME, patient=False))
    except ValueError:
        return Closed()


def _put(store: Store, objid: str, note: Closed, *, patient: bool = True) -> None:
    said: dict[str, object] = {
        "levels": dict(sorted(note.levels.items())),
        "withheld": sorted(note.withheld),
    }
    if note.at is not None:
        said["at"] = note.at.isoformat()
    data = json.dumps(said, indent=1).encode() + b"\n"
    write_beside(store, objid, NAME, data, what="repository.closed", patient=patient)


def _strictest(one: Closed, other: Closed) -> Closed:
    levels = {
        key: strictest([found[key] for found in (one.levels, other.levels) if key in found])
        for key in {*one.levels, *other.levels}
    }
    moments = [found.at for found in (one, other) if found.at is not None]
    return Closed(levels, one.withheld | other.withheld, max(moments, default=None))
