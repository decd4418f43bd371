"""Logical paths (what the record calls its files) and content paths (where the bytes lie).

A logical path is kept exactly as given: no Unicode normalisation, so an NFC and an NFD spelling may
stand side by side. A content path is ours to choose (OCFL 1.1 section 3.5.2), so it is made of
portable ASCII, short enough for any file system, and never differs from another one by case only.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator

from tangthu.standards.ocfl.errors import LogicalPathError

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_NOT_SLUG = re.compile(r"[^A-Za-z0-9]+")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}")
_MAX_DEPTH = 8
_MAX_LENGTH = 160
_MAX_LOGICAL_BYTES = 32_768


def check_logical_path(path: str) -> None:
    """Raise LogicalPathError unless `path` is allowed by E052/E053 and encodable as UTF-8."""

    def refuse(why: str) -> LogicalPathError:
        shown = path[:200].encode("utf-8", "backslashreplace").decode("utf-8")
        return LogicalPathError(
            f"The logical path {shown!r} cannot be stored: {why}.",
            "Give the file a relative path with / between its parts.",
            path=shown,
        )

    if not path:
        raise refuse("it is empty")
    if path.startswith("/") or path.endswith("/"):
        raise refuse("it begins or ends with a slash")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise refuse("it has an empty, . or .. part")
    try:
        size = len(path.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise refuse("it is not valid Unicode text") from error
    if size > _MAX_LOGICAL_BYTES:
        raise refuse(f"it is longer than {_MAX_LOGICAL_BYTES} bytes")


def check_no_conflicts(paths: Collection[str]) -> None:
    """Raise LogicalPathError if one path is also a folder on the way to another one (E095)."""
    for folder in folders_among(paths):
        raise LogicalPathError(
            f"The path {folder!r} is both a file and a folder.",
            "Rename one of the two files.",
            path=folder,
        )


def folders_among(paths: Collection[str]) -> Iterator[str]:
    """Yield, once each, those of `paths` that are also a folder on the way to another one."""
    told: set[str] = set()
    for path in paths:
        at = path.find("/")
        while at != -1:
            above = path[:at]
            if above in paths and above not in told:
                told.add(above)
                yield above
            at = path.find("/", at + 1)


class ContentPaths:
    """Chooses content paths below one version's content folder; each call gives an unused one."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def choose(self, logical: str) -> str:
        """Return a portable relative path for the logical path, plain where that is possible."""
        parts = [_portable(part) for part in logical.split("/")]
        chosen = "/".join(parts)
        if len(parts) > _MAX_DEPTH or len(chosen) > _MAX_LENGTH or not self._take(chosen):
            number = 0
            while True:
                digest = hashlib.sha256(f"{number}/{logical}".encode()).hexdigest()
                chosen = f"_/{digest[:2]}/{digest[2:34]}{_extension(logical)}"
                if self._take(chosen):
                    break
                number += 1
        return chosen

    def _take(self, path: str) -> bool:
        key = path.lower()
        above = [key[: match.start()] for match in re.finditer("/", key)]
        if key in self._files or key in self._folders or not self._files.isdisjoint(above):
            return False
        self._files.add(key)
        self._folders.update(above)
        return True


def _portable(part: str) -> str:
    if _PLAIN.fullmatch(part) and not part.endswith(".") and not _RESERVED.fullmatch(part):
        return part
    folded = unicodedata.normalize("NFKD", part.replace("đ", "d").replace("Đ", "D"))
    extension = _extension(part)
    stem = folded[: len(folded) - len(extension)] if extension else folded
    slug = _NOT_SLUG.sub("-", stem.encode("ascii", "ignore").decode("ascii"))[:40].strip("-")
    digest = hashlib.sha256(part.encode()).hexdigest()[:12]
    return f"{slug}~{digest}{extension}" if slug else f"_{digest}{extension}"


def _extension(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    at = name.rfind(".")
    return name[at:] if at > 0 and _EXTENSION.fullmatch(name[at:]) else ""
