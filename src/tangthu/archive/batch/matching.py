"""Which row means which file: by path, by name however it is written, by stem, by code.

Names differ between an index typed on Windows and the files that were copied: case, composed and
decomposed letters, missing diacritics, another drive, no extension. Of files with one name in
several folders, the one whose nearest folders agree is meant. Each step is tried for all rows
before a looser one, so an exact match is never taken away by a guess.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tangthu.standards.vietnamese.text import fold

EXACT = "exact"
SPELLING = "spelling"
STEM = "stem"
CODE = "code"

_JUNK_NAMES = {"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", "folder.jpg.ini"}
_JUNK_ENDINGS = (".tmp", ".lnk", ".part", ".crdownload", ".bak", ".lock")


@dataclass(frozen=True, slots=True)
class Matching:
    """The result: file by row with how it was found, and everything that does not pair."""

    files: Mapping[int, tuple[str, str]] = field(default_factory=dict)  # row → (path, how)
    rows_without_file: tuple[int, ...] = ()
    unsure: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # row → equal candidates
    shared: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # path → rows that name it
    files_without_row: tuple[str, ...] = ()


def path_parts(path: str) -> tuple[str, ...]:
    """The names in a path written for Windows or Unix, without drive, server and dots."""
    parts = path.replace("\\", "/").split("/")
    return tuple(
        part.strip() for part in parts if part.strip() not in ("", ".", "..") and part[1:] != ":"
    )


def file_name(path: str) -> str:
    """The last name in a path; "" when there is none."""
    parts = path_parts(path)
    return parts[-1] if parts else ""


def why_not_record(path: str, index_names: Iterable[str] = ()) -> str:
    """Why a file is no record (system, temporary, index), in one word; "" when it may be one."""
    name = file_name(path).lower()
    if name in {one.lower() for one in index_names}:
        return "index"
    if name in _JUNK_NAMES or name.startswith(("._", "__macosx")) or "__MACOSX" in path:
        return "system"
    if name.startswith(("~$", ".~", "~")) or name.endswith(_JUNK_ENDINGS):
        return "temporary"
    if name.startswith("."):
        return "system"
    return ""


def match(
    paths: Mapping[int, str],
    files: Sequence[str],
    code_of_row: Callable[[int], Hashable | None],
    code_of_file: Callable[[str], Hashable | None],
) -> Matching:
    """Pair rows with files.

    `paths` is the path each row states ("" for none), `files` the relative paths present. The two
    functions give a comparable place in the holding (dossier, ordinal) for a row and for a file, or
    None; they are used last. Linear in rows plus files.
    """
    taken: dict[int, tuple[str, str]] = {}
    unsure: dict[int, tuple[str, ...]] = {}
    left = dict.fromkeys(paths)
    for how, of_path in _STEPS:
        used = {path for path, _ in taken.values()}
        by_name = _grouped((path for path in files if path not in used), of_path)
        for row in list(left):
            name = of_path(paths[row]) if paths[row] else None
            options = by_name.get(name, ()) if name else ()
            if len(options) == 1:
                taken[row] = (options[0], how)
                unsure.pop(row, None)
                del left[row]
            elif options and row not in unsure:
                unsure[row] = options
    unsure = {row: tuple(options) for row, options in unsure.items()}
    used = {path for path, _ in taken.values()}
    by_code = _grouped([path for path in files if path not in used], code_of_file)
    for row in list(left):
        code = code_of_row(row)
        options = by_code.get(code, ()) if code is not None and row not in unsure else ()
        if len(options) == 1:
            taken[row] = (options[0], CODE)
            del left[row]
        elif options:
            unsure[row] = options
    shared: dict[str, list[int]] = {}
    for row, (path, _) in taken.items():
        shared.setdefault(path, []).append(row)
    candidates = {path for options in unsure.values() for path in options}
    return Matching(
        taken,
        tuple(row for row in left if row not in unsure),
        unsure,
        {path: tuple(sorted(rows)) for path, rows in shared.items() if len(rows) > 1},
        tuple(path for path in files if path not in shared and path not in candidates),
    )


def _grouped(
    files: Iterable[str], key: Callable[[str], Hashable | None]
) -> Mapping[Hashable, tuple[str, ...]]:
    found: dict[Hashable, list[str]] = {}
    for path in files:
        name = key(path)
        if name is not None:
            found.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def _exact(path: str) -> str:
    return unicodedata.normalize("NFC", file_name(path))


def _spelling(path: str) -> str:
    return "".join(fold(file_name(path)).split())


def _stem(path: str) -> str | None:
    name = _spelling(path)
    stem, dot, ending = name.rpartition(".")
    return stem if dot and 1 <= len(ending) <= 4 and not ending.isdigit() else name or None


def _tail(length: int) -> Callable[[str], Hashable | None]:
    """Compare the name and the `length` folders nearest to it."""

    def key(path: str) -> Hashable | None:
        parts = path_parts(path)
        if len(parts) <= length:
            return None
        folders = tuple(fold(part) for part in parts[-1 - length : -1])
        return folders, unicodedata.normalize("NFC", parts[-1])

    return key


_STEPS: tuple[tuple[str, Callable[[str], Hashable | None]], ...] = (
    (EXACT, _tail(3)),
    (EXACT, _tail(2)),
    (EXACT, _tail(1)),
    (EXACT, _exact),
    (SPELLING, _spelling),
    (STEM, _stem),
)
