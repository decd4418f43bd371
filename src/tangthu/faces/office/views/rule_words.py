"""Rules in words: what a set of rules is called on a page, and what one of them says."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.kernel.rulebook import rulebook
from tangthu.kernel.terms import spoken
from tangthu.standards.rules import Field, Stated, Value

# How surely a rule was read, in words (docs/rules.md).
EVIDENCE = {
    "P": gettext_lazy("đọc nguyên văn"),
    "V": gettext_lazy("đọc nguyên văn"),
    "S2": gettext_lazy("hai bản tóm tắt khớp nhau"),
    "S": gettext_lazy("một bản tóm tắt"),
    "N": gettext_lazy("chưa kiểm chứng"),
    "G": gettext_lazy("hiểu biết chung, hoặc do Tàng Thư đặt"),
}
_KINDS = {
    "value": gettext_lazy("Giá trị"),
    "code": gettext_lazy("Danh mục mã"),
    "field": gettext_lazy("Trường mô tả"),
    "format": gettext_lazy("Định dạng tệp"),
}
_GROUPS = {
    "account": gettext_lazy("tài khoản, mật khẩu"),
    "backup": gettext_lazy("sao lưu"),
    "clock": gettext_lazy("đồng hồ"),
    "deadline": gettext_lazy("thời hạn"),
    "delegation": gettext_lazy("ủy quyền"),
    "retention": gettext_lazy("thời hạn lưu trữ"),
    "role": gettext_lazy("vai trò và quyền"),
    "sensitivity": gettext_lazy("nhãn mức độ nhạy cảm"),
    "store": gettext_lazy("kho lưu trữ số"),
    "sip_dossier": gettext_lazy("hồ sơ trong gói nộp"),
    "sip_document": gettext_lazy("tài liệu trong gói nộp"),
    "sip_picture": gettext_lazy("ảnh trong gói nộp"),
    "sip_media": gettext_lazy("phim, ghi âm trong gói nộp"),
    "sip_lot": gettext_lazy("lô nộp lưu"),
    "aip_dossier": gettext_lazy("hồ sơ trong gói lưu trữ"),
    "aip_document": gettext_lazy("tài liệu trong gói lưu trữ"),
    "aip_lot": gettext_lazy("lô bảo quản"),
    "dip_document": gettext_lazy("tài liệu trong gói sử dụng"),
    "dip_request": gettext_lazy("yêu cầu sử dụng"),
    "own_dossier": gettext_lazy("hồ sơ, trường riêng"),
    "own_document": gettext_lazy("tài liệu, trường riêng"),
    "formats": gettext_lazy("mọi định dạng"),
}
_UNITS = {
    "hours": gettext_lazy("giờ"),
    "days": gettext_lazy("ngày"),
    "working_days": gettext_lazy("ngày làm việc"),
    "months": gettext_lazy("tháng"),
    "years": gettext_lazy("năm"),
}
_FORMS = {
    "string": gettext_lazy("chữ"),
    "number": gettext_lazy("số"),
    "date": gettext_lazy("ngày tháng năm"),
    "boolean": gettext_lazy("có hoặc không"),
}
_OBLIGATIONS = {
    "mandatory": gettext_lazy("bắt buộc"),
    "conditional": gettext_lazy("bắt buộc khi có điều kiện"),
    "optional": gettext_lazy("không bắt buộc"),
}


def title(kind: str, group: str) -> str:
    """The heading over a set of rules; a set that only the installation knows keeps its code."""
    book = rulebook()
    known = book.list_title(group)[0] if group in book.list_names() else _GROUPS.get(group, group)
    return f"{_KINDS[kind]}: {spoken(str(known))}"


def shown(rule: Stated) -> str:
    """What a rule says, units, kinds and yes or no in words rather than in its file's codes."""
    found = rule.source
    if isinstance(found, Field):
        said = [str(_FORMS[found.kind]), str(_OBLIGATIONS[found.obligation])]
        if found.max_length:
            said.append(_("nhiều nhất %(n)s ký tự") % {"n": found.max_length})
        return ", ".join(said)
    if isinstance(found, Value) and isinstance(found.value, bool):
        return _("có") if found.value else _("không")
    if isinstance(found, Value) and found.unit:
        return f"{found.value} {_UNITS[found.unit]}"
    return rule.value
