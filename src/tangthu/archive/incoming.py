"""The folder of a batch: what lies in it, and the exact names of what lies there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tangthu.archive.models import Batch, BatchFile
from tangthu.kernel.errors import InvalidInput

MAX_FILES = 200_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file in a batch's folder: its relative path in bytes, and as text, and its size."""

    path_bytes: bytes
    path: str
    size: int


def walk(folder: Path, index_name: str = "") -> Iterator[FoundFile]:
    """Every regular file below `folder`, in the order of names; links are not followed.

    A file called `index_name` directly in the folder is the batch's index and left out.

    Raises InvalidInput when the folder is not there, too deep or holds too many files.
    """
    if not folder.is_dir():
        raise InvalidInput(_("Không thấy thư mục tệp."), hint=_("Kiểm tra lại đường dẫn."))
    count = 0
    top = os.fsencode(folder)
    escaped: set[str] = set()
    for place, folders, names in os.walk(top, onerror=_unreadable):
        folders.sort()
        depth = len(os.path.relpath(place, top).split(b"/"))
        if depth > MAX_DEPTH:
            raise InvalidInput(_("Thư mục lồng nhau quá sâu."), depth=depth)
        for name in sorted(names):
            whole = place + b"/" + name
            try:
                status = os.lstat(whole)
            except FileNotFoundError:
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            if place == top and name == os.fsencode(index_name):
                continue
            count += 1
            if count > MAX_FILES:
                raise InvalidInput(
                    _("Đợt có quá nhiều tệp."), hint=_("Chia thành nhiều đợt."), limit=MAX_FILES
                )
            relative = os.path.relpath(whole, top)
            shown = shown_path(relative)
            while "\\x" in shown and shown in escaped:
                shown += "?"
            if "\\x" in shown:
                escaped.add(shown)
            yield FoundFile(relative, shown, status.st_size)


def _unreadable(error: OSError) -> None:
    raise InvalidInput(
        _("Không đọc được một thư mục con của đợt."),
        hint=_("Cấp quyền đọc cho tài khoản chạy Tàng Thư rồi kiểm tra lại."),
    ) from error


def shown_path(path: bytes) -> str:
    """A relative path as text; bytes that are no UTF-8 are shown as \\xNN and stay distinct."""
    return path.decode("utf-8", "backslashreplace")


def path_in(batch: Batch, path_bytes: bytes | memoryview) -> Path:
    """Where a file of the batch lies.

    Raises ValueError for a path that would leave the folder, and FileNotFoundError for one on
    which something has become a link since it was listed: links lead out of the folder too.
    """
    folder = Path(batch.folder)
    relative = Path(os.fsdecode(bytes(path_bytes)))
    if relative.is_absolute() or ".." in relative.parts:
        raise ValueError("path leaves the batch's folder")
    place = folder / relative
    if place.resolve() != folder.resolve() / relative:
        raise FileNotFoundError(errno.ENOENT, "a link stands in the way", str(relative))
    return place


def index_path(batch: Batch) -> Path:
    """Where our copy of the batch's index lies."""
    return Path(batch.index_path)


def forget_facts(item: BatchFile) -> None:
    """Forget what was found in a file that has changed since, so that the next check looks anew."""
    item.facts, item.proposals, item.sha256, item.cleared = None, [], "", False
    item.save(update_fields=["facts", "proposals", "sha256", "cleared"])
