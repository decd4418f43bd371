"""A small DIP of two documents, as the tests of use packages take it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from tests.standards.tt05 import tt05_cases as cases

from tangthu.standards.premis import Event, Identifier, Link
from tangthu.standards.tt05 import dip
from tangthu.standards.tt05.dates import vietnam_time
from tangthu.standards.tt05.descriptions import DipDescription, RequestDescription
from tangthu.standards.tt05.materialise import materialise
from tangthu.standards.tt05.package import DipPackage, PackagedDocument
from tangthu.standards.vietnamese.dates import PartialDate

DIP_ID = UUID("5d1f4a62-8a3b-4c1e-9b0a-3f1f6f6f0a11")
AIP_OBJID = "urn:uuid:9C13E70E-4B1E-4F7B-9D0E-2F6C5A1B7D10"


def described(ordinal: int, **changes: object) -> DipDescription:
    base = DipDescription(
        record_id=f"H49.64.33.2001.160.{ordinal:05d}",
        record_archive_code=f"{cases.ARC_FILE_CODE}.{ordinal:07d}",
        ordinal=ordinal,
        retention_code="01",
        access_level="01",
        language_codes=("01",),
        page_count=3,
        reliability="02",
        record_type="02",
        number="123",
        symbol="QĐ-UBND",
        issued_on=PartialDate(2001, 4, 5),
        issuer="Ủy ban nhân dân tỉnh",
        subject=f"V/v giao đất & <xây dựng> số {ordinal}",
        backup_required=False,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def request(**changes: object) -> RequestDescription:
    base = RequestDescription(
        request_code="YC-2026-0001",
        requested_on=PartialDate(2026, 11, 22),
        purpose_code="02",
        purpose_text="Giải quyết khiếu nại về đất đai",
        fee_class="10",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def packaged(ordinal: int, **changes: object) -> PackagedDocument:
    return PackagedDocument(
        description=described(ordinal, **changes), files=cases.packaged(ordinal).files
    )


def package(*documents: PackagedDocument, **changes: object) -> DipPackage:
    handed = Event(
        identifier=Identifier("UUID", "0192F0B1-0000-7000-8000-000000000009"),
        type="dissemination",
        when=vietnam_time(cases.WHEN),
        detail="DIP",
        outcome="success",
        agents=(Link(cases.SOFTWARE, ("executing program",)),),
    )
    base = DipPackage(
        id=DIP_ID,
        request=request(),
        documents=documents or (packaged(1), packaged(2)),
        fonds_code="H49.64.33",
        organisation="Lưu trữ lịch sử tỉnh",
        software=("Tàng Thư", "0.1.0"),
        created=cases.WHEN,
        modified=cases.WHEN,
        events=(handed,),
        agents=cases.package().agents,
        sources=(AIP_OBJID,),
        origin="connected",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def build(folder: Path, made: DipPackage | None = None) -> Path:
    """Plan a DIP and carry it out below `folder`; return the package's folder."""
    work = folder / "work"
    work.mkdir(parents=True)
    return materialise(dip.plan(made or package(), work, cases.RULES), folder / "out")
