"""What is done with a store whatever it is: a folder of this machine, or one of a bucket."""

from __future__ import annotations

import logging
from pathlib import Path

from tangthu.kernel import clock
from tangthu.repository.buckets import asking, open_bucket
from tangthu.repository.models import Store
from tangthu.repository.sending import send_object
from tangthu.repository.stores import StoreUnusable, in_use, open_store, place_aside
from tangthu.standards import ocfl

log = logging.getLogger("tangthu.repository")


def require_usable(store: Store, *, patient: bool = True) -> None:
    """Raise StoreUnusable unless the store can be opened; `patient` False does not wait long."""
    if not store.in_bucket:
        open_store(store)
    else:
        open_bucket(store, patient=patient)


def usable(store: Store) -> bool:
    """Whether the store can be opened now, for who waits for a page."""
    try:
        require_usable(store, patient=False)
    except StoreUnusable:
        return False
    return True


def receive(store: Store, place: Path, *, replace: bool = False) -> bool:
    """Bring the object at `place`, in a folder, into the store, every file proven there.

    True if the store had that very state already, by its inventory: its files were then not read.
    With `replace` what stands there does not count; in a folder it is set aside as a whole.
    Raises StoreUnusable, StoreDamaged, OcflError or OSError; what the store had before still holds.
    """
    if not store.in_bucket:
        aside = None
        if replace:
            aside = place_aside(store, ocfl.load_inventory(place).inventory.id, "object")
        return ocfl.replicate(place, open_store(store), replace=replace, aside=aside).recognised
    bucket = open_bucket(store)
    with asking(store):
        send_object(bucket, place, replace=replace)
    return False


def recover(store: Store, *, patient: bool = True) -> None:
    """Complete or clear what a crash cut off; `patient` False does not wait long for a server.

    Raises StoreUnusable, OcflError or OSError.
    """
    if not store.in_bucket:
        ocfl.recover(open_store(store))
        return
    bucket = open_bucket(store, patient=patient)
    with asking(store):
        bucket.inside.abort_leftovers(clock.now())


def recover_all() -> None:
    """Complete or clear in every store what a crash cut off; a store that is away is left alone."""
    for store in in_use():
        try:
            recover(store, patient=False)
        except (OSError, StoreUnusable, ocfl.OcflError) as error:
            log.warning("store %s not recovered: %s", store.name, type(error).__name__)
