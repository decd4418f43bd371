"""Where a carried medium comes from: a connected site takes nothing from an isolated LAN (AR-128).

Every package, store, home, checkpoint and proof that leaves an isolated LAN says so, in words that
are looked for here in the first bytes of each file and, in zip files, of each entry. Nothing else
of a file is read, and nothing of it is kept or told.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tangthu.kernel.deployment import ISOLATED, ORIGIN_PREFIX, mark_of
from tangthu.kernel.errors import Refused

_HEAD = 64 * 1024
_MOST_FILES = 200_000
_NESTED = 3
_SIGNS = (mark_of(ISOLATED).encode(), f'"{ORIGIN_PREFIX}'.encode())
_FIRST_LINE = ORIGIN_PREFIX.encode()
_ZIP = b"PK\x03\x04"
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
           ValueError)  # fmt: skip


class FromIsolated(Refused):
    """What was handed over comes from an isolated LAN; nothing of it was kept."""

    http_status = 409


def from_isolated(place: Path) -> bool:
    """Whether a file, or any file below a folder, says that it comes from an isolated LAN."""
    return any(_says_so(path) for path in _files(place))


def refusal() -> FromIsolated:
    """The refusal in words."""
    return FromIsolated(
        _("Dữ liệu này xuất ra từ hệ thống trên mạng LAN độc lập nên không được nhận ở đây."),
        hint=_("Không giữ lại gì. Báo người phụ trách bảo vệ bí mật nhà nước của cơ quan."),
    )


def _files(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    for number, path in enumerate(place.rglob("*")):
        if number >= _MOST_FILES:
            return
        if path.is_file() and not path.is_symlink():
            yield path


def _says_so(path: Path) -> bool:
    try:
        with path.open("rb") as handle:
            head = handle.read(_HEAD)
        if _signed(head):
            return True
        if not head.startswith(_ZIP):
            return False
        with zipfile.ZipFile(path) as packed:
            return _in_zip(packed, _NESTED)
    except _DAMAGE:
        return False  # whoever reads it for its content says what is wrong with it


def _in_zip(packed: zipfile.ZipFile, depth: int) -> bool:
    for info in packed.infolist()[:_MOST_FILES]:
        if info.is_dir() or info.flag_bits & 0x1:
            continue
        try:
            with packed.open(info) as entry:
                head = entry.read(_HEAD)
                if _signed(head):
                    return True
                if depth and head.startswith(_ZIP):
                    entry.seek(0)
                    with zipfile.ZipFile(entry) as inner:
                        if _in_zip(inner, depth - 1):
                            return True
        except _DAMAGE:
            continue
    return False


def _signed(head: bytes) -> bool:
    return head.startswith(_FIRST_LINE) or any(sign in head for sign in _SIGNS)
