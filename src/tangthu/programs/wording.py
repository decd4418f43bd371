"""Scopes of keys in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: Mapping[str, Promise] = {
    "read.public": _("Tìm và đọc hồ sơ, tài liệu dùng công khai"),
    "read.conditional": _("Đọc cả hồ sơ, tài liệu dùng có điều kiện"),
    "dissemination.make": _("Tạo gói sử dụng (DIP)"),
    "archive.import": _("Nhập đợt số hóa và quyết định trong đợt"),
    "archive.describe": _("Sửa mô tả, mở phông, báo tài liệu là mật"),
    "archive.seal": _("Đóng gói hồ sơ"),
    "repository.audit": _("Xem và kiểm tra kho, sổ cái"),
    "records.freeze": _("Phong tỏa hồ sơ, tài liệu và gỡ phong tỏa"),
    "records.approve": _("Duyệt sửa đổi hồ sơ, tài liệu có nhãn mà người khác đề nghị"),
    "use.oversee": _("Xem lịch sử khai thác của mọi người"),
    "house.keep": _("Quản trị hệ thống của cả nhà"),
    "house.administer": _("Quản trị tên, mã, sổ cái của cơ quan"),
    "quarantine.decide": _("Kết luận tài liệu bị cách ly"),
    "people.manage": _("Quản lý người dùng"),
    "clearance.grant": _("Quyết định quyền tiếp cận bí mật nhà nước"),
}


def scope_words(scope: str) -> str:
    """What a scope opens, in words; its own name for one that nobody put into words."""
    return str(_WORDS.get(scope, scope))


# Why a message did not arrive, or why the house stopped sending, by the word that is kept.
_OUTCOMES: Mapping[str, Promise] = {
    "": _("chưa gửi"),
    "ok": _("đã nhận"),
    "empty": _("không còn gì được gửi"),
    "status": _("bên nhận trả lời lỗi"),
    "refused": _("không kết nối được"),
    "timeout": _("bên nhận không trả lời"),
    "tls": _("chứng thư của bên nhận không đúng"),
    "address": _("địa chỉ không được phép hoặc không tìm thấy"),
    "broken": _("kết nối bị ngắt"),
    "unanswered": _("không gửi được suốt ba ngày"),
    "person": _("người đặt hoặc khóa API không còn hiệu lực"),
    "reset": _(
        "mật khẩu hoặc xác thực hai bước của người đặt được đặt lại, hoặc các phiên đăng nhập bị "
        "kết thúc; người đặt xem lại địa chỉ rồi cho gửi tiếp"
    ),
    "key": _("khóa ký của hệ thống đã đổi"),
}


def outcome_words(word: str, status: int = 0) -> str:
    """How a try to tell a hook went, or why it was stopped, in words."""
    told = str(_OUTCOMES.get(word, word))
    return f"{told} ({status})" if status and word != "ok" else told
