"""A package to be read: a folder or a zip, both hostile until shown otherwise.

Nothing is unpacked, no link is followed, and every read is bounded by the size that was declared.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.tt05.findings import Finding, short

_PIECE = 1024 * 1024
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_RATIO_FROM = 16 * 1024 * 1024
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
           ValueError, struct.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackageLimits:
    """What a package may cost: files, path depth and length, bytes in all (zip: unpacked),
    compression ratio of one entry, size of a zip's directory."""

    files: int = 2_000_000
    depth: int = 32
    path_chars: int = 4096
    total_bytes: int = 1024**4
    ratio: int = 200
    zip_directory_bytes: int = 512 * 1024**2


@dataclass(slots=True)
class Inventory:
    """What lies in a package: name of its folder, path → size, and what was wrong on the way."""

    name: str
    sizes: Mapping[str, int]
    findings: list[Finding] = field(default_factory=list)


class PackageSource(Protocol):
    """A package's files."""

    inventory: Inventory

    def open(self, path: str) -> BinaryIO:
        """Open one file of the inventory. Raises `PackageUnreadableError`."""


@contextmanager
def open_package(path: Path, limits: PackageLimits | None = None) -> Iterator[PackageSource]:
    """Open a package folder or zip file. Raises `PackageUnreadableError`."""
    bounds = limits or PackageLimits()
    try:
        if path.is_dir():
            yield _Folder(path, bounds)
            return
        with path.open("rb") as handle:
            yield _Zip(handle, path.stem, bounds)
    except (OSError, zipfile.BadZipFile, struct.error) as fault:
        raise PackageUnreadableError(
            f"Không mở được gói tin: {short(fault)}.", "Kiểm tra đường dẫn và quyền đọc."
        ) from None


def pieces_of(handle: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of an open file in pieces. Raises `PackageUnreadableError`."""
    while piece := handle.read(_PIECE):
        yield piece


class _Folder:
    def __init__(self, root: Path, limits: PackageLimits) -> None:
        self._root = root
        sizes: dict[str, int] = {}
        findings: list[Finding] = []
        total = 0
        waiting: list[tuple[str, int]] = [("", 0)]
        while waiting:
            folder, depth = waiting.pop()
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if depth + 1 > limits.depth:
                            raise _too_much("thư mục lồng nhau quá sâu")
                        waiting.append((path, depth + 1))
                    elif entry.is_file(follow_symlinks=False):
                        sizes[path] = entry.stat(follow_symlinks=False).st_size
                        total += sizes[path]
                    else:
                        findings.append(_special(path))
                    if len(sizes) + len(waiting) + len(findings) > limits.files:
                        raise _too_much("quá nhiều tệp")
        if total > limits.total_bytes:
            raise _too_much("dung lượng quá lớn")
        self.inventory = Inventory(root.resolve().name, sizes, findings)

    def open(self, path: str) -> BinaryIO:
        try:
            handle = os.open(self._root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                os.close(handle)
                raise OSError("not a regular file")
            return os.fdopen(handle, "rb")
        except (OSError, ValueError) as fault:
            raise _damaged(path, fault) from None


class _Zip:
    def __init__(self, handle: BinaryIO, stem: str, limits: PackageLimits) -> None:
        _check_directory(handle, limits)
        try:
            self._zip = zipfile.ZipFile(handle)
        except _DAMAGE as fault:
            raise _damaged(stem, fault) from None
        findings: list[Finding] = []
        entries: dict[str, zipfile.ZipInfo] = {}
        total = packed = 0
        available = handle.seek(0, os.SEEK_END)
        for info in self._zip.infolist():
            if info.is_dir():
                continue
            wrong = _wrong_entry(info, limits)
            if wrong is None and info.filename in entries:
                wrong = "trùng tên với mục khác trong tệp nén"
            if wrong is not None:
                findings.append(_bad_entry(info.filename, wrong))
                continue
            entries[info.filename] = info
            total += info.file_size
            packed += info.compress_size
            if packed > available:
                raise _too_much("các mục nén chồng lên nhau")
            if total > limits.total_bytes:
                raise _too_much("dung lượng sau giải nén quá lớn")
        name, prefix = _top(entries, stem)
        self._entries = {path[len(prefix) :]: info for path, info in entries.items()}
        sizes = {path: info.file_size for path, info in self._entries.items()}
        self.inventory = Inventory(name, sizes, findings)

    def open(self, path: str) -> BinaryIO:
        try:
            return cast(BinaryIO, _Guarded(path, self._zip.open(self._entries[path])))
        except (*_DAMAGE, KeyError) as fault:
            raise _damaged(path, fault) from None


class _Guarded:
    """A zip entry being read; damage becomes one typed error."""

    def __init__(self, path: str, handle: IO[bytes]) -> None:
        self._path = path
        self._handle = handle

    def read(self, size: int = -1) -> bytes:
        try:
            return self._handle.read(size)
        except _DAMAGE as fault:
            raise _damaged(self._path, fault) from None

    def __enter__(self) -> _Guarded:
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()


def _check_directory(handle: BinaryIO, limits: PackageLimits) -> None:
    """Refuse a zip whose central directory alone would fill memory, before anything reads it."""
    size = handle.seek(0, os.SEEK_END)
    tail_size = min(size, 65_557)
    handle.seek(size - tail_size)
    tail = handle.read(tail_size)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise PackageUnreadableError(
            "Tệp không phải gói tin: không phải thư mục, cũng không phải tệp ZIP đầy đủ.",
            "Gửi lại tệp nén ZIP của gói tin.",
        )
    count, directory = struct.unpack("<H", tail[at + 10 : at + 12])[0], 0
    directory = struct.unpack("<I", tail[at + 12 : at + 16])[0]
    if 0xFFFFFFFF in (directory,) or count == 0xFFFF:
        at64 = tail.rfind(_END64)
        if at64 >= 0 and len(tail) - at64 >= 56:
            count, directory = struct.unpack("<QQ", tail[at64 + 32 : at64 + 48])
    if count > limits.files or directory > limits.zip_directory_bytes:
        raise _too_much("quá nhiều tệp")
    handle.seek(0)


def _wrong_entry(info: zipfile.ZipInfo, limits: PackageLimits) -> str | None:
    name = info.filename
    parts = name.split("/")
    mode = info.external_attr >> 16
    if name.startswith("/") or "\\" in name or ":" in parts[0] or "\x00" in info.orig_filename:
        return "đường dẫn tuyệt đối hoặc không hợp lệ"
    if any(part in ("", ".", "..") for part in parts):
        return "đường dẫn thoát ra ngoài gói"
    if len(parts) > limits.depth + 1 or len(name) > limits.path_chars:
        return "đường dẫn quá dài hoặc quá sâu"
    if info.flag_bits & 0x1:
        return "bị đặt mật khẩu"
    if mode and not (stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0):
        return "không phải tệp thường (liên kết hoặc thiết bị)"
    if info.file_size > _RATIO_FROM and info.file_size > limits.ratio * max(info.compress_size, 1):
        return f"khai báo {info.file_size} byte từ {info.compress_size} byte nén, tỉ lệ bất thường"
    return None


def _top(entries: Mapping[str, zipfile.ZipInfo], stem: str) -> tuple[str, str]:
    """The package is the one folder at the top, or else the zip itself."""
    tops = {path.split("/", 1)[0] for path in entries}
    if len(tops) == 1 and all("/" in path for path in entries):
        top = tops.pop()
        return top, f"{top}/"
    return stem, ""


def _special(path: str) -> Finding:
    return Finding(
        "AR-67",
        "error",
        short(path),
        "Không phải tệp thường (liên kết, thiết bị): không đọc.",
        "Thay bằng tệp thật.",
    )


def _bad_entry(name: str, wrong: str) -> Finding:
    return Finding(
        "AR-67", "error", short(name), f"Mục trong tệp nén {wrong}: không đọc.", "Nén lại gói tin."
    )


def _too_much(what: str) -> PackageUnreadableError:
    return PackageUnreadableError(
        f"Gói tin vượt giới hạn an toàn: {what}.",
        "Chia nhỏ gói tin hoặc kiểm tra lại nguồn.",
        what=what,
    )


def _damaged(path: str, fault: BaseException) -> PackageUnreadableError:
    return PackageUnreadableError(
        f"Không đọc được {short(path)}: {short(fault) or type(fault).__name__}.",
        "Gửi lại gói tin.",
        path=short(path),
    )
