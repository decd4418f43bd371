"""Unpack an uploaded zip into the batch's folder, whole or not at all.

Nothing in a zip is believed: names stay inside the folder, links and locked entries are refused,
sizes are counted as they come out and not as they are told.
"""

from __future__ import annotations

import filecmp
import glob
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tangthu.archive.batch.matching import why_not_record
from tangthu.archive.incoming import MAX_DEPTH, MAX_FILES, index_path
from tangthu.archive.models import Batch
from tangthu.archive.zip_names import true_name
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.jobs import Running
from tangthu.standards import durable

PACKED = "tep.zip"
MAX_RATIO = 200
"""Scans do not pack: a zip that grows more than this is built to fill a disk."""
MAX_BYTES = 256 * 1024**3
KEEP_FREE = 500 * 1024**2
MAX_INDEX = 100 * 1024**2
_MAX_DIRECTORY = 256 * 1024**2
_MAX_NAME = 255
_PIECE = 1024 * 1024
_HINT = _("Nén lại thư mục bằng chương trình thông thường rồi gửi lại.")


class BadZip(InvalidInput):
    """An uploaded zip that is damaged or not safe to unpack."""


def unpack_upload(running: Running, batch: Batch) -> None:
    """Unpack the zip of a batch beside its folder and remove the zip; nothing to do without one.

    Raises BadZip in words; the folder then does not exist.
    """
    folder = Path(batch.folder)
    packed = folder.parent / PACKED
    if not batch.owns_folder or not packed.is_file():
        return
    if not folder.exists():
        fresh = folder.with_name(f"{folder.name}.moi")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            unpack(packed, fresh, running)
            _take_out_index(fresh, batch)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        durable.rename(fresh, folder, what="batch.unpacked")
    durable.overwrite_and_remove(packed)


def extract_index(packed: Path, endings: tuple[str, ...], folder: Path) -> Path | None:
    """Write the one file with such an ending in the zip into `folder`; where it lies now.

    Only the top of the zip and its top folders count. None unless there is just one. Raises BadZip.
    """
    _check_directory(packed)
    with _reading(packed) as archive:
        found = [
            (info, path)
            for info, path in _entries(archive)
            if path.lower().endswith(endings) and path.count("/") <= 1 and not why_not_record(path)
        ]
        if len(found) != 1:
            return None
        info, path = found[0]
        _write(archive, info, folder / Path(path).name, MAX_INDEX)
    return folder / Path(path).name


def _take_out_index(folder: Path, batch: Batch) -> None:
    """Remove the copy of the index that came in the zip: rows struck from ours must not stay."""
    kept = index_path(batch)
    for copy in (folder / batch.index_name, *(folder.glob(f"*/{glob.escape(batch.index_name)}"))):
        if copy.is_file() and filecmp.cmp(copy, kept, shallow=False):
            durable.overwrite_and_remove(copy)


@contextmanager
def _reading(packed: Path) -> Iterator[zipfile.ZipFile]:
    """The zip, opened; whatever is found wrong with it while it is read becomes BadZip."""
    try:
        with zipfile.ZipFile(packed) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error,
            RuntimeError, ValueError, UnicodeError) as error:  # fmt: skip
        raise BadZip(_("Tệp zip hỏng, không giải nén được."), hint=_HINT) from error


def unpack(packed: Path, folder: Path, running: Running | None = None) -> int:
    """Unpack the zip at `packed` into the empty `folder`; returns the number of files."""
    size = packed.stat().st_size
    _check_directory(packed)
    with _reading(packed) as archive:
        entries = list(_entries(archive))
        limit = min(MAX_BYTES, max(size * MAX_RATIO, 10 * 1024**2))
        left = min(limit, shutil.disk_usage(folder).free - KEEP_FREE)
        if sum(info.file_size for info, _path in entries) > left:
            raise _too_large()
        for number, (info, path) in enumerate(entries):
            left = _write(archive, info, folder / path, left)
            if running is not None:
                running.progress(number, len(entries), "tệp giải nén")
    return len(entries)


def _check_directory(packed: Path) -> None:
    """Refuse a directory too long to be read into memory before it is read."""
    size = packed.stat().st_size
    with packed.open("rb") as handle:
        handle.seek(max(0, size - 66_000))
        tail = handle.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 20:
        raise BadZip(_("Tệp zip hỏng, không giải nén được."), hint=_HINT)
    length = struct.unpack_from("<I", tail, at + 12)[0]
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0 and len(tail) >= wide + 48:
        length = max(length if length != 0xFFFFFFFF else 0,
                     struct.unpack_from("<Q", tail, wide + 40)[0])  # fmt: skip
    if length > _MAX_DIRECTORY:
        raise BadZip(_("Tệp zip có quá nhiều mục."), hint=_("Chia thành nhiều đợt."))


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files of the zip, each with its safe relative path. Raises BadZip."""
    seen: set[str] = set()
    for info in archive.infolist():
        name = true_name(info)
        if name.endswith("/"):
            continue
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or not parts or parts[0][1:] == ":":
            raise BadZip(_("Tệp zip có tên trỏ ra ngoài thư mục."), hint=_HINT)
        if any(len(os.fsencode(part)) > _MAX_NAME or "\0" in part for part in parts):
            raise BadZip(_("Tệp zip có tên tệp quá dài."), hint=_HINT)
        if len(parts) > MAX_DEPTH:
            raise BadZip(_("Thư mục lồng nhau quá sâu."), hint=_HINT)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise BadZip(_("Tệp zip chứa liên kết hoặc tệp đặc biệt."), hint=_HINT)
        if info.flag_bits & 0x1:
            raise BadZip(_("Tệp zip có mật khẩu."), hint=_("Nén lại không đặt mật khẩu."))
        path = "/".join(parts)
        if path in seen:
            raise BadZip(_("Tệp zip có hai mục cùng tên."), hint=_HINT)
        seen.add(path)
        if len(seen) > MAX_FILES:
            raise BadZip(_("Tệp zip có quá nhiều mục."), hint=_("Chia thành nhiều đợt."))
        yield info, path


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write one entry; returns how many bytes may still come."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, path.open("xb") as out:
            while piece := source.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise _too_large()
                out.write(piece)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise BadZip(_("Tệp zip có hai mục cùng tên."), hint=_HINT) from error
    path.chmod(0o600)
    return left


def _too_large() -> BadZip:
    return BadZip(
        _("Tệp zip giải nén ra quá lớn so với chỗ trống hoặc so với chính nó."),
        hint=_("Chia thành nhiều đợt, hoặc đặt thư mục trên máy chủ rồi chọn thư mục đó."),
    )
