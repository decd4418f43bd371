"""Stores behind the S3 API: opening one, and the files of a package's object in it.

A prefix of the bucket is an OCFL storage root like that of a folder, object for object: whoever
downloads it has a folder store. What stands beside the objects has the prefix `….beside`.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel import deployment, s3, s3_client
from tangthu.kernel.s3_places import BadPlace, Keys, NoKeys, Place, load_keys
from tangthu.repository.models import Store
from tangthu.repository.stores import StoreOfOtherMode, StoreUnusable, unreachable
from tangthu.standards import ocfl

_LAYOUT = ocfl.layout_from(ocfl.HASH_AND_ID)
_MODE = "mode"
_DECLARATION = "0=ocfl_1.1"
# What tells of an object without its content: declaration, inventories, their digest files.
_ADMINISTRATIVE = re.compile(r"0=ocfl_object_[0-9.]+|(v[0-9]+/)?inventory\.json(\.[a-z0-9]+)?")


# Far above what any package is; whoever gives more means to fill memory or disk.
MOST_KEYS = 200_000
MOST_ADMINISTRATIVE = 512 * 1024 * 1024
MOST_BESIDE = 64 * 1024 * 1024
_MOST_SMALL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Bucket:
    """An open S3 store: the OCFL root `inside`, and the tree `beside` it."""

    store: Store
    inside: s3.S3Store
    beside: s3.S3Store

    def listing(self, objid: str) -> dict[str, int]:
        """Path in the object → size, of everything that stands there."""
        top = folder_of(objid)
        found: dict[str, int] = {}
        for one in self.inside.list(top):
            found[one.key[len(top) + 1 :]] = one.size
            if len(found) > MOST_KEYS:
                raise s3.TooLarge(_("gói trong bucket có quá nhiều tệp"))
        return found

    def bring(
        self, objid: str, into: Path, wanted: Callable[[str], bool] = lambda path: False
    ) -> dict[str, int]:
        """Write the object's administrative files, and the `wanted` ones, into the folder `into`.

        Returns the listing of the object, empty if nothing stands there. Nothing is proven here.
        """
        listing = self.listing(objid)
        own = {path for path in listing if _ADMINISTRATIVE.fullmatch(path)}
        if sum(listing[path] for path in own) > MOST_ADMINISTRATIVE:
            raise s3.TooLarge(_("bảng kê của gói trong bucket quá lớn"))
        paths = [path for path in listing if (path in own or wanted(path)) and _plain(path)]
        if sum(listing[path] for path in paths) > _free(into):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for path in paths:
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                # What stands there may have changed since the listing; it does not grow unseen.
                for piece in self.inside.at_most(key_of(objid, path), listing[path]):
                    out.write(piece)
        return listing

    def objects(self) -> Iterator[str]:
        """The folder of every object, relative to the root, in order; memory stays flat."""
        depth = folder_of("x").count("/") + 1
        last = ""
        for one in self.inside.list(""):
            parts = one.key.split("/")
            folder = "/".join(parts[:depth])
            if len(parts) > depth and parts[0] != "extensions" and folder != last:
                last = folder
                yield folder


def folder_of(objid: str) -> str:
    """Where in a store the object of a package stands, relative to the root."""
    return _LAYOUT.path_of(objid)


def key_of(objid: str, path: str) -> str:
    """The key in a store of a file of an object."""
    return f"{folder_of(objid)}/{path}"


@contextmanager
def asking(store: Store) -> Iterator[None]:
    """Say in words which store did not answer. Raises StoreUnreachable."""
    try:
        yield
    except (s3_client.Unreachable, s3_client.Denied) as error:
        raise unreachable(store, error) from error


def connect(store: Store, *, patient: bool = True) -> Bucket:
    """Reach the bucket of a store, whatever is in it. Raises StoreUnusable."""
    try:
        place = Place.parse(store.path)
        place.require_allowed()
        inside = _connection(place, load_keys(store.name), patient, os.getpid())
    except (BadPlace, NoKeys) as error:
        raise StoreUnusable(error.message, hint=error.hint, store=store.name) from error
    bucket = Bucket(store, inside, inside.beside())
    with asking(store):
        inside.require_bucket()
    return bucket


def open_bucket(store: Store, *, patient: bool = True) -> Bucket:
    """Open a store that was made before. Raises StoreUnusable; StoreOfOtherMode (AR-128).

    `patient` False asks once and briefly, for who waits for a page.
    """
    bucket = connect(store, patient=patient)
    with asking(store):
        if bucket.inside.stat(_DECLARATION) is None:
            raise StoreUnusable(
                _("Không mở được kho {name}.").format(name=store.name),
                hint=_("Trong bucket không có kho OCFL ở địa chỉ đã khai."),
                store=store.name,
            )
        _require_own(bucket)
    return bucket


def is_here(store: Store) -> bool:
    """Whether the server of a bucket is this machine, as far as its address tells."""
    return Place.parse(store.path).on_loopback


def make_bucket(store: Store) -> None:
    """Make the root of a new store, or take the one that is there.

    Raises StoreUnusable, also for a prefix that holds anything else.
    """
    bucket = connect(store)
    with asking(store), tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        ocfl.create_root(root)
        files = {
            path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()
        }
        if bucket.inside.stat(_DECLARATION) is not None:
            _require_own(bucket)
            if any(_bytes(bucket, name) != path.read_bytes() for name, path in files.items()):
                raise StoreUnusable(
                    _("Trong bucket có kho OCFL xếp theo kiểu khác."),
                    hint=_("Chọn thư mục trống trong bucket."),
                    store=store.name,
                )
            return
        if any(one.key not in files for one in bucket.inside.list("")):
            raise StoreUnusable(
                _("Thư mục đang có tệp khác; chọn thư mục trống hoặc một kho OCFL."),
                store=store.name,
            )
        mark = f"{deployment.mark_of(settings.DEPLOYMENT_MODE)}\n".encode()
        _put(bucket.beside, _MODE, mark)
        # The declaration last: before it there is no store.
        for name in sorted(files, key=lambda name: (name == _DECLARATION, name)):
            _put(bucket.inside, name, files[name].read_bytes())


def _require_own(bucket: Bucket) -> None:
    """Raise StoreOfOtherMode unless the mark beside the root is this installation's."""
    own = deployment.mark_of(settings.DEPLOYMENT_MODE)
    try:
        borne = bucket.beside.small(_MODE, _MOST_SMALL).decode("ascii", "replace").strip()
    except FileNotFoundError:
        borne = ""
    if borne != own:
        raise StoreOfOtherMode(
            _("Kho {name} thuộc chế độ {mode}, không dùng được ở hệ thống này.").format(
                name=bucket.store.name, mode=borne.removeprefix(deployment.MARK)[:40] or "?"
            ),
            hint=_("Hai chế độ triển khai không dùng chung kho (docs/isolated.md)."),
            store=bucket.store.name,
        )


def _bytes(bucket: Bucket, key: str) -> bytes | None:
    try:
        return bucket.inside.small(key, _MOST_SMALL)
    except FileNotFoundError:
        return None


def _put(where: s3.S3Store, key: str, data: bytes) -> None:
    where.put(key, [data], sha256=hashlib.sha256(data).hexdigest())


def _free(folder: Path) -> int:
    """Room on the disk of a folder that may not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _plain(path: str) -> bool:
    """Whether a path from outside stays in the folder that it is joined to."""
    return not {"", ".", ".."} & set(path.split("/")) and "\0" not in path


@functools.lru_cache(maxsize=16)
def _connection(place: Place, keys: Keys, patient: bool, _process: int) -> s3.S3Store:
    """One connection for all who ask in a process: to make one takes longer than to ask."""
    return s3.S3Store(place, keys, patient=patient)


def wanting(paths: Collection[str] | None) -> Callable[[str], bool]:
    """For `bring`: these files; None is every file."""
    return (lambda _path: True) if paths is None else set(paths).__contains__
