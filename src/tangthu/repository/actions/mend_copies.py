"""Mending the copies of one package from each other; every byte that is taken is proven first.

Whatever is put into a copy has the digest that the copy's own inventory, or the catalogue, asks
for. What does not belong into an object is set aside beside it, never thrown away.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tangthu.kernel import s3
from tangthu.kernel.stores import StoreDamaged
from tangthu.repository.buckets import Bucket, key_of, open_bucket
from tangthu.repository.fixity import CopyVerdict
from tangthu.repository.places import receive
from tangthu.repository.sending import locked_until
from tangthu.repository.stand_ins import local_object
from tangthu.repository.stores import (
    SET_ASIDE,
    StoreUnusable,
    open_store,
    place_aside,
    require_room,
    writing_to,
)
from tangthu.standards import durable, ocfl

log = logging.getLogger("tangthu.repository")

_FAILURES = (ocfl.OcflError, OSError, StoreUnusable, StoreDamaged, s3.NotThese)


@dataclass(frozen=True, slots=True)
class Mended:
    """One thing put in order: in which store, which path ("" for the whole object), from where."""

    store: str
    path: str
    source: str


def mend(verdicts: Sequence[CopyVerdict]) -> list[Mended]:
    """Mend what can be mended; a place that cannot be is left as it is and not in the answer.

    Single files first, so that a copy that lost its inventory finds a whole one to be made from.
    """
    done: list[Mended] = []
    for hurt in verdicts:
        if not (hurt.unusable or hurt.unreachable):
            done += _mend_files(hurt, verdicts)
            done += _set_aside(hurt)
    for hurt in verdicts:
        if hurt.unusable and not hurt.unreachable:
            done += _replace(hurt, verdicts)
    return done


def _mend_files(hurt: CopyVerdict, verdicts: Sequence[CopyVerdict]) -> list[Mended]:
    done: list[Mended] = []
    others = [one for one in verdicts if one is not hurt and not one.unreachable]
    for path in (*hurt.problems, *hurt.unread):
        # A copy can hold the good bytes itself: an inventory stands twice in every object.
        for source in (*others, hurt):
            if _mend_file(hurt, path, source):
                done.append(Mended(hurt.store, path, source.store))
                break
    return done


def _mend_file(hurt: CopyVerdict, path: str, source: CopyVerdict) -> bool:
    store, objid = hurt.copy.store, hurt.copy.package.objid
    try:
        with local_object(source.copy.store, objid, [path]) as good:
            if hurt.in_folder:
                _put_right(open_store(store), hurt.place, path, good)
            else:
                with writing_to(store):
                    _send_right(open_bucket(store), objid, path, good)
    except _FAILURES:
        return False
    return True


def _put_right(root: ocfl.StorageRoot, place: Path, path: str, good: Path) -> None:
    try:
        ocfl.repair_file(root, place, path, good)
    except ocfl.OcflError:
        # The other copy as a whole cannot be trusted; its file may be the right one.
        ocfl.repair_content(root, place, path, good / path)


def _send_right(bucket: Bucket, objid: str, path: str, good: Path) -> None:
    """Put one file of an object in a bucket in order, in a stand-in, and send it from there."""
    with tempfile.TemporaryDirectory(prefix="bucket-") as folder:
        root = ocfl.create_root(Path(folder, "root"))
        place = root.path_of(objid)
        bucket.bring(objid, place)
        _put_right(root, place, path, good)
        bucket.inside.put(
            key_of(objid, path),
            durable.chunks_of(place / path),
            sha256=durable.digest_file(place / path).digests["sha256"],
            until=locked_until(bucket.store),
        )


def _set_aside(hurt: CopyVerdict) -> list[Mended]:
    done: list[Mended] = []
    store, objid = hurt.copy.store, hurt.copy.package.objid
    for path in hurt.extra:
        name = path.rpartition("/")[2]
        try:
            if hurt.in_folder:
                target = place_aside(store, objid, name)
                durable.make_dirs(target.parent)
                durable.rename(hurt.place / path, target, what="repository.set_aside")
            else:
                name = f"{secrets.token_hex(4)}-{name}"
                with writing_to(store):
                    _move_beside(open_bucket(store), objid, path, name)
        except _FAILURES:
            continue
        done.append(Mended(store.name, path, store.name))
    return done


def _move_beside(bucket: Bucket, objid: str, path: str, name: str) -> None:
    """Copy a file that does not belong to an object beside it, then take it out of the object."""
    key = key_of(objid, path)
    found = hashlib.sha256()
    for piece in bucket.inside.read(key):
        found.update(piece)
    bucket.beside.put(
        key_of(objid, f"{SET_ASIDE}/{name}"), bucket.inside.read(key), sha256=found.hexdigest()
    )
    bucket.inside.remove(key)


def prolong(verdicts: Sequence[CopyVerdict]) -> int:
    """Lock for longer what is whole and not locked for long any more; returns how many files."""
    done = 0
    for verdict in verdicts:
        store, objid = verdict.copy.store, verdict.copy.package.objid
        until = locked_until(store)
        if until is None or not verdict.fading:
            continue
        try:
            with writing_to(store):
                bucket = open_bucket(store)
                for path in verdict.fading:
                    bucket.inside.retain(key_of(objid, path), until)
                    done += 1
        except _FAILURES as error:
            # The next check tries again; the System page tells of a bucket that cannot lock.
            log.warning("store %s not locked for longer: %s", store.name, type(error).__name__)
    return done


def _replace(hurt: CopyVerdict, verdicts: Sequence[CopyVerdict]) -> list[Mended]:
    for good in verdicts:
        if good is hurt or good.unusable or good.unreachable:
            continue
        try:
            # Copies every file against the inventory, so a source that is not whole is refused.
            store, objid = hurt.copy.store, hurt.copy.package.objid
            # What stood there stays beside it, so the disk must bear both.
            require_room(store, good.bytes)
            with local_object(good.copy.store, objid) as place, writing_to(store):
                receive(store, place, replace=True)
        except _FAILURES:
            continue
        return [Mended(hurt.store, "", good.store)]
    return []
