"""Where sets are kept: which folders, and what a folder must be to take one."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.backup.houses import house_id
from tangthu.backup.sets import SIDECAR, SetUnusable
from tangthu.kernel.errors import HouseError, NoRoom
from tangthu.repository.models import Store
from tangthu.standards import durable

# Says whose sets lie in a folder, and by its age since when.
MARK = ".tangthu-house"
# What a set leaves free on the disk of its place.
_LEFT_FREE = 64 * 1024 * 1024


class PlaceUnusable(HouseError):
    """A folder cannot take sets: it is not there, or lies inside what is to be saved."""

    http_status = 409


def places() -> list[Path]:
    """The folders that the installation keeps its sets in (TANGTHU_BACKUP_TO), in order."""
    return list(settings.BACKUP_PLACES)


def require_fit(place: Path) -> None:
    """Raise PlaceUnusable unless sets may be kept in the folder `place`.

    It is never made here: a disk that is not mounted must not look like an empty place.
    """
    if not place.is_dir():
        raise PlaceUnusable(
            _("Không có thư mục {place}.").format(place=place),
            hint=_("Gắn ổ đĩa sao lưu, hoặc tạo thư mục ấy, rồi làm lại."),
        )
    inside = place.resolve()
    kept = [
        settings.HOME.root,
        *(Path(one.path) for one in Store.objects.filter(kind=Store.Kind.FOLDER)),
    ]
    for root in kept:
        beside = root.parent / f"{root.name}.beside"
        if any(inside.is_relative_to(one.resolve()) for one in (root, beside)):
            raise PlaceUnusable(
                _("{place} nằm trong chính nơi phải sao lưu.").format(place=place),
                hint=_("Chọn thư mục trên một phương tiện khác (TT05/2025/TT-BNV Điều 27.1)."),
            )
    _require_ours(place)
    if not os.access(place, os.W_OK | os.X_OK):
        raise PlaceUnusable(
            _("Không ghi được vào {place}.").format(place=place),
            hint=_("Kiểm tra ổ đĩa đã gắn ở chế độ ghi và quyền của thư mục."),
        )


def _require_ours(place: Path) -> None:
    """Raise PlaceUnusable if another house keeps its sets here."""
    try:
        owner = (place / MARK).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError):
        owner = ""
    if owner != house_id():
        raise PlaceUnusable(
            _("{place} là nơi sao lưu của hệ thống khác.").format(place=place),
            hint=_(
                "Chọn thư mục khác. Hệ thống vừa phục hồi không kèm khóa là một hệ thống khác; "
                "lấy lại khóa bằng tangthu backup keys --from TỆP."
            ),
        )


def claim(place: Path) -> None:
    """Write into the folder `place` which house keeps its sets here. Raises OSError."""
    if not (place / MARK).exists():
        words = [f"{house_id()}\n".encode("ascii")]
        durable.write_file(place / MARK, words, what="backup.place", mode=0o600)


def carrier_since(place: Path) -> dt.datetime | None:
    """Since when the carrier of a place is in use: the first set put its mark there (AR-88).

    None if there is no mark yet, or it cannot be read.
    """
    try:
        seconds = (place / MARK).stat().st_mtime
    except OSError:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def require_room(place: Path, more: int) -> None:
    """Raise NoRoom if `more` bytes do not fit on the disk of `place`."""
    free = shutil.disk_usage(place).free
    if free - more < _LEFT_FREE:
        raise NoRoom(
            _("Nơi sao lưu {place} không đủ chỗ.").format(place=place),
            hint=_("Dọn bớt hoặc dùng ổ lớn hơn; các bộ đã có vẫn nguyên."),
            free=free,
            wanted=more,
        )


def same_disk(place: Path) -> bool:
    """Whether `place` lies on the disk of the house itself: one failure takes both."""
    try:
        return place.stat().st_dev == settings.HOME.root.stat().st_dev
    except OSError:
        return False


def find(name: str) -> Path:
    """The folder of a set, given by path or by its name in one of the places.

    Raises SetUnusable.
    """
    for folder in (Path(name).expanduser().absolute(), *(place / name for place in places())):
        if (folder / SIDECAR).exists():
            return folder
    raise SetUnusable(
        _("Không có bộ sao lưu {name}.").format(name=name[:200]),
        hint=_("Xem các bộ bằng tangthu backup list, hoặc nêu đường dẫn của bộ."),
    )
