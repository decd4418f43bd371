"""Descriptions of a file (18 elements) and of a document (19) in AIP_hoso, of a request (7) and a
document (20) in a DIP, and their checks.

The values are wide: nothing is cut or refused on the way in (DESIGN §10). `check` measures them
against the rules in force on a date: lengths, codes, dates, duties that depend on other fields
(RM-810, RM-813, AR-52). Names are those of archives-law.md §4.2 and §4.3.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from tangthu.standards.rules import Code, Field, Format
from tangthu.standards.tt05.dates import parse_date
from tangthu.standards.tt05.findings import Finding, short
from tangthu.standards.vietnamese.dates import PartialDate
from tangthu.standards.xml import forbidden_character

DOSSIER_RULE = "RM-810"
DOCUMENT_RULE = "RM-813"
REQUEST_RULE = "RM-816"
_BORN_DIGITAL = "01"
_DIGITISED = "02"
_MIXED = "03"
_SEPARATOR = re.compile(r"[,;\s]+")

Value = str | int | bool | PartialDate | tuple[str, ...] | None


class Rules(Protocol):
    """What is asked of a rule set; `tangthu.standards.rules.RuleSet` is one."""

    def fields(self, field_set: str, on: date) -> tuple[Field, ...]:
        """Return the elements of a record in writing order."""

    def codes(self, list_name: str, on: date) -> tuple[Code, ...]:
        """Return the codes of a list in force on a day."""

    def formats(self, on: date) -> tuple[Format, ...]:
        """Return the file formats accepted in packages on a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierDescription:
    """Hồ sơ lưu trữ: the 18 elements of EAD.xml. Empty text or None: not stated."""

    archive_file_code: str = ""
    title: str = ""
    retention_code: str = ""
    access_level: str = ""
    language_codes: tuple[str, ...] = ()
    start_date: PartialDate | None = None
    end_date: PartialDate | None = None
    keywords: str = ""
    record_count: int | None = None
    sheet_count: int | None = None
    page_count: int | None = None
    physical_condition: str = ""
    info_symbol: str = ""
    reliability: str = ""
    paper_file_code: str = ""
    backup_required: bool | None = None
    backup_status: str = ""
    note: str = ""

    def check(
        self, rules: Rules, on: date, *, digitised: bool, place: str = "EAD.xml"
    ) -> list[Finding]:
        """Return what is wrong by the rules in force on `on`.

        `digitised`: the file was made by scanning paper, so AR-52 binds. Raises the rule set's own
        errors if it has no rules for that day.
        """
        conditions = {
            "digitised": digitised,
            "backup": self.backup_required is True,
            "on_system": self.reliability in (_BORN_DIGITAL, _MIXED),
        }
        checker = _Checker(rules, on, place, DOSSIER_RULE)
        found = checker.check(self, "aip_dossier", conditions)
        if digitised:
            found += _digitised(self, place, found)
        if (
            self.start_date
            and self.end_date
            and self.start_date.first_day() > self.end_date.last_day()
        ):
            found.append(
                Finding(
                    DOSSIER_RULE,
                    "error",
                    place,
                    "Thời gian bắt đầu sau thời gian kết thúc.",
                    "Sửa một trong hai ngày.",
                    "startDate",
                    self.start_date.vietnamese(),
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDescription:
    """Tài liệu văn bản: the 19 elements of EAD_doc in AIP_hoso. Empty or None: not stated."""

    archive_file_code: str = ""
    access_level: str = ""
    language_codes: tuple[str, ...] = ()
    keywords: str = ""
    page_count: int | None = None
    physical_condition: str = ""
    info_symbol: str = ""
    reliability: str = ""
    note: str = ""
    record_archive_code: str = ""
    ordinal: int | None = None
    record_type: str = ""
    number: str = ""
    symbol: str = ""
    issued_on: PartialDate | None = None
    issuer: str = ""
    subject: str = ""
    handwriting: str = ""
    has_process_file: bool | None = None

    def check(
        self, rules: Rules, on: date, *, digitised: bool, place: str = "EAD_doc.xml"
    ) -> list[Finding]:
        """Return what is wrong by the rules in force on `on` (see `DossierDescription.check`)."""
        conditions = {
            "digitised": digitised,
            "backup": False,
            "on_system": self.reliability in (_BORN_DIGITAL, _MIXED),
        }
        return _Checker(rules, on, place, DOCUMENT_RULE).check(self, "aip_document", conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DipDescription(DocumentDescription):
    """Tài liệu in a DIP: the 20 elements of its EAD_doc; there `organName` has no place (RM-813).

    `ordinal` is the place in the package and no element.
    """

    record_id: str = ""
    retention_code: str = ""
    backup_required: bool | None = None
    backup_status: str = ""

    def check(
        self, rules: Rules, on: date, *, digitised: bool, place: str = "EAD_doc.xml"
    ) -> list[Finding]:
        """Return what is wrong by the rules in force on `on` (see `DossierDescription.check`)."""
        conditions = {
            "digitised": digitised,
            "backup": self.backup_required is True,
            "on_system": self.reliability in (_BORN_DIGITAL, _MIXED),
        }
        found = _Checker(rules, on, place, DOCUMENT_RULE).check(self, "dip_document", conditions)
        # TT05 composes codes of 26 characters where it leaves room for 25: told, never cut.
        return [
            replace(one, severity="warning") if one.field == "docId" and one.value else one
            for one in found
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDescription:
    """Yêu cầu khai thác: the 7 elements of EAD.xml in a DIP. Empty or None: not stated."""

    request_code: str = ""
    requested_on: PartialDate | None = None
    purpose_code: str = ""
    purpose_text: str = ""
    fee_class: str = ""
    research_topic: str = ""
    note: str = ""

    def check(self, rules: Rules, on: date, *, place: str = "EAD.xml") -> list[Finding]:
        """Return what is wrong by the rules in force on `on`."""
        return _Checker(rules, on, place, REQUEST_RULE).check(self, "dip_request", {})


Description = DossierDescription | DocumentDescription | RequestDescription


def to_text(value: Value) -> str:
    """Return a value as the XML element holds it: dates DD/MM/YYYY, flags 1/0, codes by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, PartialDate):
        return value.vietnamese()
    return str(value)


def from_text(text: str, kind: str, *, many: bool = False) -> Value:
    """Return the value of an element's text. Raises ValueError for an impossible date, number or
    flag; text is kept as it is."""
    if kind == "string":
        return tuple(part for part in _SEPARATOR.split(text) if part) if many else text
    stripped = text.strip()
    if not stripped:
        return None
    if kind == "number":
        if not (stripped.isascii() and stripped.isdigit() and len(stripped) <= 18):
            raise ValueError(text)
        return int(stripped)
    if kind == "boolean":
        return {"1": True, "0": False, "true": True, "false": False}[stripped.lower()]
    return parse_date(stripped)


class _Checker:
    def __init__(self, rules: Rules, on: date, place: str, rule: str) -> None:
        self.rules = rules
        self.on = on
        self.place = place
        self.rule = rule

    def check(
        self, description: Description, field_set: str, conditions: dict[str, bool]
    ) -> list[Finding]:
        found: list[Finding] = []
        for element in self.rules.fields(field_set, self.on):
            value: Value = getattr(description, element.identifier)
            text = to_text(value)
            if not text.strip():
                found += self._missing(element, conditions)
                continue
            position = forbidden_character(text)
            if position is not None:
                found.append(
                    self._finding(
                        element,
                        text,
                        f"có ký tự điều khiển U+{ord(text[position]):04X}",
                        "Xóa ký tự đó.",
                    )
                )
            if element.max_length is not None and len(text) > element.max_length:
                found.append(
                    self._finding(
                        element,
                        text,
                        f"dài {len(text)} ký tự, quá {element.max_length}",
                        "Rút gọn; phần còn lại ghi vào Ghi chú.",
                    )
                )
            found += self._value(element, value, text)
        return found

    def _missing(self, element: Field, conditions: dict[str, bool]) -> list[Finding]:
        if element.obligation == "mandatory":
            return [self._finding(element, "", "còn trống", "Nhập thông tin bắt buộc này.")]
        if element.obligation == "conditional" and conditions[element.condition or ""]:
            why = {
                "digitised": "bắt buộc với hồ sơ số hóa",
                "backup": "bắt buộc khi có chế độ dự phòng",
                "on_system": "bắt buộc khi mức độ tin cậy là 01 hoặc 03",
            }[element.condition or ""]
            rule = "AR-52" if element.condition == "digitised" else self.rule
            return [self._finding(element, "", f"còn trống, {why}", "Nhập thông tin này.", rule)]
        return []

    def _value(self, element: Field, value: Value, text: str) -> list[Finding]:
        if element.code_list is not None:
            known = {code.code for code in self.rules.codes(element.code_list, self.on)}
            given: Collection[str] = value if isinstance(value, tuple) else (text,)
            return [
                self._finding(
                    element, code, f"mã “{short(code)}” không có trong danh mục", "Chọn lại mã."
                )
                for code in given
                if code not in known
            ]
        if element.precision == "day" and isinstance(value, PartialDate) and value.day is None:
            # A day that nobody can read must not be made up: told, but no error (decision 002).
            imprecise = self._finding(
                element, text, "chưa đủ ngày, tháng, năm", "Bổ sung ngày, tháng nếu đọc được."
            )
            return [replace(imprecise, severity="warning")]
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            return [self._finding(element, text, "là số âm", "Nhập số không âm.")]
        if element.name == "docOrdinal" and value == 0:
            return [self._finding(element, text, "phải từ 1 trở lên", "Nhập số thứ tự.")]
        return []

    def _finding(
        self, element: Field, value: str, what: str, fix: str, rule: str | None = None
    ) -> Finding:
        return Finding(
            rule or self.rule,
            "error",
            self.place,
            f"{element.vi} ({element.name}) {what}.",
            fix,
            element.name,
            short(value),
        )


def _digitised(
    dossier: DossierDescription, place: str, found: Collection[Finding]
) -> list[Finding]:
    more: list[Finding] = []
    if not dossier.physical_condition and not any(f.field == "format" for f in found):
        more.append(
            Finding(
                "AR-52",
                "error",
                place,
                "Tình trạng vật lý (format) còn trống, bắt buộc với hồ sơ số hóa.",
                "Chọn 01 tốt, 02 bình thường hoặc 03 hỏng.",
                "format",
            )
        )
    if dossier.reliability not in (_DIGITISED, _MIXED):
        more.append(
            Finding(
                "AR-52",
                "error",
                place,
                "Hồ sơ số hóa phải có mức độ tin cậy 02 (số hóa) hoặc 03 (hỗn hợp).",
                "Đặt mức độ tin cậy là 02.",
                "confidenceLevel",
                short(dossier.reliability),
            )
        )
    return more
