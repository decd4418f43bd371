"""Names in `data/`: the original name wherever that is safe, another one where it is not.

The original name is kept exactly in PREMIS and METS in any case. A name is changed only if it
cannot be a path segment everywhere the package may go, or would meet another one there: empty, `.`,
`..`, slashes, control characters, not UTF-8, over 240 bytes, a Windows device, a trailing dot or
space, or equal to an earlier name when case is ignored. NFC and NFD forms stay side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MAX_BYTES = 240
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff\ufffe\uffff]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def data_names(originals: Iterable[str]) -> Iterator[str]:
    """Yield one distinct safe file name for each original name, in order."""
    taken: set[str] = set()
    for position, original in enumerate(originals, start=1):
        name = _safe(original, position)
        if name.casefold() in taken:
            name = _numbered(name, position)
        while name.casefold() in taken:
            name = _numbered(name, position)
        taken.add(name.casefold())
        yield name


def _safe(original: str, position: int) -> str:
    stem = original
    if original in ("", ".", "..") or _DEVICE.fullmatch(original):
        stem = f"{position:07d}_{original.strip('.')}"
    elif original.startswith("./") or original.startswith("../"):
        stem = f"{position:07d}_{original}"
    stem = _UNSAFE.sub("_", stem).rstrip(". ")
    if not stem:
        stem = f"{position:07d}"
    return _cut(stem)


def _numbered(name: str, position: int) -> str:
    return _cut(f"{position:07d}_{name}")


def _cut(name: str) -> str:
    if len(name.encode()) <= _MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, dot, extension = name, "", ""
    room = _MAX_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + extension
