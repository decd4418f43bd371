"""Findings, reasons and targets of a dry run in the language of the person who reads them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.batch import findings
from tangthu.archive.batch.duties import LISTS
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import BatchReport, Reason
from tangthu.records.fields import code_label

SEVERITIES: dict[str, str | Promise] = {
    findings.BLOCKS: gettext_lazy("Chặn"),
    findings.ASKS: gettext_lazy("Cần trả lời"),
    findings.REPAIRS: gettext_lazy("Tự sửa"),
    findings.NOTE: gettext_lazy("Ghi nhận"),
}
BASES: dict[str, str | Promise] = {
    findings.COUNTED: gettext_lazy("đếm từ tệp"),
    findings.DERIVED: gettext_lazy("suy ra theo quy tắc"),
    findings.ASKED: gettext_lazy("trả lời chung của đợt"),
    findings.EXTRACTED: gettext_lazy("đọc từ lớp chữ"),
    findings.DEFAULT: gettext_lazy("mặc định"),
    findings.NAME: gettext_lazy("đọc từ tên tệp"),
    findings.INDEX: gettext_lazy("bảng kê"),
    findings.EDITED: gettext_lazy("người sửa"),
}
_REASONS: dict[str, str | Promise] = {
    "dossier.waits": gettext_lazy("Hồ sơ của văn bản này chưa đủ thông tin bắt buộc."),
    "dossier.no-document": gettext_lazy("Chưa có văn bản nào của hồ sơ sẵn sàng."),
    "dossier.ordinal.duplicate": gettext_lazy("Trùng số thứ tự với văn bản khác trong hồ sơ."),
    "row.no-dossier": gettext_lazy("Không biết văn bản thuộc hồ sơ nào."),
    "row.no-file": gettext_lazy("Chưa có tệp."),
}

_KINDS: dict[str, str | Promise] = {
    "table.other-sheet": gettext_lazy("Sheet khác không đọc"),
    "mapping.ambiguous": gettext_lazy("Cột chưa chắc thuộc cấp nào"),
    "mapping.repeated": gettext_lazy("Cột lặp lại"),
    "mapping.extra": gettext_lazy("Cột giữ làm thông tin bổ sung"),
    "secret.declared": gettext_lazy("Khai là bí mật nhà nước"),
    "secret.suspected": gettext_lazy("Nghi có dấu độ mật"),
    "row.no-dossier": gettext_lazy("Dòng không có số hồ sơ"),
    "row.no-file": gettext_lazy("Dòng không có tệp"),
    "row.no-path": gettext_lazy("Dòng không ghi tên tệp"),
    "row.file-guessed": gettext_lazy("Tệp ghép gần đúng"),
    "row.file-unsure": gettext_lazy("Nhiều tệp cùng khớp"),
    "row.file-shared": gettext_lazy("Hai dòng một tệp"),
    "row.cover": gettext_lazy("Dòng là bìa hồ sơ"),
    "file.no-row": gettext_lazy("Tệp không có dòng"),
    "file.unplaced": gettext_lazy("Tệp không rõ hồ sơ"),
    "file.not-record": gettext_lazy("Tệp không phải tài liệu"),
    "file.cover": gettext_lazy("Bìa hồ sơ"),
    "file.empty": gettext_lazy("Tệp rỗng"),
    "file.damaged": gettext_lazy("Tệp hỏng"),
    "file.infected": gettext_lazy("Tệp có mã độc"),
    "file.unscanned": gettext_lazy("Tệp chưa quét mã độc"),
    "file.encrypted": gettext_lazy("Tệp có mật khẩu"),
    "file.extension": gettext_lazy("Đuôi tệp sai"),
    "file.not-pdfa": gettext_lazy("Không phải PDF/A"),
    "file.duplicate": gettext_lazy("Hai tệp giống hệt"),
    "file.held": gettext_lazy("Đã có trong kho"),
    "file.unidentified": gettext_lazy("Không rõ định dạng"),
    "file.repaired": gettext_lazy("Lỗi cấu trúc nhẹ"),
    "file.active": gettext_lazy("Nội dung chủ động"),
    "file.low-resolution": gettext_lazy("Quét dưới 200 dpi"),
    "file.no-text": gettext_lazy("Không có lớp chữ"),
    "name.codes": gettext_lazy("Mã đọc từ tên tệp"),
    "name.varies": gettext_lazy("Tên tệp nêu nhiều mã"),
    "name.ambiguous": gettext_lazy("Mã trong tên tệp chưa chắc"),
    "name.contradiction": gettext_lazy("Tên tệp trái bảng kê"),
    "field.type.mapped": gettext_lazy("Tên loại được quy đổi"),
    "field.type.unknown": gettext_lazy("Tên loại lạ"),
    "field.coded": gettext_lazy("Ghi bằng mã"),
    "field.not-coded": gettext_lazy("Ngoài danh mục mã"),
    "field.number.odd": gettext_lazy("Số văn bản lạ"),
    "field.count.odd": gettext_lazy("Số lượng lạ"),
    "field.notation.normalised": gettext_lazy("Ký hiệu viết lại"),
    "field.box.normalised": gettext_lazy("Số hộp, hồ sơ viết lại"),
    "field.too-long": gettext_lazy("Giá trị quá dài"),
    "field.check": gettext_lazy("Trái quy tắc TT05"),
    "field.pages.differ": gettext_lazy("Số trang khác nhau"),
    "date.impossible": gettext_lazy("Ngày không có thật"),
    "date.partial": gettext_lazy("Ngày không đủ"),
    "date.order": gettext_lazy("Ngày kết thúc trước ngày bắt đầu"),
    "date.outside-dossier": gettext_lazy("Ngày ngoài thời gian hồ sơ"),
    "dossier.contradiction": gettext_lazy("Các dòng mâu thuẫn"),
    "dossier.count.declared": gettext_lazy("Khai khác số có mặt"),
    "dossier.sheets.declared": gettext_lazy("Số tờ khai và số trang"),
    "dossier.ordinal.gap": gettext_lazy("Thiếu số thứ tự"),
    "dossier.ordinal.duplicate": gettext_lazy("Trùng số thứ tự"),
    "dossier.name-year": gettext_lazy("Năm trong tên tệp khác"),
    "dossier.no-file": gettext_lazy("Hồ sơ không có tệp"),
}
# Findings whose proposal is a type of document, by code and name.
_OF_TYPES = {"field.type.mapped", "field.type.unknown"}
_NOT_RECORD: dict[str, str | Promise] = {
    "system": gettext_lazy("tệp của hệ điều hành"),
    "temporary": gettext_lazy("tệp tạm"),
    "index": gettext_lazy("bảng kê"),
}


# Findings that propose a type, whose name is told in the language of the reader.
_NAMES_A_TYPE = frozenset({"field.type.mapped", "field.type.unknown"})


def kind_words(code: str) -> str:
    """A kind of finding in a few words."""
    if code.startswith("field.missing."):
        name = code.removeprefix("field.missing.")
        return _("Thiếu %(label)s") % {"label": _lower(field_label(name))}
    return str(_KINDS.get(code, code))


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def finding_words(finding: Finding) -> str:
    """What was found, with labels translated."""
    params = dict(finding.params)
    label = params.get("label")
    if isinstance(label, str):
        params["label"] = _(label)
    if finding.code in _OF_TYPES and "proposal" in params:
        params["proposal"] = _type_words(str(params["proposal"]))
    if finding.code == "file.not-record":
        params["why"] = str(_NOT_RECORD.get(str(params["why"]), params["why"]))
    if finding.code in _NAMES_A_TYPE and finding.repairs:
        code = finding.repairs[0].value
        params["proposal"] = f"{code} {code_label('document_types', code, timezone.localdate())}"
    return _(finding.kind.words) % params


def _type_words(proposal: str) -> str:
    """A proposed type, code and name, with the name that the reader's language has for the code."""
    code, _space, name = proposal.partition(" ")
    known = code_label("document_types", code, timezone.localdate())
    return f"{code} {known}" if name and known != code else proposal


def field_label(name: str, level: str = "") -> str:
    """The label of a field by its name; of the document's field if both levels have it."""
    for key in (f"{level}.{name}", f"document.{name}", f"dossier.{name}"):
        if key in BY_KEY:
            return _(BY_KEY[key].label)
    return name


def coded_words(name: str, value: str) -> str:
    """A value of a field as people read it: of one with a list of codes, the code and its name."""
    listed = LISTS.get(name)
    if listed is None or not value:
        return value
    today = timezone.localdate()
    words = ((code, code_label(listed, code, today)) for code in value.split(";"))
    return "; ".join(code if label == code else f"{code} – {label}" for code, label in words)


def reason_words(report: BatchReport, reason: Reason) -> str:
    """Why something waits."""
    finding = report.finding(reason.finding) if reason.finding else None
    if finding is not None:
        return finding_words(finding)
    if reason.code.startswith("field.missing."):
        return _("Thiếu %(label)s (bắt buộc).") % {"label": field_label(reason.field)}
    return str(_REASONS.get(reason.code, reason.code))


def target_words(report: BatchReport, target: str) -> str:
    """What a target is, as people say it."""
    kind, _colon, rest = target.partition(":")
    if kind == "dossier" and rest in report.dossiers:
        return _("Hồ sơ %(name)s") % {"name": report.dossiers[rest].name}
    if kind == "row":
        return _("Dòng %(number)s của bảng kê") % {"number": rest}
    if kind == "column":
        return _("Cột %(letters)s") % {"letters": rest}
    if kind in ("batch", "value"):
        return _("Cả đợt")
    return rest or target
