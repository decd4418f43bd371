"""A folder that stands in for an object in a bucket, so that what works on folders works on it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tangthu.repository.buckets import Bucket, asking, open_bucket, wanting
from tangthu.repository.models import Store
from tangthu.repository.stores import open_store


@contextmanager
def stand_in(
    bucket: Bucket, objid: str, paths: Collection[str] | None = ()
) -> Iterator[tuple[Path, dict[str, int]]]:
    """A temporary folder with the object's administrative files and `paths` (None: all its files),
    and the listing of what stands in the bucket.

    The folder is missing if nothing stands there. Raises what `s3_client` says.
    """
    with tempfile.TemporaryDirectory(prefix="bucket-") as folder:
        place = Path(folder, "object")
        yield place, bucket.bring(objid, place, wanting(paths))


@contextmanager
def local_object(store: Store, objid: str, paths: Collection[str] | None = None) -> Iterator[Path]:
    """A folder in which the object of a store can be read: where it stands, or a stand-in.

    Raises StoreUnusable. Of a bucket only `paths` are brought (None: all).
    """
    if not store.in_bucket:
        yield open_store(store).path_of(objid)
        return
    bucket = open_bucket(store)
    with tempfile.TemporaryDirectory(prefix="bucket-") as folder:
        place = Path(folder, "object")
        with asking(store):
            bucket.bring(objid, place, wanting(paths))
        yield place
