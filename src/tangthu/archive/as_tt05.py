"""Records as TT05 describes them: from columns to the elements of packages and checks."""

from __future__ import annotations

from tangthu.records.levels import NOBODYS, degree_of
from tangthu.records.models import Document, Dossier
from tangthu.records.queries import effective_level
from tangthu.standards.tt05.descriptions import (
    DipDescription,
    DocumentDescription,
    DossierDescription,
)
from tangthu.standards.vietnamese.dates import DateError, PartialDate, from_iso


def partial(iso: str) -> PartialDate | None:
    """A record's partial ISO date; None for "" and for what was never a date."""
    try:
        return from_iso(iso)
    except DateError:
        return None


def dossier_description(dossier: Dossier) -> DossierDescription:
    """The 18 elements of EAD.xml from the record."""
    return DossierDescription(
        archive_file_code=dossier.archive_file_code,
        title=dossier.title,
        retention_code=dossier.retention_code,
        access_level=dossier.access_level,
        language_codes=tuple(dossier.language_codes),
        start_date=partial(dossier.start_date),
        end_date=partial(dossier.end_date),
        keywords=dossier.keywords,
        record_count=dossier.record_count,
        sheet_count=dossier.sheet_count,
        page_count=dossier.page_count,
        physical_condition=dossier.physical_condition,
        info_symbol=dossier.info_symbol,
        reliability=dossier.reliability,
        paper_file_code=dossier.paper_file_code,
        backup_required=dossier.backup_required,
        backup_status=dossier.backup_status,
        note=dossier.note,
    )


def document_description(dossier: Dossier, document: Document, ordinal: int) -> DocumentDescription:
    """The 19 elements of EAD_doc from the record."""
    return DocumentDescription(
        archive_file_code=dossier.archive_file_code,
        access_level=document.access_level,
        language_codes=tuple(document.language_codes),
        keywords=document.keywords,
        page_count=document.page_count,
        physical_condition=document.physical_condition,
        info_symbol=document.info_symbol,
        reliability=document.reliability,
        note=document.note,
        record_archive_code=document.record_archive_code,
        ordinal=ordinal,
        record_type=document.record_type,
        number=document.number,
        symbol=document.symbol,
        issued_on=partial(document.issued_on),
        issuer=document.issuer,
        subject=document.subject,
        handwriting=document.handwriting,
        has_process_file=document.has_process_file,
    )


def dip_description(dossier: Dossier, document: Document, number: int) -> DipDescription:
    """The 20 elements of EAD_doc in a DIP from the record; `number`: its place in the package.

    The archive gives documents no identifier of their own beside their code: `docId` is the code
    without the archive's part.
    """
    code = document.record_archive_code
    level = effective_level(document)
    return DipDescription(
        ordinal=number,
        record_id=code.removeprefix(f"{dossier.body.archive_code}."),
        record_archive_code=code,
        retention_code=document.retention_code,
        record_type=document.record_type,
        number=document.number,
        symbol=document.symbol,
        issued_on=partial(document.issued_on),
        subject=document.subject,
        language_codes=tuple(document.language_codes),
        page_count=document.page_count,
        info_symbol=document.info_symbol,
        keywords=document.keywords,
        # The mode that really holds: a secret of any degree is 03 in TT05.
        access_level=NOBODYS if degree_of(level) else level,
        reliability=document.reliability,
        handwriting=document.handwriting,
        physical_condition=document.physical_condition,
        backup_required=dossier.backup_required,
        backup_status=dossier.backup_status if dossier.backup_required else "",
        has_process_file=document.has_process_file,
        note=document.note,
    )
