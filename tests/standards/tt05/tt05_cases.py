"""A small digitised file with documents, as the tests of TT05 packages use it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from tangthu.standards.premis import Agent, Event, Identifier, Link
from tangthu.standards.rules import RuleSet
from tangthu.standards.tt05 import aip_hoso
from tangthu.standards.tt05.dates import VIETNAM
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.tt05.materialise import materialise
from tangthu.standards.tt05.package import ContentFile, Package, PackagedDocument
from tangthu.standards.tt05.premis_files import package_creation
from tangthu.standards.vietnamese.dates import PartialDate

PACKAGE_ID = UUID("9c13e70e-4b1e-4f7b-9d0e-2f6c5a1b7d10")
ARCHIVE = "000.00.01.H49"
FILE_CODE = "H49.64.33.2001.160"
ARC_FILE_CODE = f"{ARCHIVE}.{FILE_CODE}"
WHEN = datetime(2026, 11, 22, 10, 30, 15, 123000, tzinfo=VIETNAM)
SOFTWARE = Identifier("software", "tangthu")
RULES = RuleSet.packaged()


def dossier(**changes: object) -> DossierDescription:
    base = DossierDescription(
        archive_file_code=ARC_FILE_CODE,
        title="Hồ sơ về việc xây dựng trụ sở Ủy ban nhân dân xã",
        retention_code="01",
        access_level="01",
        language_codes=("01", "03"),
        start_date=PartialDate(2001, 3),
        end_date=PartialDate(2001, 12, 31),
        keywords="trụ sở",
        record_count=2,
        sheet_count=5,
        page_count=9,
        physical_condition="02",
        reliability="02",
        paper_file_code="000.00.01.H49.K4-01-02.160",
        backup_required=True,
        backup_status="02",
        note="Người lập: văn thư",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def document(ordinal: int = 1, /, **changes: object) -> DocumentDescription:
    base = DocumentDescription(
        archive_file_code=ARC_FILE_CODE,
        access_level="01",
        language_codes=("01",),
        page_count=3,
        physical_condition="01",
        reliability="02",
        record_archive_code=f"{FILE_CODE}.{ordinal:07d}",
        ordinal=ordinal,
        record_type="02",
        number="123",
        symbol="QĐ-UBND",
        issued_on=PartialDate(2001, 4, 5),
        issuer="Ủy ban nhân dân tỉnh",
        subject=f"V/v giao đất & <xây dựng> số {ordinal}",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def content(data: bytes, name: str, **changes: object) -> ContentFile:
    base = ContentFile(
        source=data,
        original_name=name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="application/pdf",
        format_name="Acrobat PDF/A - Portable Document Format",
        format_version="2b",
        pronom_id="fmt/477",
        created=WHEN,
        pages=3,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def packaged(ordinal: int, *files: ContentFile, **changes: object) -> PackagedDocument:
    given = files or (
        content(f"%PDF-1.7 tài liệu {ordinal}".encode(), f"Công văn số {ordinal}.pdf"),
    )
    return PackagedDocument(description=document(ordinal, **changes), files=given)


def events() -> tuple[Event, ...]:
    digitised = Event(
        identifier=Identifier("UUID", "0192F0B1-0000-7000-8000-000000000001"),
        type="transfer",
        when="2026-11-20T08:00:00.000+07:00",
        detail="Số hóa 300 dpi",
        outcome="success",
        agents=(Link(SOFTWARE, ("executing program",)),),
    )
    made = package_creation(
        PACKAGE_ID,
        UUID("0192f0b1-0000-7000-8000-000000000002"),
        WHEN,
        (Link(SOFTWARE, ("executing program",)),),
    )
    return (digitised, made)


def package(*documents: PackagedDocument, **changes: object) -> Package:
    given = documents or (packaged(1), packaged(2))
    base = Package(
        id=PACKAGE_ID,
        dossier=dossier(record_count=len(given)),
        documents=given,
        fonds_code="H49.64.33",
        organisation="Lưu trữ lịch sử tỉnh",
        software=("Tàng Thư", "0.1.0"),
        created=WHEN,
        modified=WHEN,
        events=events(),
        agents=(Agent((SOFTWARE,), "Tàng Thư", "software", "0.1.0"),),
        digitised=True,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def build(folder: Path, made: Package | None = None) -> Path:
    """Plan a package and carry it out below `folder`; return the package's folder."""
    work = folder / "work"
    work.mkdir(parents=True)
    return materialise(aip_hoso.plan(made or package(), work, RULES), folder / "out")
