"""Objects in the stores that the catalogue does not know."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import unquote

from tangthu.kernel.models import Job
from tangthu.repository.buckets import asking, folder_of, open_bucket
from tangthu.repository.models import Package, Store
from tangthu.repository.stores import StoreUnusable, in_use, open_store
from tangthu.repository.wording import printable
from tangthu.standards import ocfl
from tangthu.standards.tt05.identifiers import uuid_of

_BATCH = 500


def strangers() -> Iterator[tuple[Store, str]]:
    """Objects that the catalogue does not know, as store and object identifier.

    An object is judged by where it stands: one that stands where a package belongs is for that
    package's own check. What a sealing has stored that is under way, or failed and will be taken up
    again, is nobody's stranger.
    """
    under_way = set(
        Job.objects.filter(args__has_key="package")
        .exclude(state=Job.State.DONE)
        .values_list("args__package", flat=True)
    )
    for store in in_use():
        try:
            for places in _batches(_objects(store)):
                objids = {place: unquote(place.rpartition("/")[2]) for place in places}
                # No package of ours has a name that the database cannot hold.
                for place, objid in list(objids.items()):
                    if printable(objid) != objid:
                        del objids[place]
                        yield store, printable(objid)
                known = set(
                    Package.objects.filter(objid__in=objids.values()).values_list(
                        "objid", flat=True
                    )
                )
                for place, objid in objids.items():
                    if objid in known and _belongs(store, objid) == place:
                        continue
                    if str(uuid_of(objid)) not in under_way:
                        yield store, objid
        except (StoreUnusable, ocfl.OcflError, OSError):
            continue


def _objects(store: Store) -> Iterator[str]:
    """The folder of every object in a store, relative to its root."""
    if not store.in_bucket:
        root = open_store(store)
        for place in root.objects():
            yield place.relative_to(root.root).as_posix()
        return
    bucket = open_bucket(store)
    with asking(store):
        yield from bucket.objects()


def _belongs(store: Store, objid: str) -> str:
    """Where in a store an object belongs, relative to its root."""
    if store.in_bucket:
        return folder_of(objid)
    root = open_store(store)
    return root.path_of(objid).relative_to(root.root).as_posix()


def _batches(places: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(itertools.islice(places, _BATCH)):
        yield batch
