"""Files on their way in: uploads put in their folders, and folders on the server that may be read.

Names sent by a browser are hostile. Until a batch is opened on it, what was received lies in a
folder of its own that is removed whole when anything goes wrong.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from tangthu.archive.actions.open_batch import index_copy
from tangthu.archive.incoming import MAX_DEPTH
from tangthu.archive.index_copies import best
from tangthu.archive.unpacking import PACKED, extract_index
from tangthu.kernel.errors import InvalidInput
from tangthu.standards import durable

FILES = "tep"
INDEX_ENDINGS = (".xlsx", ".csv")
Upload: TypeAlias = "UploadedFile[Any]"


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: the folder of the files, whether it is ours, and the index in it or beside."""

    batch_id: uuid.UUID
    folder: Path
    index: Path
    index_name: str
    ours: bool


@contextmanager
def receiving() -> Iterator[Path]:
    """A new folder under uploads named by a batch id to be; gone again if the block fails."""
    place = settings.HOME.uploads / str(uuid.uuid4())
    with durable.held(place):
        place.chmod(0o700)
        try:
            yield place
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise


def take_uploads(
    place: Path, index: Upload | None, files: Sequence[Upload], paths: Sequence[str]
) -> Received:
    """Put uploaded files into `place`, each under its relative path; one zip stays packed.

    `paths` are the relative paths told by the browser, in the order of `files`, or empty. Without
    an `index` the only workbook or CSV among the files, or at the top of the zip, is the index.
    Raises InvalidInput.
    """
    folder = place / FILES
    if len(files) == 1 and str(files[0].name).lower().endswith(".zip"):
        _move(files[0], place / PACKED)
        found = _index_in_zip(place) if index is None else _index_upload(place, index)
        return _received(place, folder, found, ours=True)
    told = paths if len(paths) == len(files) else [str(one.name) for one in files]
    names = _without_top([_parts(path) for path in told])
    if len(set(names)) != len(names):
        raise InvalidInput(
            _("Hai tệp cùng tên."),
            problems={
                "files": [_("Có hai tệp cùng tên; hãy chọn cả thư mục hoặc gửi một tệp zip.")]
            },
        )
    folder.mkdir(mode=0o700)
    for upload, name in zip(files, names, strict=True):
        target = folder.joinpath(*name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(upload, target)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise _bad_name() from error
    found = only_index(folder) if index is None else _index_upload(place, index)
    return _received(place, folder, found, ours=True)


def read_folder(place: Path, named: str, index: Upload | None, kept_back: Set[str]) -> Received:
    """A folder on the server, named by a person, with its index uploaded or in it.

    `kept_back` names folders in the roots that are for others (see `offered_folders`). Raises
    InvalidInput for a folder outside the allowed roots: the same answer whether or not it exists.
    """
    folder = allowed_folder(named, kept_back)
    if index is None:
        found = only_index(folder)
        return Received(uuid.UUID(place.name), folder, found, found.name, False)
    return _received(place, folder, _index_upload(place, index), ours=False)


def allowed_folder(named: str, kept_back: Set[str] = frozenset()) -> Path:
    """The folder if it lies in an allowed root, links resolved; absolute or relative to a root."""
    for root in settings.IMPORT_ROOTS:
        real_root = root.resolve()
        try:
            folder = (root / named.strip()).resolve()
            inside = folder != real_root and folder.is_relative_to(real_root) and folder.is_dir()
        except (OSError, ValueError, RuntimeError):
            continue
        if inside and folder.relative_to(real_root).parts[0] not in kept_back:
            return folder
    raise InvalidInput(
        _("Không có thư mục này trong nơi được phép đọc."),
        problems={
            "folder": [_("Thư mục phải nằm trong nơi nhận đợt của máy chủ; hỏi quản trị hệ thống.")]
        },
    )


def offered_folders(kept_back: Set[str] = frozenset(), limit: int = 200) -> list[str]:
    """The folders directly in the allowed roots, to choose from.

    A folder that bears a body's code is for that body alone: `kept_back` are the codes of bodies
    for which the asking person does not import.
    """
    found: set[str] = set()
    for root in settings.IMPORT_ROOTS:
        if root.is_dir():
            found.update(one.name for one in root.iterdir() if one.is_dir() and one.name[0] != ".")
    return sorted(found - kept_back)[:limit]


def only_index(folder: Path) -> Path:
    """The workbook or CSV directly in `folder` to begin with. Raises InvalidInput without one.

    Of several the longest that is an index; the batch then asks which one counts if they differ.
    """
    found = [
        one
        for one in folder.iterdir()
        if one.suffix.lower() in INDEX_ENDINGS
        and one.is_file()
        and not one.is_symlink()
        and one.name[:1] not in "~."
    ]
    if not found:
        raise _no_index(_("Chưa có bảng kê: chọn tệp .xlsx hoặc .csv."))
    chosen = found[0] if len(found) == 1 else best(folder, found)
    if chosen is None:
        raise _no_index(_("Trong thư mục có nhiều bảng tính; hãy chọn đâu là bảng kê."))
    return chosen


def _no_index(words: str) -> InvalidInput:
    return InvalidInput(_("Chưa có bảng kê."), problems={"index": [words]})


def _bad_name() -> InvalidInput:
    return InvalidInput(
        _("Có tệp mang tên không dùng được."),
        problems={"files": [_("Có tệp mang tên không dùng được; hãy nén thư mục thành zip.")]},
    )


def _parts(path: str) -> tuple[str, ...]:
    parts = tuple(p for p in path.replace("\\", "/").split("/") if p not in ("", "."))
    if parts and parts[0][1:] == ":":
        parts = parts[1:]
    too_long = any(len(os.fsencode(part)) > 255 for part in parts)
    if not parts or ".." in parts or "\0" in path or too_long or len(parts) > MAX_DEPTH:
        raise _bad_name()
    return parts


def _without_top(names: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Without the chosen folder's own name, when all files lie in it."""
    tops = {name[0] for name in names}
    return [name[1:] for name in names] if len(tops) == 1 and all(n[1:] for n in names) else names


def _move(upload: Upload, target: Path) -> None:
    """Move an upload, which already lies on our disk, to its place."""
    if target.exists():
        raise FileExistsError
    Path(upload.temporary_file_path()).replace(target)  # type: ignore[attr-defined]
    target.chmod(0o600)


def _index_in_zip(place: Path) -> Path:
    """Copy the one index that lies at the top of the uploaded zip out of it."""
    folder = place / "bang-ke"
    folder.mkdir(mode=0o700)
    found = extract_index(place / PACKED, INDEX_ENDINGS, folder)
    if found is None:
        raise _no_index(
            _("Trong tệp zip không có đúng một bảng kê; hãy chọn bảng kê riêng ở dưới.")
        )
    return found


def _index_upload(place: Path, index: Upload) -> Path:
    """Put an uploaded index into a folder of its own, under its own name."""
    name = _parts(str(index.name))[-1]
    if not name.lower().endswith(INDEX_ENDINGS):
        raise _no_index(_("Bảng kê phải là tệp Excel (.xlsx) hoặc CSV."))
    folder = place / "bang-ke"
    folder.mkdir(mode=0o700)
    _move(index, folder / name)
    return folder / name


def _received(place: Path, folder: Path, index: Path, *, ours: bool) -> Received:
    """Put the index where the batch keeps it, so that no second copy of it stays."""
    kept = index_copy(place, index)
    index.replace(kept)
    return Received(uuid.UUID(place.name), folder, kept, index.name, ours)
