"""Asking ClamAV about a file before anything else opens it (RM-831, AR-74), over clamd's socket.

Once a scanner is named (TANGTHU_CLAMD) no file passes without its word: when it is away, or takes
no file of that size, the file waits. The bytes that it was sent are digested on the way, so that
whoever uses the file can know that it is still the one that was looked at.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError, Refused

TO_INSTALL = "apt-get install clamav-daemon; TANGTHU_CLAMD=/run/clamav/clamd.ctl"
_SECONDS = 120.0
_CHUNK = 256 * 1024
_LONGEST_ANSWER = 4096
_HERE = ("localhost", "127.0.0.1", "::1")
_FOUND = re.compile(r"stream: (.+) FOUND")
_TOO_LARGE = "INSTREAM size limit exceeded"
# ClamAV 1.0.7/27350/Tue Jul 30 08:27:21 2024: programs, signatures, their day.
_VERSION = re.compile(r"(ClamAV [^/]+)/(\d+)/(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})")


class ScannerAway(HouseError):
    """The scanner that was named does not answer, or answers with what is no verdict."""

    http_status = 503


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said: the name of what it `found` ("" nothing), whether the file was
    `too_large` for it, and the SHA-256 of what it was sent."""

    sha256: str
    found: str = ""
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """The scanner's program, the number of its signatures and when they were made."""

    program: str
    signatures: int
    made_at: dt.datetime


def configured() -> bool:
    """Whether files must be looked at by a scanner."""
    return bool(settings.CLAMD)


def require_configured() -> None:
    """Raise Refused if no scanner is named."""
    if not configured():
        raise Refused(
            _("Chưa có máy quét mã độc."),
            hint=_("Cài clamav-daemon rồi đặt TANGTHU_CLAMD (docs/operations.md)."),
        )


def scan(path: Path) -> Verdict:
    """Have the file at `path` looked at. Raises ScannerAway; OSError if it cannot be read."""
    with path.open("rb") as file:
        return scan_pieces(iter(partial(file.read, _CHUNK), b""))


def scan_pieces(pieces: Iterable[bytes]) -> Verdict:
    """Have a file looked at whose bytes come in `pieces`, none of them empty.

    Raises ScannerAway, and what `pieces` raises.
    """
    digest = hashlib.sha256()
    with _talking() as talk:
        try:
            talk.sendall(b"zINSTREAM\0")
            for piece in pieces:
                digest.update(piece)
                talk.sendall(struct.pack("!L", len(piece)) + piece)
            talk.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            # It hangs up on what is too large for it; its answer says so. The rest of the file is
            # not what it looked at, so there is no digest of it.
            digest = hashlib.sha256()
        answer = _answer(talk)
    if answer == "stream: OK":
        return Verdict(digest.hexdigest())
    if match := _FOUND.fullmatch(answer):
        return Verdict(digest.hexdigest(), found=match[1][:200])
    if _TOO_LARGE in answer:
        return Verdict(digest.hexdigest(), too_large=True)
    raise _away()


def version() -> Version:
    """What the scanner says of itself. Raises ScannerAway."""
    with _talking() as talk:
        talk.sendall(b"zVERSION\0")
        match = _VERSION.fullmatch(_answer(talk))
    if match is None:
        raise _away()
    made_at = dt.datetime.strptime(match[3], "%a %b %d %H:%M:%S %Y").replace(tzinfo=dt.UTC)
    return Version(match[1], int(match[2]), made_at)


@contextlib.contextmanager
def _talking() -> Iterator[socket.socket]:
    """A connection to the scanner. Raises ScannerAway whenever it fails in the block."""
    named: str = settings.CLAMD
    try:
        with contextlib.ExitStack() as stack:
            if named.startswith("/"):
                talk = stack.enter_context(socket.socket(socket.AF_UNIX))
                talk.settimeout(_SECONDS)
                talk.connect(named)
            else:
                host, _colon, port = named.rpartition(":")
                if host.strip("[]") not in _HERE:
                    raise ValueError("files are shown to no other machine (AR-131)")
                talk = stack.enter_context(
                    socket.create_connection((host.strip("[]"), int(port)), _SECONDS)
                )
            yield talk
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise  # the file, not the scanner
        raise _away() from error


def _answer(talk: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < _LONGEST_ANSWER:
        more = talk.recv(_LONGEST_ANSWER)
        if not more:
            break
        told += more
    return told.rstrip(b"\0\n").decode("utf-8", "replace")


def _away() -> ScannerAway:
    return ScannerAway(
        _("Máy quét mã độc không trả lời."),
        hint=_("Báo quản trị xem clamav-daemon có chạy không, rồi chạy tiếp."),
    )
