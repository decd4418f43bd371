"""The fields an index can hold and the headings they go by, on two levels.

One registry for three generations of field names: TT05/2025 (AR-31, §4.2, 4.3), TT02/2019
(RM-851, RM-852) and the 2010 guidance with mục lục, hộp, tờ (RM-857). A heading that both levels
use (`Ngôn ngữ`, `Ghi chú`, …) belongs to two fields here; `mapping` tells them apart by position.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tangthu.standards.vietnamese.text import fold

DOSSIER = "dossier"
DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the index: its level, name, official label, and headings it is known by.

    `kind` says how `rows` reads it: text, count, code list name (`list:mode`), date part, path.
    """

    level: str
    name: str
    label: str
    kind: str
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`dossier.title`: the field's name everywhere in a batch."""
        return f"{self.level}.{self.name}"


def _dossier(name: str, label: str, kind: str, *aliases: str) -> Field:
    return Field(DOSSIER, name, label, kind, aliases)


def _document(name: str, label: str, kind: str, *aliases: str) -> Field:
    return Field(DOCUMENT, name, label, kind, aliases)


FIELDS: tuple[Field, ...] = (
    _dossier("line", "STT", "text", "Số TT", "TT"),
    _dossier("archive_code", "Mã cơ quan lưu trữ", "code", "Mã cơ quan lưu trữ lịch sử",
             "Identifier", "Mã CQLT", "Mã lưu trữ"),
    _dossier("body_code", "Mã định danh cơ quan", "code", "Mã cơ quan",
             "Mã định danh cơ quan, tổ chức", "Mã định danh cơ quan, tổ chức lập danh mục"),
    _dossier("fonds_code", "Mã phông", "code", "Mã phông lưu trữ", "OrganId", "Phông số",
             "Mã phông, công trình, sưu tập lưu trữ"),
    _dossier("fonds_name", "Phông", "text", "Tên phông", "Phông lưu trữ", "Tên phông lưu trữ",
             "FondName", "Tên phông, công trình, sưu tập lưu trữ"),
    _dossier("inventory", "Mục lục", "number", "Mục lục số", "Số mục lục", "FileCatalog",
             "Mục lục hồ sơ", "Mục lục số hoặc năm hình thành hồ sơ"),
    _dossier("year", "Năm hình thành hồ sơ", "number", "Năm hình thành", "Năm hồ sơ", "Năm"),
    _dossier("box", "Hộp số", "number", "Hộp", "Số hộp", "Cặp số", "Hộp/cặp số", "Hộp bảo quản"),
    _dossier("shelf", "Giá số", "text", "Giá", "Kho/giá/hộp", "Kho giá"),
    _dossier("number", "Số và ký hiệu hồ sơ", "number", "Hồ sơ số", "Số hồ sơ", "Số ký hiệu hồ sơ",
             "FileNotation", "Đơn vị bảo quản", "ĐVBQ", "Số, ký hiệu hồ sơ", "Ký hiệu hồ sơ"),
    _dossier("file_code", "Mã hồ sơ", "code", "Mã hồ sơ lưu trữ", "FileCode", "arcFileCode"),
    _dossier("title", "Tiêu đề hồ sơ", "text", "Tên hồ sơ", "Title", "Tiêu đề",
             "Trích yếu hồ sơ", "Tên nhóm hồ sơ"),
    _dossier("retention", "Thời hạn lưu trữ", "list:maintenance", "Thời hạn bảo quản",
             "Maintenance", "THBQ", "Thời hạn bảo quản hồ sơ", "Thời hạn lưu trữ hồ sơ"),
    _dossier("mode", "Chế độ sử dụng", "list:mode", "Mức độ tiếp cận", "Rights", "Mode",
             "Chế độ sử dụng hồ sơ"),
    _dossier("language", "Ngôn ngữ", "list:language", "Language", "Ngôn ngữ hồ sơ"),
    _dossier("start_day", "Ngày bắt đầu", "day"),
    _dossier("start_month", "Tháng bắt đầu", "month"),
    _dossier("start_year", "Năm bắt đầu", "year"),
    _dossier("start", "Thời gian bắt đầu", "date", "StartDate", "Từ ngày", "Bắt đầu"),
    _dossier("end_day", "Ngày kết thúc", "day"),
    _dossier("end_month", "Tháng kết thúc", "month"),
    _dossier("end_year", "Năm kết thúc", "year"),
    _dossier("end", "Thời gian kết thúc", "date", "EndDate", "Đến ngày", "Kết thúc"),
    _dossier("interval", "Thời gian tài liệu", "text", "Ngày tháng bắt đầu và kết thúc",
             "Thời gian bắt đầu và kết thúc"),
    _dossier("documents", "Tổng số tài liệu trong hồ sơ", "count", "Tổng số văn bản trong hồ sơ",
             "TotalDoc", "Tổng số văn bản", "Số lượng tài liệu", "Tổng số tài liệu",
             "Số lượng văn bản"),
    _dossier("remark", "Chú giải", "text"),
    _dossier("info_sign", "Ký hiệu thông tin", "text", "InforSign"),
    _dossier("keyword", "Từ khóa", "text", "Keyword", "Từ khoá"),
    _dossier("sheets", "Số lượng tờ", "count", "Số tờ", "numberOfPaper", "Tổng số tờ",
             "Số lượng tờ của hồ sơ"),
    _dossier("pages", "Số lượng trang", "count", "PageNumber", "numberOfPage", "Số trang",
             "Số lượng trang của hồ sơ", "Tổng số trang"),
    _dossier("condition", "Tình trạng vật lý", "list:physical_condition", "Format"),
    _dossier("confidence", "Mức độ tin cậy", "list:confidence_level", "ConfidenceLevel"),
    _dossier("paper_code", "Mã hồ sơ gốc giấy", "code", "Mã hồ sơ giấy gốc", "paperFileCode",
             "Mã hồ sơ giấy gốc (nếu có)"),
    _dossier("backup", "Chế độ lập tài liệu lưu trữ dự phòng", "flag", "Chế độ dự phòng",
             "riskRecovery"),
    _dossier("backup_status", "Tình trạng lập tài liệu lưu trữ dự phòng",
             "list:risk_recovery_status", "Tình trạng dự phòng", "riskRecoveryStatus"),
    _dossier("note", "Ghi chú", "text", "Description"),
    _dossier("secrecy", "Độ mật", "secrecy", "Mức độ mật", "Cấp độ mật", "Mật"),
    _document("ordinal", "Số thứ tự tài liệu trong hồ sơ", "count", "Số thứ tự văn bản trong hồ sơ",
              "DocOrdinal", "Số thứ tự tài liệu", "STT văn bản", "Số thứ tự văn bản",
              "STT tài liệu", "Thứ tự văn bản", "STT", "Số TT", "TT"),
    _document("doc_code", "Mã lưu trữ của tài liệu", "code", "Mã tài liệu", "arcDocCode"),
    _document("doc_id", "Mã định danh tài liệu", "code", "Mã định danh văn bản", "DocCode",
              "docId"),
    _document("type", "Tên loại tài liệu", "type", "Tên loại văn bản", "TypeName", "Loại văn bản",
              "Tên loại"),
    _document("number", "Số của tài liệu", "docnumber", "Số của văn bản", "CodeNumber",
              "Số văn bản", "Số"),
    _document("notation", "Ký hiệu của tài liệu", "notation", "Ký hiệu của văn bản", "CodeNotation",
              "Ký hiệu văn bản", "Ký hiệu"),
    _document("code", "Số, ký hiệu văn bản", "doccode", "Số và ký hiệu văn bản", "Số ký hiệu",
              "Số và ký hiệu", "Số hiệu văn bản", "Số, ký hiệu", "Số/ký hiệu"),
    _document("issued_day", "Ngày văn bản", "day", "Ngày của văn bản"),
    _document("issued_month", "Tháng văn bản", "month", "Tháng của văn bản"),
    _document("issued_year", "Năm văn bản", "year", "Năm của văn bản"),
    _document("issued", "Ngày, tháng, năm tài liệu", "date", "Ngày, tháng, năm văn bản",
              "IssuedDate", "Ngày ban hành", "Ngày tháng văn bản", "Thời gian văn bản",
              "Ngày tháng năm văn bản", "Ngày ký", "Ngày tháng", "Ngày, tháng, năm",
              "Ngày tháng ban hành", "Thời gian ban hành"),
    _document("issuer", "Tên cơ quan, tổ chức, cá nhân ban hành", "text",
              "Tên cơ quan, tổ chức ban hành văn bản", "OrganName", "Cơ quan ban hành",
              "Cơ quan, tổ chức, cá nhân ban hành", "Tác giả văn bản", "Tác giả", "Nơi ban hành",
              "Tên cơ quan ban hành", "Tên cơ quan, tổ chức, cá nhân ban hành văn bản"),
    _document("subject", "Trích yếu nội dung", "text", "Subject", "Trích yếu",
              "Trích yếu văn bản", "Nội dung trích yếu", "Trích yếu nội dung văn bản",
              "Nội dung văn bản"),
    _document("retention", "Thời hạn lưu trữ tài liệu", "list:maintenance",
              "Thời hạn bảo quản văn bản", "Thời hạn bảo quản tài liệu"),
    _document("language", "Ngôn ngữ", "list:language", "Language", "Ngôn ngữ văn bản"),
    _document("pages", "Số lượng trang của tài liệu", "count", "Số lượng trang của văn bản",
              "PageAmount", "Số trang văn bản", "Số lượng trang", "Số trang"),
    _document("note", "Ghi chú", "text", "Ghi chú văn bản", "Description"),
    _document("info_sign", "Ký hiệu thông tin", "text", "InforSign"),
    _document("keyword", "Từ khóa", "text", "Keyword", "Từ khoá"),
    _document("mode", "Chế độ sử dụng", "list:mode", "Mức độ tiếp cận", "Mode",
              "Chế độ sử dụng văn bản"),
    _document("confidence", "Mức độ tin cậy", "list:confidence_level", "ConfidenceLevel"),
    _document("autograph", "Bút tích", "text", "Autograph"),
    _document("condition", "Tình trạng vật lý", "list:physical_condition", "Format"),
    _document("process", "Quy trình xử lý", "flag", "Process", "Quy trình xử lý (nếu có)"),
    _document("first_sheet", "Tờ số", "text", "Từ tờ", "Tờ số đầu", "Từ tờ đến tờ"),
    _document("medium", "Loại tài liệu", "text", "Loại hình tài liệu"),
    _document("path", "Đường dẫn file", "path", "Tên file", "Tên tệp", "Tên tệp tin", "File",
              "Đường dẫn tệp", "Đường dẫn", "File đính kèm", "Tệp đính kèm", "Tên tập tin"),
    _document("secrecy", "Độ mật văn bản", "secrecy", "Độ mật", "Mức độ mật"),
)  # fmt: skip

BY_KEY: Mapping[str, Field] = {field.key: field for field in FIELDS}

_OPTIONAL = re.compile(r"\((?:\s*(?:nếu có|bắt buộc|\*)\s*)\)", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SHORT = {"vb": "van ban", "hs": "ho so", "tl": "tai lieu", "cq": "co quan", "ki": "ky"}
_COPY = re.compile(r"[._ ]\d$")


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A heading without case, marks, punctuation and “(nếu có)”: `Số, kí hiệu VB` is
    `so ky hieu van ban`.
    """
    words = _NOT_WORD.sub(" ", fold(_OPTIONAL.sub(" ", text[:200]))).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def _index() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for entry in FIELDS:
        for name in (entry.label, *entry.aliases):
            keys = found.setdefault(heading_key(name), [])
            if entry.key not in keys:
                keys.append(entry.key)
    return {key: tuple(keys) for key, keys in found.items()}


BY_HEADING: Mapping[str, tuple[str, ...]] = _index()


def candidates(heading: str) -> tuple[str, ...]:
    """Field keys that a heading can stand for: none, one, or one on each level.

    `Ngôn ngữ.1`, as spreadsheets name the second of two equal headings, counts as `Ngôn ngữ`.
    """
    known = BY_HEADING.get(heading_key(heading), ())
    if not known and _COPY.search(heading):
        known = BY_HEADING.get(heading_key(heading[:-2]), ())
    return known


def is_heading(text: str) -> bool:
    """Whether a cell's text is a known column heading."""
    return bool(text) and len(text) <= 200 and bool(candidates(text))
