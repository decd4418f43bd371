"""The stores of this installation as OCFL storage roots, and the objects in them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tangthu.repository.models import Package, Store
from tangthu.standards import durable, ocfl

DEFAULT_STORES = ("kho-a", "kho-b")


def open_store(store: Store) -> ocfl.StorageRoot:
    """Open (on first use: make) the storage root of a store. Raises OcflError or OSError."""
    root = Path(store.path)
    if not (root / "ocfl_layout.json").exists():
        durable.make_dirs(root.parent)
        return ocfl.create_root(root)
    return ocfl.open_root(root)


def object_root(store: Store, package: Package) -> Path:
    """Folder of a package's object in a store, whether it is there or not."""
    return open_store(store).path_of(package.objid)


def beside(store: Store, package_objid: str) -> Path:
    """Folder for what is kept beside a package's object: fixity events, its own proof.

    An OCFL root may hold nothing but objects, and a check must not rewrite a package, so these
    files stand in a sibling tree with the same layout.
    """
    root = Path(store.path)
    inside = open_store(store).path_of(package_objid).relative_to(root)
    return root.parent / f"{root.name}.beside" / inside


def default_path(name: str) -> str:
    """Where a store of this name lies by default."""
    return str(settings.HOME.stores / name)
