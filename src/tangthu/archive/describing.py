"""From a ready dossier of a batch to the columns of its records."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tangthu.archive.batch.describe import document_description, dossier_description
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.model import ReadyDocument, ReadyDossier
from tangthu.archive.batch.rows import Value
from tangthu.kernel.deployment import isolated
from tangthu.records.actions.new_records import NewDocument
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.vietnamese.dates import PartialDate

DIGITISED, MIXED = "02", "03"
# What an index may say of a document and no column of records.Document holds.
HOMELESS = ("doc_code", "doc_id", "first_sheet", "medium")


def native(path: bytes) -> Path:
    """A path given in bytes."""
    return Path(os.fsdecode(path))


def text_of(values: Mapping[str, Value], name: str) -> str:
    """The text of a value, "" if it is not there."""
    value = values.get(name)
    return value.value if value is not None else ""


def ordinal(one: ReadyDocument) -> int:
    """Place of a document in its dossier."""
    return int(text_of(one.values, "ordinal"))


def inventory_code(ready: ReadyDossier) -> str:
    """Number of the inventory (mục lục); a batch without one goes into inventory 01."""
    return text_of(ready.values, "inventory") or "01"


def is_digitised(ready: ReadyDossier) -> bool:
    """Whether the dossier was scanned from paper (mức độ tin cậy 02, or 03 in part)."""
    return text_of(ready.values, "confidence") in {DIGITISED, MIXED}


def iso(date: PartialDate | None) -> str:
    """A partial date as the records keep it: 2010, 2010-02 or 2010-02-04; "" for none."""
    return "" if date is None else str(date)


def dossier_columns(ready: ReadyDossier, new: Sequence[NewDocument]) -> dict[str, Any]:
    """Columns of records.Dossier; counts are of the documents that are here."""
    described: DossierDescription = dossier_description(ready)
    code = described.archive_file_code
    return {
        "file_code": code.removeprefix(f"{text_of(ready.values, 'archive_code')}."),
        "archive_file_code": code,
        "title": described.title,
        "retention_code": described.retention_code,
        "access_level": described.access_level,
        "language_codes": list(described.language_codes),
        "start_date": iso(described.start_date),
        "end_date": iso(described.end_date),
        "keywords": described.keywords,
        "record_count": len(new),
        "declared_record_count": ready.declared_documents,
        "sheet_count": described.sheet_count,
        "page_count": sum(item.description["page_count"] for item in new),
        "physical_condition": described.physical_condition,
        "info_symbol": described.info_symbol,
        "reliability": described.reliability,
        "paper_file_code": described.paper_file_code,
        "backup_required": bool(described.backup_required),
        "backup_status": described.backup_status,
        "note": described.note,
        **_secrecy(text_of(ready.values, "secrecy")),
    }


def _secrecy(degree: str) -> dict[str, Any]:
    """The degree that the index states; it fixes the access level (AR-128)."""
    return {"secrecy": degree, "access_level": "03"} if degree and isolated() else {}


def document_columns(ready: ReadyDossier, one: ReadyDocument) -> dict[str, Any]:
    """Columns of records.Document."""
    described: DocumentDescription = document_description(ready, one)
    # A document that says nothing of its access has that of its dossier, and with it the degree.
    inherited = text_of(ready.values, "secrecy") if described.access_level == "03" else ""
    return {
        "record_archive_code": described.record_archive_code,
        "record_type": described.record_type,
        "type_text": _type_as_written(one),
        "number": described.number,
        "symbol": described.symbol,
        "issued_on": iso(described.issued_on),
        "issuer": described.issuer,
        "subject": described.subject,
        "language_codes": list(described.language_codes),
        "page_count": described.page_count or 0,
        "info_symbol": described.info_symbol,
        "keywords": described.keywords,
        "access_level": described.access_level,
        "reliability": described.reliability,
        "handwriting": described.handwriting,
        "physical_condition": described.physical_condition,
        "has_process_file": bool(described.has_process_file),
        "retention_code": text_of(one.values, "retention") or text_of(ready.values, "retention"),
        "note": described.note,
        "extra": _homeless(one) | dict(one.extras),
        **_secrecy(text_of(one.values, "secrecy") or inherited),
    }


def _homeless(one: ReadyDocument) -> dict[str, str]:
    """Values of known headings without a column, by their labels: like those of unknown ones."""
    return {
        BY_KEY[f"document.{name}"].label: one.values[name].raw
        for name in HOMELESS
        if name in one.values
    }


def _type_as_written(one: ReadyDocument) -> str:
    """The words that the index gives for the type; "" where a code was proposed or chosen."""
    told = one.values.get("type")
    return told.raw if told is not None and told.raw != told.value else ""
