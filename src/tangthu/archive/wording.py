"""Findings, reasons and targets of a dry run in the language of the person who reads them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.batch import findings
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import BatchReport, Reason

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


def finding_words(finding: Finding) -> str:
    """What was found, with labels translated."""
    params = dict(finding.params)
    if "label" in params:
        params["label"] = _(str(params["label"]))
    return _(finding.kind.words) % params


def field_label(name: str, level: str = "") -> str:
    """The label of a field by its name; of the document's field if both levels have it."""
    for key in (f"{level}.{name}", f"document.{name}", f"dossier.{name}"):
        if key in BY_KEY:
            return _(BY_KEY[key].label)
    return name


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
    if kind == "batch":
        return _("Cả đợt")
    return rest or target
