"""Sending an object from a folder to a bucket, so that it is whole there or not there yet.

A bucket knows no rename. Content goes first, then the inventories of versions, the declaration, the
root inventory and, last, its digest file: until then the state before holds, and doing it again
sends what is missing. Each file goes with its checksum and is read back (invariant 4).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from django.utils.translation import gettext as _

from tangthu.kernel import clock, s3
from tangthu.repository.buckets import Bucket, key_of
from tangthu.repository.models import Store
from tangthu.repository.stand_ins import stand_in
from tangthu.standards import durable, ocfl


def send_object(bucket: Bucket, source_root: Path, *, replace: bool = False) -> int:
    """Bring the object at `source_root` into the bucket; returns how many files were sent.

    What stands there with the right bytes is not sent again. It is read to know that: a server that
    was killed may have lost what it had read back to us. With `replace`, whatever else stands there
    does not count. Raises DamagedSourceError, ReplicaDivergedError or another OcflError,
    StoreDamaged, s3_client.Unreachable or s3_client.Denied.
    """
    source = ocfl.load_inventory(source_root)
    if not source.root_copy_good:
        raise _damaged(_("bảng kê ở gốc hỏng"), ocfl.INVENTORY)
    _require_valid(source_root)
    objid = source.inventory.id
    recorded = dict(source.inventory.content_files())
    with stand_in(bucket, objid) as (place, listing):
        present = None if replace else _present(place)
        kept = frozenset() if present is None else _in_common(source_root, source, present)
    until = locked_until(bucket.store)
    sent = 0
    for path in _in_order(source_root, source):
        digest = _sha256(source_root / path, recorded.get(path), source.inventory.algorithm)
        size = (source_root / path).stat().st_size
        there = listing.get(path) == size
        # Versions that were whole there are not read again: a check of the copy does that.
        if there and (path.partition("/")[0] in kept or _same(bucket, objid, path, digest)):
            continue
        try:
            chunks = durable.chunks_of(source_root / path)
            bucket.inside.put(key_of(objid, path), chunks, sha256=digest, until=until)
        except s3.NotThese as error:
            raise _damaged(_("tệp không đúng với bảng kê"), path) from error
        except FileNotFoundError as error:
            raise _damaged(_("thiếu tệp"), path) from error
        sent += 1
        durable.point("repository.sent")
    return sent


def locked_until(store: Store) -> dt.datetime | None:
    """Until when what is put into a store now is locked; None if nothing is."""
    return clock.now() + dt.timedelta(days=store.lock_days) if store.lock_days else None


def _present(place: Path) -> ocfl.Trusted | None:
    """What the bucket has of the object; None if that is nothing, or begun and never finished."""
    try:
        return ocfl.load_inventory(place)
    except (ocfl.ObjectMissingError, ocfl.UnreadableObjectError):
        return None


def _in_common(source_root: Path, source: ocfl.Trusted, present: ocfl.Trusted) -> frozenset[str]:
    """The version folders that the bucket has already, as parts of the same history."""
    head = present.inventory.head
    then = ocfl.read_copy(source_root, head)
    if (
        present.inventory.id != source.inventory.id
        or then is None
        or not then.agrees
        or then.data != present.data
    ):
        raise ocfl.ReplicaDivergedError(
            "The bucket holds a different history of this object.",
            "Compare both copies; replace the wrong one as a whole.",
            object_id=source.inventory.id,
        )
    if present.digest == source.digest:
        return frozenset()  # sent before, but nobody entered it: look at everything
    return frozenset(present.inventory.versions)


def _in_order(source_root: Path, source: ocfl.Trusted) -> list[str]:
    """Every file of the object, those last that make the others count."""
    inventory = source.inventory
    last = [inventory.declaration, ocfl.INVENTORY, inventory.sidecar]

    def rank(path: str) -> tuple[int, str]:
        if path in last:
            return 2 + last.index(path), path
        return int(path.rpartition("/")[2].startswith(ocfl.INVENTORY)), path

    found = {
        path.relative_to(source_root).as_posix()
        for path in source_root.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }
    found |= {path for path, _digest in inventory.content_files()}
    return sorted(found, key=rank)


def _sha256(path: Path, recorded: str | None, algorithm: str) -> str:
    """The digest that the server has to find: the recorded one, or else what the file has."""
    if recorded is not None and algorithm == "sha256":
        return recorded.lower()
    try:
        found = durable.digest_file(path, tuple({"sha256", algorithm})).digests
    except FileNotFoundError as error:
        raise _damaged(_("thiếu tệp"), path.name) from error
    if recorded is not None and found[algorithm] != recorded.lower():
        raise _damaged(_("tệp không đúng với bảng kê"), path.name)
    return found["sha256"]


def _same(bucket: Bucket, objid: str, path: str, sha256: str) -> bool:
    found = hashlib.sha256()
    try:
        for piece in bucket.inside.read(key_of(objid, path)):
            found.update(piece)
    except FileNotFoundError:
        return False
    return found.hexdigest() == sha256


def _require_valid(source_root: Path) -> None:
    for finding in ocfl.validate_object(source_root, check_digests=False):
        if finding.severity == "error":
            raise _damaged(finding.message, finding.place)


def _damaged(why: str, path: str) -> ocfl.DamagedSourceError:
    return ocfl.DamagedSourceError(
        f"The object cannot be sent, because: {why}.", "Repair it first.", path=path
    )
