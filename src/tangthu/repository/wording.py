"""What a check found, in the words of the person who must act on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.repository.models import Copy

Tone = Literal["", "info", "ok", "warn", "danger"]

_WHOLE: Mapping[str, str | Promise] = {
    "missing": gettext_lazy("cả gói không có trong kho này"),
    "inventory": gettext_lazy("bảng kê tệp của gói hỏng, nên không tin được tệp nào trong bản sao"),
    "another object": gettext_lazy("chỗ của gói này đang chứa một gói khác"),
    "behind": gettext_lazy("bản sao thiếu phiên bản mới nhất"),
    "altered": gettext_lazy("bảng kê tệp khác với bảng kê đã ghi trong danh mục"),
    "newer": gettext_lazy(
        "kho giữ phiên bản mới hơn danh mục; nhận vào danh mục bằng: tangthu index rebuild "
        "--store THƯ_MỤC_KHO --take-over"
    ),
    "unknown": gettext_lazy("gói không có trong danh mục"),
}
_FILE: Mapping[str, str | Promise] = {
    "changed": gettext_lazy("nội dung đã bị thay đổi"),
    "missing": gettext_lazy("tệp không còn"),
    "extra": gettext_lazy("tệp lạ, không thuộc gói"),
}
TONES: Mapping[str, Tone] = {
    Copy.State.GOOD: "ok",
    Copy.State.UNCHECKED: "warn",
    Copy.State.BAD: "danger",
    Copy.State.UNREPAIRABLE: "danger",
}
_TODO: Mapping[str, str | Promise] = {
    Copy.State.BAD: gettext_lazy(
        "Đặt “Kiểm tra và phục hồi” ở trang Kho lưu trữ: tệp hỏng được thay bằng tệp lành của kho "
        "khác, mỗi tệp lấy sang đều được kiểm tra trước."
    ),
    Copy.State.UNREPAIRABLE: gettext_lazy(
        "Không kho nào còn bản lành. Tìm bản lành ở bản sao lưu ngoài hệ thống hoặc ở nơi đã nộp; "
        "nếu không còn, lập biên bản ghi nhận mất."
    ),
    Copy.State.UNCHECKED: gettext_lazy(
        "Chưa kết luận được gì. Xem ổ đĩa của kho đã gắn và đọc được chưa, rồi kiểm tra lại."
    ),
    "unknown": gettext_lazy(
        "Hệ thống không xóa gói lạ. Nếu danh mục vừa được khôi phục từ bản sao lưu cũ hơn kho, "
        "nhận gói bằng tangthu index rebuild --take-over; nếu không, quản trị đối chiếu xem gói từ "
        "đâu đến trước khi dời đi."
    ),
}
# From the worst to the best: the state of a package is that of its worst copy.
_ORDER = (Copy.State.UNREPAIRABLE, Copy.State.BAD, Copy.State.UNCHECKED, Copy.State.GOOD)


@dataclass(frozen=True, slots=True)
class Hurt:
    """One bad or unreadable place of a copy: path inside the package ("" for all) and what."""

    path: str
    what: str


def printable(name: str) -> str:
    """A name from a disk or a bucket as text that database and ledger can hold.

    Bytes that are no UTF-8 and NUL, which no text there may have, are shown as `\\xNN`.
    """
    data = name.encode("utf-8", "surrogateescape" if _from_disk(name) else "backslashreplace")
    return data.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _from_disk(name: str) -> bool:
    """Whether every lone surrogate stands for a byte that was no UTF-8."""
    return all(not 0xD800 <= ord(sign) <= 0xDFFF or 0xDC80 <= ord(sign) <= 0xDCFF for sign in name)


def what(path: str, status: str) -> str:
    """A status of a check in words; the reason why something could not be read stays as it is."""
    known = (_FILE if path else _WHOLE).get(status)
    return str(known) if known else _("không đọc được (%(why)s)") % {"why": status}


def where(path: str) -> str:
    """A path inside a package, or that all of it is meant."""
    return path or _("cả gói")


def hurt_places(copy: Copy) -> list[Hurt]:
    """What was wrong with a copy when it was checked last; the longest lists are cut."""
    if not copy.problem:
        return []
    return [Hurt(path, what(path, status)) for path, status in json.loads(copy.problem)]


def todo(state: str) -> str:
    """What to do about a copy in this state; "" if nothing."""
    return str(_TODO.get(state, ""))


def worst(copies: Iterable[Copy]) -> str:
    """The worst state among copies, "" if there is none."""
    states = {copy.state for copy in copies}
    return next((state for state in _ORDER if state in states), "")
