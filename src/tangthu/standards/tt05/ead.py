"""EAD.xml and EAD_doc_*.xml of TT05: a flat `<simpledc>` list, not EAD 2002 or EAD3 (AR-61)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal, TypeVar

from tangthu.standards.tt05.descriptions import (
    DOCUMENT_RULE,
    DOSSIER_RULE,
    REQUEST_RULE,
    DipDescription,
    DocumentDescription,
    DossierDescription,
    RequestDescription,
    Value,
    from_text,
    to_text,
)
from tangthu.standards.tt05.findings import Finding, short
from tangthu.standards.xml import XmlSource, XmlWriter, local_name, parse

XSI = "http://www.w3.org/2001/XMLSchema-instance"
Kind = Literal["string", "number", "date", "boolean"]

# Element, attribute of the description, kind; in the order of PL I.
DOSSIER_ELEMENTS: tuple[tuple[str, str, Kind], ...] = (
    ("arcFileCode", "archive_file_code", "string"),
    ("title", "title", "string"),
    ("maintenance", "retention_code", "string"),
    ("mode", "access_level", "string"),
    ("language", "language_codes", "string"),
    ("startDate", "start_date", "date"),
    ("endDate", "end_date", "date"),
    ("keyword", "keywords", "string"),
    ("totalDoc", "record_count", "number"),
    ("numberOfPaper", "sheet_count", "number"),
    ("numberOfPage", "page_count", "number"),
    ("format", "physical_condition", "string"),
    ("inforSign", "info_symbol", "string"),
    ("confidenceLevel", "reliability", "string"),
    ("paperFileCode", "paper_file_code", "string"),
    ("riskRecovery", "backup_required", "boolean"),
    ("riskRecoveryStatus", "backup_status", "string"),
    ("description", "note", "string"),
)
DOCUMENT_ELEMENTS: tuple[tuple[str, str, Kind], ...] = (
    ("arcFileCode", "archive_file_code", "string"),
    ("mode", "access_level", "string"),
    ("language", "language_codes", "string"),
    ("keyword", "keywords", "string"),
    ("numberOfPage", "page_count", "number"),
    ("format", "physical_condition", "string"),
    ("inforSign", "info_symbol", "string"),
    ("confidenceLevel", "reliability", "string"),
    ("description", "note", "string"),
    ("docCode", "record_archive_code", "string"),
    ("docOrdinal", "ordinal", "number"),
    ("typeName", "record_type", "string"),
    ("codeNumber", "number", "string"),
    ("codeNotation", "symbol", "string"),
    ("issuedDate", "issued_on", "date"),
    ("organName", "issuer", "string"),
    ("subject", "subject", "string"),
    ("autograph", "handwriting", "string"),
    ("process", "has_process_file", "boolean"),
)
# A DIP states of a document what a SIP does, with arcDocCode for docCode and no organName (RM-813).
DIP_DOCUMENT_ELEMENTS: tuple[tuple[str, str, Kind], ...] = (
    ("docId", "record_id", "string"),
    ("arcDocCode", "record_archive_code", "string"),
    ("maintenance", "retention_code", "string"),
    ("typeName", "record_type", "string"),
    ("codeNumber", "number", "string"),
    ("codeNotation", "symbol", "string"),
    ("issuedDate", "issued_on", "date"),
    ("subject", "subject", "string"),
    ("language", "language_codes", "string"),
    ("numberOfPage", "page_count", "number"),
    ("inforSign", "info_symbol", "string"),
    ("keyword", "keywords", "string"),
    ("mode", "access_level", "string"),
    ("confidenceLevel", "reliability", "string"),
    ("autograph", "handwriting", "string"),
    ("format", "physical_condition", "string"),
    ("riskRecovery", "backup_required", "boolean"),
    ("riskRecoveryStatus", "backup_status", "string"),
    ("process", "has_process_file", "boolean"),
    ("description", "note", "string"),
)
REQUEST_ELEMENTS: tuple[tuple[str, str, Kind], ...] = (
    ("requestID", "request_code", "string"),
    ("requestDate", "requested_on", "date"),
    ("purpose", "purpose_code", "string"),
    ("purposeContent", "purpose_text", "string"),
    ("feeObjectType", "fee_class", "string"),
    ("researchTopic", "research_topic", "string"),
    ("description", "note", "string"),
)
# Other names under which the same element is met (AR-60).
_ALIASES = {"fileCode": "arcFileCode", "arcDocCode": "docCode"}
_MANY = frozenset({"language_codes"})

_D = TypeVar("_D", DossierDescription, DocumentDescription, DipDescription, RequestDescription)


@dataclass(frozen=True, slots=True)
class EadReading:
    """What an EAD file says, and what in it could not be read as the value it should be."""

    description: DossierDescription | DocumentDescription | RequestDescription
    findings: tuple[Finding, ...]
    elements: tuple[str, ...]


def write_dossier(description: DossierDescription) -> bytes:
    """Return EAD.xml with all 18 elements. Raises `ForbiddenCharacterError`."""
    return _write(description, DOSSIER_ELEMENTS, "../../schemas/EAD.xsd")


def write_document(description: DocumentDescription) -> bytes:
    """Return an EAD_doc file with all 19 elements. Raises `ForbiddenCharacterError`."""
    return _write(description, DOCUMENT_ELEMENTS, "../../../../schemas/EAD_doc.xsd")


def write_dip_document(description: DipDescription) -> bytes:
    """Return an EAD_doc file of a DIP, all 20 elements. Raises `ForbiddenCharacterError`."""
    return _write(description, DIP_DOCUMENT_ELEMENTS, "../../../../schemas/EAD_doc.xsd")


def write_request(description: RequestDescription) -> bytes:
    """Return EAD.xml of a DIP with all 7 elements. Raises `ForbiddenCharacterError`."""
    return _write(description, REQUEST_ELEMENTS, "../../schemas/EAD.xsd")


def read_dossier(source: XmlSource, place: str = "EAD.xml") -> EadReading:
    """Read EAD.xml of a file, in any order and profile. Raises an `XmlError`."""
    values, findings, names = _read(source, DOSSIER_ELEMENTS, place, DOSSIER_RULE)
    return EadReading(DossierDescription(**values), findings, names)  # type: ignore[arg-type]


def read_document(source: XmlSource, place: str = "EAD_doc.xml") -> EadReading:
    """Read an EAD_doc file, in any order and profile. Raises an `XmlError`."""
    values, findings, names = _read(source, DOCUMENT_ELEMENTS, place, DOCUMENT_RULE)
    return EadReading(DocumentDescription(**values), findings, names)  # type: ignore[arg-type]


def read_dip_document(source: XmlSource, place: str = "EAD_doc.xml") -> EadReading:
    """Read an EAD_doc file of a DIP, in any order. Raises an `XmlError`."""
    values, findings, names = _read(source, DIP_DOCUMENT_ELEMENTS, place, DOCUMENT_RULE)
    return EadReading(DipDescription(**values), findings, names)  # type: ignore[arg-type]


def read_request(source: XmlSource, place: str = "EAD.xml") -> EadReading:
    """Read EAD.xml of a DIP, in any order. Raises an `XmlError`."""
    values, findings, names = _read(source, REQUEST_ELEMENTS, place, REQUEST_RULE)
    return EadReading(RequestDescription(**values), findings, names)  # type: ignore[arg-type]


def _write(description: _D, elements: tuple[tuple[str, str, Kind], ...], schema: str) -> bytes:
    out = io.BytesIO()
    attributes = {f"{{{XSI}}}noNamespaceSchemaLocation": schema}
    with XmlWriter(out, {"xsi": XSI}) as xml, xml.element("simpledc", attributes):
        for name, attribute, _ in elements:
            xml.leaf(name, to_text(getattr(description, attribute)))
    return out.getvalue()


def _read(
    source: XmlSource, elements: tuple[tuple[str, str, Kind], ...], place: str, rule: str
) -> tuple[dict[str, Value], tuple[Finding, ...], tuple[str, ...]]:
    root = parse(source)
    known = {name: (attribute, kind) for name, attribute, kind in elements}
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    names: list[str] = []

    def report(rule_id: str, name: str, text: str, message: str, fix: str) -> None:
        findings.append(Finding(rule_id, "error", place, message, fix, name, short(text)))

    if local_name(root.tag) != "simpledc":
        report(
            "AR-61",
            local_name(root.tag),
            "",
            "Phần tử gốc không phải simpledc.",
            "Tạo lại tệp theo Phụ lục I của Thông tư 05/2025/TT-BNV.",
        )
    for child in root:
        name = local_name(child.tag)
        name = name if name in known else _ALIASES.get(name, name)
        names.append(name)
        text = child.text or ""
        if len(child):
            report("AR-61", name, text, f"Phần tử {short(name)} có phần tử con.", "Bỏ phần tử con.")
        if name not in known:
            report(
                rule, name, text, f"Phần tử {short(name)} không thuộc bộ này.", "Bỏ phần tử này."
            )
            continue
        attribute, kind = known[name]
        if attribute in values:
            report(rule, name, text, f"Phần tử {name} lặp lại.", "Giữ một phần tử.")
            continue
        try:
            values[attribute] = from_text(text, kind, many=attribute in _MANY)
        except (ValueError, KeyError):
            report(
                rule,
                name,
                text,
                f"Giá trị “{short(text)}” của {name} không đọc được.",
                "Sửa giá trị.",
            )
    missing = [name for name in known if name not in names]
    for name in missing:
        report(rule, name, "", f"Thiếu phần tử {name}.", "Bổ sung phần tử, để trống nếu không có.")
    return values, tuple(findings), tuple(names)
