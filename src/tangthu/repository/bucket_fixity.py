"""Reading a copy in a bucket and saying what is wrong with it; nothing of its content is kept.

Declaration and inventories are judged in a stand-in folder by the same code as those of a folder;
content is streamed past its digest, and whatever else stands there is told.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tangthu.kernel import s3_client
from tangthu.repository.buckets import Bucket, asking, key_of, open_bucket
from tangthu.repository.models import Store
from tangthu.repository.stand_ins import stand_in
from tangthu.standards import ocfl

Judge = Callable[[ocfl.Trusted, Path], None]


def read_object(
    store: Store, objid: str, judge: Judge, stop: threading.Event, *, sealing: bool
) -> Iterator[tuple[ocfl.FileResult, dt.datetime | None]]:
    """Yield a verdict on each file, and until when it is locked (None: it is not).

    `judge` is called with the trusted inventory and the stand-in before the first. While a sealing
    is under way (`sealing`), what it has sent of the next version belongs there. Raises
    StoreUnusable, ObjectMissingError and other OcflErrors.
    """
    bucket = open_bucket(store)
    with asking(store), stand_in(bucket, objid) as (place, listing):
        trusted = ocfl.load_inventory(place)
        judge(trusted, place)
        inventory = trusted.inventory
        known: set[str] = set()
        for result in ocfl.check_administration(place, trusted):
            known.add(result.path)
            yield result, _locked(bucket, objid, result)
        recorded = dict(inventory.content_files())
        for path in sorted(recorded):
            if stop.is_set():
                return
            known.add(path)
            if path not in listing:
                yield ocfl.FileResult(path, "missing", recorded[path]), None
                continue
            wanted = recorded[path].lower()
            yield _read(bucket, objid, path, inventory.algorithm, wanted, listing[path])
        coming = f"v{len(inventory.versions) + 1}/"
        for path in sorted(set(listing) - known):
            nobodys = path.partition("/")[0] in ("logs", "extensions")
            if not (nobodys or (sealing and path.startswith(coming))):
                yield ocfl.FileResult(path, "extra"), None


def _read(
    bucket: Bucket, objid: str, path: str, algorithm: str, wanted: str, listed: int
) -> tuple[ocfl.FileResult, dt.datetime | None]:
    hasher, size = ocfl.new_hasher(algorithm), 0
    try:
        until, pieces = bucket.inside.opened(key_of(objid, path))
        for piece in pieces:
            size += len(piece)
            if size > listed:
                return ocfl.FileResult(path, "changed", wanted), until
            hasher.update(piece)
    except FileNotFoundError:
        return ocfl.FileResult(path, "missing", wanted), None
    except s3_client.Denied as error:
        return ocfl.FileResult(path, "unreadable", wanted, reason=error.strerror), None
    found = hasher.hexdigest()
    status: ocfl.Status = "ok" if found == wanted else "changed"
    return ocfl.FileResult(path, status, wanted, found, size), until


def _locked(bucket: Bucket, objid: str, result: ocfl.FileResult) -> dt.datetime | None:
    """Until when an administrative file is locked; asked only where objects are locked at all."""
    if not bucket.store.lock_days or result.status != "ok":
        return None
    return bucket.inside.locked_until(key_of(objid, result.path))
