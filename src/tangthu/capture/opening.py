"""The first lines of documents that are no PDF: Word, OpenDocument, and plain text.

Only for noticing a stamp of secrecy: what lies in such a file is not indexed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, cast

from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.standards.xml.reading import Limits, records

_LINES = 40
_TEXT_BYTES = 64 * 1024
_PART = re.compile(r"word/(document|header\d{0,3})\.xml|content\.xml|styles\.xml")
_MOST_PARTS = 20
_LIMITS = Limits(max_bytes=64 * 1024**2, depth=200, elements=2_000_000)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OPEN = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_PARAGRAPHS = (f"{_WORD}p", f"{_OPEN}p", f"{_OPEN}h")


def opening_texts(path: Path, sandbox: Sandbox) -> list[str]:
    """The first lines of the body and of each page header; [] for what is no such document."""
    try:
        return list(sandbox.call("tangthu.capture.opening:texts_in_worker", str(path.absolute())))
    except SandboxError:
        return []


def texts_in_worker(path: str) -> list[str]:
    """`opening_texts`, in a worker of the sandbox."""
    if not zipfile.is_zipfile(path):
        with Path(path).open("rb") as handle:
            data = handle.read(_TEXT_BYTES)
        return [] if b"\0" in data else [data.decode("utf-8", "replace")]
    found = []
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if _PART.fullmatch(name)]
        for name in names[:_MOST_PARTS]:
            with archive.open(name) as part:
                found.append("\n".join(islice(_lines(cast(IO[bytes], part)), _LINES)))
    return found


def _lines(part: IO[bytes]) -> Iterator[str]:
    """Each paragraph as a line; those of a text box, where a stamp may stand, for themselves."""
    for outermost in records(part, _PARAGRAPHS, limits=_LIMITS):
        for paragraph in outermost.iter(*_PARAGRAPHS):
            line = " ".join("".join(str(text) for text in paragraph.itertext()).split())
            if line:
                yield line
