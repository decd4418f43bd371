"""The stores of this installation as OCFL storage roots, and the objects in them."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel import deployment
from tangthu.kernel.errors import HouseError
from tangthu.repository.models import Package, Store
from tangthu.standards import ocfl

log = logging.getLogger("tangthu.repository")

DEFAULT_STORES = ("kho-a", "kho-b")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


class StoreUnusable(HouseError):
    """A store's folder is not there, is no OCFL storage root, or cannot be used."""

    http_status = 503


def open_store(store: Store) -> ocfl.StorageRoot:
    """Open the storage root of a store. Raises StoreUnusable.

    A root that is not there is never made here: an unmounted disk must not look like a new store.
    """
    require_own(Path(store.path))
    try:
        return ocfl.open_root(Path(store.path))
    except (ocfl.OcflError, OSError) as error:
        raise StoreUnusable(
            _("Không mở được kho {name}.").format(name=store.name),
            hint=_("Kiểm tra ổ đĩa của kho đã được gắn và ghi được, rồi làm lại."),
            store=store.name,
            why=type(error).__name__,
        ) from error


class StoreOfOtherMode(StoreUnusable):
    """The store belongs to an installation of the other deployment mode (AR-128)."""

    http_status = 409


def require_own(root: Path) -> None:
    """Raise StoreOfOtherMode unless the store at `root` belongs to this deployment mode.

    A store without a mark was made before there were two modes: it is a connected one's.
    """
    try:
        borne = deployment.read_mark(deployment.store_mark(root)) or deployment.CONNECTED
    except deployment.WrongMode as error:
        raise StoreOfOtherMode(error.message, hint=error.hint) from error
    if borne != settings.DEPLOYMENT_MODE:
        raise StoreOfOtherMode(
            _("Kho {name} thuộc chế độ {mode}, không dùng được ở hệ thống này.").format(
                name=root.name, mode=borne
            ),
            hint=_("Hai chế độ triển khai không dùng chung kho (docs/isolated.md)."),
            store=root.name,
        )


@contextmanager
def writing_to(store: Store) -> Iterator[None]:
    """Say in words which store could not be written to, and why. Raises StoreUnusable.

    Other errors pass as they are: they may as well come from what is read.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreUnusable(
                _("Kho {name} đã đầy.").format(name=store.name),
                hint=_("Dọn bớt hoặc mở rộng ổ đĩa của kho rồi làm lại; gói chưa được ghi nhận."),
                store=store.name,
            ) from error
        if error.errno in _CLOSED:
            raise StoreUnusable(
                _("Không ghi được vào kho {name}.").format(name=store.name),
                hint=_("Kiểm tra ổ đĩa của kho đã được gắn và ghi được, rồi làm lại."),
                store=store.name,
            ) from error
        raise


def recover_all() -> None:
    """Complete or clear in every store what a crash cut off; a store that is away is left alone."""
    for store in Store.objects.order_by("position"):
        try:
            ocfl.recover(open_store(store))
        except (OSError, StoreUnusable, ocfl.OcflError) as error:
            log.warning("store %s not recovered: %s", store.name, error)


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
