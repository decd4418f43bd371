"""A record's description as TT05 sees it, and what its rules find wrong with it.

What stood wrong before does not hinder a person from mending something else: a finding blocks only
if the change brings it about; what was already there is shown as a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangthu.records.models import Document, Dossier, Membership
from tangthu.standards.rules import RuleSet
from tangthu.standards.tt05.dates import PartialDate
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.tt05.findings import Finding

DIGITISED = "02"
_LEVELS: dict[type, str] = {Dossier: "aip_dossier", Document: "aip_document"}


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings by field identifier: those that block the change, and those that stood before."""

    blocking: Mapping[str, list[str]]
    standing: Mapping[str, list[str]]


def findings(record: Dossier | Document, on: date) -> dict[str, list[str]]:
    """What the rules in force on `on` find wrong with a description, by field identifier."""
    rules = RuleSet.packaged()
    names = {field.name: field.identifier for field in rules.fields(_LEVELS[type(record)], on)}
    found: dict[str, list[str]] = {}
    for finding in _check(record, rules, on):
        identifier = names.get(finding.field, "")
        found.setdefault(identifier, []).append(f"{finding.message} {finding.fix}".strip())
    return found


def judge(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> Judged:
    """Part the findings after a change into those it brings about and those that stood before."""
    blocking: dict[str, list[str]] = {}
    standing: dict[str, list[str]] = {}
    for identifier, sentences in after.items():
        for sentence in sentences:
            old = sentence in before.get(identifier, [])
            (standing if old else blocking).setdefault(identifier, []).append(sentence)
    return Judged(blocking, standing)


def _check(record: Dossier | Document, rules: RuleSet, on: date) -> list[Finding]:
    if isinstance(record, Dossier):
        return _dossier(record).check(rules, on, digitised=record.reliability == DIGITISED)
    return _document(record).check(rules, on, digitised=record.reliability == DIGITISED)


def _dossier(record: Dossier) -> DossierDescription:
    return DossierDescription(
        archive_file_code=record.archive_file_code,
        title=record.title,
        retention_code=record.retention_code,
        access_level=record.access_level,
        language_codes=tuple(record.language_codes),
        start_date=_date(record.start_date),
        end_date=_date(record.end_date),
        keywords=record.keywords,
        record_count=record.record_count,
        sheet_count=record.sheet_count,
        page_count=record.page_count,
        physical_condition=record.physical_condition,
        info_symbol=record.info_symbol,
        reliability=record.reliability,
        paper_file_code=record.paper_file_code,
        backup_required=record.backup_required,
        backup_status=record.backup_status,
        note=record.note,
    )


def _document(record: Document) -> DocumentDescription:
    place = Membership.objects.filter(document=record).select_related("dossier").first()
    return DocumentDescription(
        archive_file_code=place.dossier.archive_file_code if place else "",
        access_level=record.access_level,
        language_codes=tuple(record.language_codes),
        keywords=record.keywords,
        page_count=record.page_count,
        physical_condition=record.physical_condition,
        info_symbol=record.info_symbol,
        reliability=record.reliability,
        note=record.note,
        record_archive_code=record.record_archive_code,
        ordinal=place.ordinal if place else None,
        record_type=record.record_type,
        number=record.number,
        symbol=record.symbol,
        issued_on=_date(record.issued_on),
        issuer=record.issuer,
        subject=record.subject,
        handwriting=record.handwriting,
        has_process_file=record.has_process_file,
    )


def _date(iso: str) -> PartialDate | None:
    """A stored partial date; None for none and for what was never a date."""
    try:
        year, *rest = (int(part) for part in iso.split("-"))
        return PartialDate(year, *rest)
    except ValueError:
        return None


def as_text(value: Any) -> str:
    """A value as an event tells it: plain text, codes by commas, flags as 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
