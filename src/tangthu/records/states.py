"""The canonical metadata of a record, whose digest every event about it carries (IN-12 `state`)."""

from __future__ import annotations

from typing import Any

from tangthu.records.models import Document, Dossier

DOSSIER_FIELDS = (
    "file_code", "archive_file_code", "title", "retention_code", "retention_years", "access_level",
    "language_codes", "start_date", "end_date", "keywords", "record_count",
    "declared_record_count", "sheet_count", "page_count", "physical_condition", "info_symbol",
    "reliability", "paper_file_code", "backup_required", "backup_status", "note", "extra",
    "secrecy", "sensitivity",
)  # fmt: skip
DOCUMENT_FIELDS = (
    "record_archive_code", "record_type", "type_text", "number", "symbol", "issued_on", "issuer",
    "subject", "language_codes", "page_count", "info_symbol", "keywords", "access_level",
    "reliability", "handwriting", "physical_condition", "has_process_file", "retention_code",
    "note", "extra", "secrecy", "sensitivity",
)  # fmt: skip


def _canonical(record: Dossier | Document, fields: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in fields}
    values["custody"] = record.custody
    values["body"] = str(record.body_id)
    values["id"] = str(record.id)
    # The canonical form has no null: a value that is not there is left out (IN-10). Extra
    # metadata has free labels, which canonical keys cannot be: it goes in as pairs.
    values["extra"] = [[label, value] for label, value in sorted(record.extra.items())]
    return {name: value for name, value in values.items() if value is not None}


def dossier_state(dossier: Dossier) -> tuple[str, dict[str, Any]]:
    """Schema name and canonical metadata of a dossier as it stands."""
    return "records.dossier/1", _canonical(dossier, DOSSIER_FIELDS)


def document_state(document: Document) -> tuple[str, dict[str, Any]]:
    """Schema name and canonical metadata of a document as it stands."""
    return "records.document/1", _canonical(document, DOCUMENT_FIELDS)
