"""Where a carried medium comes from: a connected site takes nothing from an isolated LAN (AR-128).

Every package, store, home, checkpoint and proof that leaves an isolated LAN says so, in words that
are looked for here in the first bytes of each file and, in zip files, of each entry. Nothing else
of a file is read, and nothing of it is kept or told.

A zip inside a zip is opened only while it is of modest size: it must be unpacked to be read, and
whoever hands it over chooses how large it becomes. Of one that is larger, the first bytes are read.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from tangthu.kernel.deployment import ISOLATED, ORIGIN_PREFIX, mark_of
from tangthu.kernel.errors import Refused

_HEAD = 64 * 1024
_MOST_FILES = 200_000
_NESTED = 3
# A zip inside a zip is unpacked up to this size and ratio, and so many bytes of all within one
# upload, heads of their entries included.
_INNER = 64 * 1024 * 1024
_INNER_RATIO = 100
_INNER_IN_ALL = 512 * 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024
_SIGNS = (mark_of(ISOLATED).encode(), f'"{ORIGIN_PREFIX}'.encode())
_FIRST_LINE = ORIGIN_PREFIX.encode()
_ZIP = b"PK\x03\x04"
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
           ValueError)  # fmt: skip


class FromIsolated(Refused):
    """What was handed over comes from an isolated LAN; nothing of it was kept."""

    http_status = 409


def from_isolated(*places: Path) -> bool:
    """Whether any of these files, or any file below these folders, comes from an isolated LAN.

    The places of one upload are given together: they share what may be unpacked to look for it.
    """
    look = _Look()
    return any(look.finds(path) for place in places for path in _files(place))


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


class _Look:
    """One look through an upload, with what may still be unpacked of zips inside zips."""

    def __init__(self) -> None:
        self._left = _INNER_IN_ALL

    def finds(self, path: Path) -> bool:
        """Whether the file, or an entry of it, says that it comes from an isolated LAN."""
        try:
            with path.open("rb") as handle:
                head = handle.read(_HEAD)
            if _signed(head):
                return True
            if not head.startswith(_ZIP):
                return False
            with zipfile.ZipFile(path) as packed:
                return self._in_zip(packed, _NESTED)
        except _DAMAGE:
            return False  # whoever reads it for its content says what is wrong with it

    def _in_zip(self, packed: zipfile.ZipFile, depth: int) -> bool:
        inside = depth < _NESTED
        for info in packed.infolist()[:_MOST_FILES]:
            if info.is_dir() or info.flag_bits & 0x1:
                continue
            if inside and self._left <= 0:
                return False
            try:
                with packed.open(info) as entry:
                    head = entry.read(_HEAD)
                    self._left -= len(head) if inside else 0
                    if _signed(head):
                        return True
                    zipped = depth and head.startswith(_ZIP) and self._modest(info)
                    if zipped and self._in_entry(entry, head, info.file_size, depth):
                        return True
            except _DAMAGE:
                continue
        return False

    def _modest(self, info: zipfile.ZipInfo) -> bool:
        most = min(_INNER, self._left)
        return info.file_size <= most and info.file_size <= info.compress_size * _INNER_RATIO

    def _in_entry(self, entry: IO[bytes], head: bytes, size: int, depth: int) -> bool:
        """Look through the zip that is an entry; unpacked once, for a zip is read from its end."""
        self._left -= size
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as whole:
            whole.write(head)
            while part := entry.read(1024 * 1024):
                whole.write(part)
            whole.seek(0)
            with zipfile.ZipFile(whole) as inner:
                return self._in_zip(inner, depth - 1)


def _signed(head: bytes) -> bool:
    return head.startswith(_FIRST_LINE) or any(sign in head for sign in _SIGNS)
