"""Register the stores of a new installation: two folders, until an administrator says otherwise."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from tangthu.kernel import deployment
from tangthu.repository.buckets import make_bucket, open_bucket
from tangthu.repository.models import Copy, Store
from tangthu.repository.stores import (
    DEFAULT_STORES,
    beside_root,
    default_path,
    in_use,
    open_store,
    private_folders,
)
from tangthu.standards import durable, ocfl


def ensure_stores() -> list[Store]:
    """The stores in order, registered on first use. Safe to call at once twice.

    A root is made only for one that holds no copy yet, and outside the home only while there is no
    package at all. Raises StoreUnusable for one that should be there and is not, OcflError or
    OSError for one that cannot be made.
    """
    found = list(in_use())
    if not Store.objects.exists():
        with transaction.atomic():
            Store.objects.bulk_create(
                (
                    Store(name=name, path=default_path(name), position=position)
                    for position, name in enumerate(DEFAULT_STORES, start=1)
                ),
                ignore_conflicts=True,
            )
        found = list(in_use())
    for store in found:
        if store.in_bucket:
            open_bucket(store)
            continue
        # Where packages exist, a folder that somebody named may be a disk that is not mounted now.
        named = store.path != default_path(store.name)
        if not Copy.objects.filter(**({} if named else {"store": store})).exists():
            make_root(store)
        open_store(store)
    return found


def make_root(store: Store) -> None:
    """Make the root of a new store, or open the one that is there.

    Raises OcflError or OSError, and for a bucket StoreUnusable.
    """
    if store.in_bucket:
        make_bucket(store)
        return
    root = Path(store.path)
    durable.make_dirs(root.parent)
    _mark(root)
    new = not ocfl.looks_like_root(root)
    ocfl.create_root(root)
    if new:
        # Whatever account reads these folders reads records past every right.
        durable.make_dirs(beside_root(root))
        for folder in private_folders(root):
            folder.chmod(0o700)


def _mark(root: Path) -> None:
    """Say beside a store, before it exists, which deployment mode it belongs to (AR-128).

    A root that is there already without a mark keeps being what it was: a connected one's.
    """
    place = deployment.store_mark(root)
    if deployment.read_mark(place) is None and not root.exists():
        deployment.write_mark(place, settings.DEPLOYMENT_MODE)
