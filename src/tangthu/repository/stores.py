"""The stores of this installation as OCFL storage roots, and the objects in them."""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from tangthu.kernel import deployment, s3_client
from tangthu.kernel.errors import HouseError
from tangthu.kernel.home import FILLING, NEARLY_FULL
from tangthu.repository.models import Copy, Package, Store
from tangthu.standards import ocfl

SET_ASIDE = "set-aside"
DEFAULT_STORES = ("kho-a", "kho-b")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
# What a package must leave free on the disk of a store: one part in a hundred, within limits.
_LEFT_FREE, _LEAST_FREE, _MOST_FREE = 0.01, 1024**2, 1024**3


class StoreUnusable(HouseError):
    """A store's folder is not there, is no OCFL storage root, or cannot be used."""

    http_status = 503


class StoreUnreachable(StoreUnusable):
    """The server of a store does not answer, or refuses what it is asked."""


def in_use() -> QuerySet[Store]:
    """The stores that hold copies now or are getting them, in order."""
    return Store.objects.filter(state__in=(Store.State.JOINING, Store.State.ACTIVE)).order_by(
        "position"
    )


def missing_in(store: Store, **wanted: object) -> QuerySet[Package]:
    """The packages of which a store has no copy (in the state that is `wanted`)."""
    return Package.objects.exclude(
        Exists(Copy.objects.filter(package=OuterRef("pk"), store=store, **wanted))
    )


def open_store(store: Store) -> ocfl.StorageRoot:
    """Open the storage root of a store that is a folder. Raises StoreUnusable.

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


@dataclass(frozen=True, slots=True)
class Room:
    """The room on the disk of a store, in bytes."""

    free: int
    total: int

    @property
    def filling(self) -> bool:
        """Whether less than a tenth is free."""
        return self.free < self.total * FILLING

    @property
    def nearly_full(self) -> bool:
        """Whether less than three parts in a hundred are free."""
        return self.free < self.total * NEARLY_FULL

    def holds(self, more: int) -> bool:
        """Whether `more` bytes can be written and the disk is left in working order."""
        left = min(max(int(self.total * _LEFT_FREE), _LEAST_FREE), _MOST_FREE)
        return self.free - more >= left


def room_of(store: Store) -> Room | None:
    """The room on the disk of a store; None if its folder is not there."""
    try:
        usage = shutil.disk_usage(store.path)
    except OSError:
        return None
    return Room(usage.free, usage.total)


def require_room(store: Store, more: int) -> None:
    """Raise StoreUnusable if `more` bytes would fill the disk of the store.

    Asked before anything is written: a disk that a package has filled to the brim has no room left
    to mend the others. A disk that cannot be asked is left to the writing itself.
    """
    room = room_of(store)
    if room is not None and not room.holds(more):
        raise _full(store, free=room.free, wanted=more)


def _full(store: Store, **facts: int) -> StoreUnusable:
    return StoreUnusable(
        _("Kho {name} đã đầy.").format(name=store.name),
        hint=_("Dọn bớt hoặc mở rộng ổ đĩa của kho rồi làm lại; gói chưa được ghi nhận."),
        store=store.name,
        **facts,
    )


@contextmanager
def writing_to(store: Store) -> Iterator[None]:
    """Say in words which store could not be written to, and why. Raises StoreUnusable.

    Other errors pass as they are: they may as well come from what is read.
    """
    try:
        yield
    except (s3_client.Unreachable, s3_client.Denied) as error:
        raise unreachable(store, error) from error
    except OSError as error:
        if error.errno in _FULL:
            raise _full(store) from error
        if error.errno in _CLOSED:
            raise StoreUnusable(
                _("Không ghi được vào kho {name}.").format(name=store.name),
                hint=_("Kiểm tra ổ đĩa của kho đã được gắn và ghi được, rồi làm lại."),
                store=store.name,
            ) from error
        raise


def unreachable(store: Store, error: OSError) -> StoreUnreachable:
    """What an error of the network or of the server of a store means for people."""
    if isinstance(error, s3_client.Denied):
        hint = _("Xem khóa truy cập, tên bucket và quyền ở máy chủ S3, rồi làm lại.")
    else:
        hint = _("Kiểm tra đường mạng và máy chủ S3, rồi làm lại; việc đang dở được làm tiếp.")
    return StoreUnreachable(
        _("Không dùng được kho {name}: {why}.").format(name=store.name, why=error.strerror),
        hint=hint,
        store=store.name,
    )


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
    return beside_root(root) / inside


def beside_root(root: Path) -> Path:
    """The folder beside the root of a store for what stands beside its objects."""
    return root.parent / f"{root.name}.beside"


def private_folders(root: Path) -> list[Path]:
    """The folders of a store that hold records, as far as they are there."""
    folders = (root, beside_root(root), ocfl.default_staging(root))
    return [folder for folder in folders if folder.is_dir()]


def place_aside(store: Store, package_objid: str, name: str) -> Path:
    """A free place on the disk of a store for what is taken out of an object, or for all of it.

    Nothing is ever removed from there but by people.
    """
    return beside(store, package_objid) / SET_ASIDE / f"{secrets.token_hex(4)}-{name}"


def default_path(name: str) -> str:
    """Where a store of this name lies by default."""
    return str(settings.HOME.stores / name)
