"""What the names in a zip really are: bytes whose alphabet the zip often does not tell.

UTF-8 is told by a flag, or by Info-ZIP's extra field, or not at all (macOS). Otherwise the bytes
are those of the machine that packed it: code page 437, or Windows' Vietnamese 1258.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075


def true_name(info: zipfile.ZipInfo) -> str:
    """The name of an entry as people wrote it, with `/` between folders."""
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename.replace("\\", "/")
    raw = info.orig_filename.encode("cp437", "replace")
    told = _told(info, raw)
    if told is None:
        try:
            told = raw.decode("utf-8")
        except UnicodeDecodeError:
            told = max((_as(raw, "cp437"), _as(raw, "cp1258")), key=_likely)
    return told.replace("\\", "/")


def _told(info: zipfile.ZipInfo, raw: bytes) -> str | None:
    """The name in the Unicode Path extra field (0x7075), if it belongs to this very name."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        body = extra[4 : 4 + size]
        if kind == _UNICODE_PATH and len(body) > 5 and body[0] == 1:
            (checksum,) = struct.unpack_from("<I", body, 1)
            if checksum == zlib.crc32(raw):
                return body[5:].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None


def _as(raw: bytes, alphabet: str) -> str:
    return unicodedata.normalize("NFC", raw.decode(alphabet, "replace"))


def _likely(name: str) -> float:
    """The share of signs that a file name in a Latin alphabet would hold."""
    usual = sum(1 for sign in name if sign.isascii() or "LATIN" in unicodedata.name(sign, ""))
    return usual / len(name)
