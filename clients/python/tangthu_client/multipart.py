"""A form with files as one body on disk, so that memory stays flat whatever is sent."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def form(
    fields: Iterable[tuple[str, str]], files: Iterable[tuple[str, str, Path]]
) -> Iterator[tuple[BinaryIO, int, str]]:
    """The body, its length in bytes and its content type; `files` are (field, name, path)."""
    boundary = secrets.token_hex(16)
    with tempfile.TemporaryFile() as body:
        for name, value in fields:
            body.write(_head(boundary, f'name="{_quoted(name)}"'))
            body.write(value.encode() + b"\r\n")
        for name, shown, path in files:
            told = f'name="{_quoted(name)}"; filename="{_quoted(shown)}"'
            body.write(_head(boundary, told, "application/octet-stream"))
            with path.open("rb") as source:
                shutil.copyfileobj(source, body, 1024 * 1024)
            body.write(b"\r\n")
        body.write(f"--{boundary}--\r\n".encode())
        size = body.tell()
        body.seek(0)
        yield body, size, f"multipart/form-data; boundary={boundary}"


def _head(boundary: str, told: str, kind: str = "") -> bytes:
    lines = [f"--{boundary}", f"Content-Disposition: form-data; {told}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _quoted(text: str) -> str:
    """As browsers write names in forms (WHATWG)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
