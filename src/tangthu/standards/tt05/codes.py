"""Codes of TT05: mã hồ sơ, mã hồ sơ lưu trữ, mã tài liệu, mã lưu trữ tài liệu (AR-32…34, RM-807).

`H49.64.33.2001.160.0000001`: body `H49.64.33`, year 2001, file notation `160`, ordinal 1. All parts
are joined by dots; a notation may hold dots of its own, so reading can be ambiguous and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tangthu.standards.tt05.errors import AmbiguousCodeError, InvalidCodeError

ORDINAL_DIGITS = 7
_YEAR = re.compile(r"(1[0-9]|20)[0-9]{2}")
_PART = re.compile(r"[^\s.\x00-\x1f\x7f](?:[^\s\x00-\x1f\x7f]*[^\s.\x00-\x1f\x7f])?")
_ORDINAL = re.compile(r"[0-9]{7}")
_FIRST_YEAR, _LAST_YEAR = 1000, 2099


@dataclass(frozen=True, slots=True)
class FileCode:
    """A file code in parts. `body` is the body's identifier, or mã phông of a closed fonds.

    `inventory` (mục lục số) is written in archival codes only, last. Reading a code leaves an
    inventory inside `notation`, since nothing in the text marks it.
    """

    body: str
    year: int
    notation: str
    inventory: str = ""

    def __str__(self) -> str:
        parts = [self.body, f"{self.year:04d}", self.notation, self.inventory]
        return ".".join(part for part in parts if part)


def file_code(
    *,
    agency_code: str,
    year: int,
    notation: str,
    fonds_code: str = "",
    fonds_closed: bool = False,
    inventory: str = "",
) -> str:
    """Compose mã hồ sơ (AR-32): agency code, or mã phông if the fonds is closed, year, notation.

    Raises `InvalidCodeError` if a part is empty, holds spaces or control characters, begins or ends
    with a dot, or if a closed fonds has no code.
    """
    if fonds_closed and not fonds_code:
        raise InvalidCodeError(
            "Phông đã đóng phải có mã phông để lập mã hồ sơ.", "Nhập mã phông.", part="fonds_code"
        )
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidCodeError(
            f"Năm hình thành {year} không hợp lệ.", "Nhập năm có bốn chữ số.", part="year"
        )
    body = _part("mã cơ quan hoặc mã phông", fonds_code if fonds_closed else agency_code)
    return str(
        FileCode(
            body,
            year,
            _part("số và ký hiệu hồ sơ", notation),
            _part("mục lục số", inventory) if inventory else "",
        )
    )


def arc_file_code(archive_code: str, code: str) -> str:
    """Compose mã hồ sơ lưu trữ: archive code, dot, file code (AR-33). Raises `InvalidCodeError`."""
    return f"{_part('mã cơ quan lưu trữ', archive_code)}.{_part('mã hồ sơ', code)}"


def doc_code(code: str, ordinal: int) -> str:
    """Compose mã tài liệu: file code, dot, 7-digit ordinal (AR-34). Raises `InvalidCodeError`."""
    if not 1 <= ordinal < 10**ORDINAL_DIGITS:
        raise InvalidCodeError(
            f"Số thứ tự tài liệu {ordinal} nằm ngoài 1–9999999.",
            "Nhập số thứ tự trong hồ sơ.",
            part="ordinal",
        )
    return f"{_part('mã hồ sơ', code)}.{ordinal:0{ORDINAL_DIGITS}d}"


def arc_doc_code(archive_code: str, code: str, ordinal: int) -> str:
    """Compose mã lưu trữ tài liệu: archive code, file code, 7-digit ordinal (AR-34)."""
    return doc_code(arc_file_code(archive_code, code), ordinal)


def parse_file_code(code: str, *, body: str | None = None) -> FileCode:
    """Read a file code. `body`, if known, settles where the year stands.

    Raises `InvalidCodeError` if no part can be the year, `AmbiguousCodeError` if several can.
    """
    parts = code.split(".")
    readings = [
        FileCode(".".join(parts[:at]), int(parts[at]), ".".join(parts[at + 1 :]))
        for at in range(1, len(parts) - 1)
        if _YEAR.fullmatch(parts[at])
    ]
    if body is not None:
        readings = [reading for reading in readings if reading.body == body]
    readings = [r for r in readings if _PART.fullmatch(r.body) and _PART.fullmatch(r.notation)]
    if not readings:
        raise InvalidCodeError(
            f"“{code[:100]}” không phải mã hồ sơ: cần mã cơ quan, năm, số hồ sơ, nối bằng chấm.",
            "Ví dụ đúng: H49.64.33.2001.160.",
            code=code[:200],
        )
    if len(readings) > 1:
        raise AmbiguousCodeError(
            f"Mã hồ sơ “{code[:100]}” có thể đọc theo {len(readings)} cách.",
            "Cho biết mã cơ quan để xác định năm.",
            code=code[:200],
            readings=tuple(readings),
        )
    return readings[0]


def parse_doc_code(code: str) -> tuple[str, int]:
    """Split a document code into its file code and ordinal. Raises `InvalidCodeError`."""
    head, dot, tail = code.rpartition(".")
    if not dot or not _ORDINAL.fullmatch(tail) or int(tail) == 0 or not _PART.fullmatch(head):
        raise InvalidCodeError(
            f"“{code[:100]}” không phải mã tài liệu: cần mã hồ sơ, dấu chấm và 7 chữ số thứ tự.",
            "Ví dụ đúng: H49.64.33.2001.160.0000001.",
            code=code[:200],
        )
    return head, int(tail)


def split_arc_file_code(code: str, *, archive_code: str) -> str:
    """Return the file code inside an archival file code. Raises `InvalidCodeError`."""
    if not code.startswith(f"{archive_code}.") or len(code) == len(archive_code) + 1:
        raise InvalidCodeError(
            f"Mã “{code[:100]}” không bắt đầu bằng mã cơ quan lưu trữ {archive_code[:40]}.",
            "Kiểm tra mã cơ quan lưu trữ.",
            code=code[:200],
        )
    return code[len(archive_code) + 1 :]


def _part(what: str, text: str) -> str:
    if not _PART.fullmatch(text):
        raise InvalidCodeError(
            f"{what[0].upper()}{what[1:]} “{text[:60]}” không dùng được trong mã.",
            "Không để trống, không dùng khoảng trắng, không bắt đầu hay kết thúc bằng dấu chấm.",
            part=what,
            value=text[:200],
        )
    return text
