"""What is kept beside a package's object in a store: fixity events, its own proof.

An OCFL root may hold nothing but objects, and a check must not rewrite a package, so these files
stand in a sibling tree with the same layout.
"""

from __future__ import annotations

import hashlib

from tangthu.repository.buckets import MOST_BESIDE, asking, key_of, open_bucket
from tangthu.repository.models import Store
from tangthu.repository.stores import beside
from tangthu.standards import durable


def read_beside(store: Store, objid: str, name: str, *, patient: bool = True) -> bytes | None:
    """The file `name` beside an object; None if it is not there. Raises StoreUnusable, OSError.

    `patient` False does not wait long for a server: somebody waits for the page.
    """
    if not store.in_bucket:
        path = beside(store, objid) / name
        return path.read_bytes() if path.exists() else None
    bucket = open_bucket(store, patient=patient)
    with asking(store):
        try:
            return bucket.beside.small(key_of(objid, name), MOST_BESIDE)
        except FileNotFoundError:
            return None


def write_beside(
    store: Store, objid: str, name: str, data: bytes, *, what: str, patient: bool = True
) -> None:
    """Put the file `name` beside an object, whole or not at all.

    Raises StoreUnusable, StoreDamaged or OSError.
    """
    if not store.in_bucket:
        folder = beside(store, objid)
        durable.make_dirs(folder)
        durable.remove_leftovers(folder)
        durable.write_file(folder / name, [data], what=what)
        return
    bucket = open_bucket(store, patient=patient)
    with asking(store):
        digest = hashlib.sha256(data).hexdigest()
        bucket.beside.put(key_of(objid, name), [data], sha256=digest)
