"""Records for tests: dossiers with documents made through the real actions from small made PDFs."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from tangthu.archive.models import Fonds
    from tangthu.identity.acting import Acting
    from tangthu.records.models import ContentFile, Document, Dossier
    from tangthu.repository.models import Package
    from tests.support.house import TestHouse

PUBLIC, CONDITIONAL = "01", "02"
SECRET_WORDS = "Kyluatnoibo"


@dataclass(slots=True)
class MadeDossier:
    """A dossier as it stands, its documents in order, and the bytes of each document's file."""

    dossier: Dossier
    documents: list[Document] = field(default_factory=list)
    files: list[ContentFile] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)


def small_pdf(lines: Sequence[str], pages: int = 1) -> bytes:
    """A PDF with some ASCII lines on each of its pages."""
    document = pikepdf.new()
    for number in range(1, pages + 1):
        page = document.add_blank_page(page_size=(595, 842))
        text = "".join(f"({line}, trang {number}) Tj 0 -20 Td " for line in lines)
        page.Contents = document.make_stream(f"BT /F1 14 Tf 72 760 Td {text}ET".encode("ascii"))
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                )
            )
        )
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def keep(house: TestHouse, data: bytes) -> str:
    """Put bytes into the working store; returns their digest."""
    from tangthu.kernel.stores import FolderStore, content_key

    digest = hashlib.sha256(data).hexdigest()
    FolderStore(house.home.working).put(content_key(digest), [data], sha256=digest)
    return digest


def open_a_fonds(acting: Acting, body: Any, code: str = "G01") -> Fonds:
    """A fonds of the body."""
    from tangthu.archive.actions.open_fonds import open_fonds

    return open_fonds(
        acting,
        body,
        code=code,
        name=f"Phông {body.short_name}",
        agency_code=body.code,
        creator_history="Thành lập năm 2005.",
        date_range="2005 – 2024",
        main_groups="Văn bản đi; hồ sơ việc",
    )


def make_dossier(
    house: TestHouse,
    username: str = "cuc",
    *,
    number: str = "01",
    title: str = "Tập lưu quyết định năm 2010",
    access: str = PUBLIC,
    documents: Sequence[dict[str, Any]] = ({},),
    declared: int | None = None,
    pages: int = 1,
    inventory: str = "01",
) -> MadeDossier:
    """A dossier of the archivist's body; each mapping overrides one document's description.

    Pages carry the words of the document's number, so that full text finds them.
    """
    from tangthu.archive.actions.open_fonds import inventory_of
    from tangthu.archive.searchables import reindex_dossiers
    from tangthu.identity.queries import bodies
    from tangthu.records.actions.create_dossier import create_dossier
    from tangthu.records.models import ContentFile, Dossier

    acting = house.acting(username)
    body = bodies(acting.viewer).get()
    code = f"{body.archive_code}.{body.code}.2010.{number}"
    contents: list[bytes] = []
    new_documents = []
    for ordinal, given in enumerate(documents, start=1):
        data = small_pdf([f"Van ban so {ordinal} ho so {number}"], pages)
        contents.append(data)
        new_documents.append(_new_document(house, code, ordinal, given, data, pages, access))
    new = _new_dossier(code, title, access, new_documents, declared, pages)
    fonds = _fonds_of(acting, body)
    dossier = create_dossier(acting, body, new)
    _place(acting, dossier, inventory_of(acting, fonds, inventory), number)
    keep_page_texts(new_documents)
    reindex_dossiers([dossier.id])
    files = list(ContentFile.objects.filter(document__in=[d.id for d in new_documents]))
    order = [d.id for d in new_documents]
    files.sort(key=lambda file: order.index(file.document_id))
    made = [membership.document for membership in dossier.memberships.order_by("ordinal")]
    return MadeDossier(Dossier.objects.get(pk=dossier.pk), made, files, contents)


def _new_document(
    house: TestHouse,
    code: str,
    ordinal: int,
    given: dict[str, Any],
    data: bytes,
    pages: int,
    access: str,
) -> Any:
    from tangthu.records.actions.new_records import NewDocument, NewFile

    description = {
        "record_archive_code": f"{code}.{ordinal:07d}",
        "record_type": "02",
        "type_text": "Quyết định",
        "number": str(ordinal),
        "symbol": "QĐ-CCATVSTP",
        "issued_on": "2010-02-04",
        "issuer": "Chi cục An toàn vệ sinh thực phẩm",
        "subject": f"Về việc thanh lý tài sản, lần {ordinal}",
        "language_codes": ["01"],
        "page_count": pages,
        "access_level": access,
        "reliability": "02",
        "physical_condition": "02",
        "retention_code": "01",
        **given,
    }
    file = NewFile(
        id=uuid.uuid4(),
        name=f"{code}.{ordinal:03d}.pdf".encode(),
        size=len(data),
        sha256=keep(house, data),
        media_type="application/pdf",
        format_id="fmt/276",
        format_name="Acrobat PDF 1.7",
        page_count=pages,
    )
    return NewDocument(uuid.uuid4(), ordinal, description, [file])


def _new_dossier(
    code: str,
    title: str,
    access: str,
    documents: Sequence[Any],
    declared: int | None,
    pages: int,
) -> Any:
    from tangthu.records.actions.new_records import NewDossier

    description = {
        "file_code": code.split(".", 3)[-1],
        "archive_file_code": code,
        "title": title,
        "retention_code": "01",
        "access_level": access,
        "language_codes": ["01"],
        "start_date": "2010-01",
        "end_date": "2010-12",
        "record_count": len(documents),
        "declared_record_count": declared,
        "sheet_count": len(documents) * pages,
        "page_count": len(documents) * pages,
        "physical_condition": "02",
        "reliability": "02",
        "paper_file_code": "001.03.08.hop01.01",
    }
    return NewDossier(uuid.uuid4(), description, documents, "đợt số hóa thử", digitised=True)


def _fonds_of(acting: Acting, body: Any) -> Fonds:
    from tangthu.archive.models import Fonds

    return Fonds.objects.filter(body=body).first() or open_a_fonds(acting, body)


def _place(acting: Acting, dossier: Dossier, inventory: Any, number: str) -> None:
    from django.db import transaction

    from tangthu.archive.models import Place
    from tangthu.ledger.record import Event, record

    with transaction.atomic():
        Place(dossier=dossier, inventory=inventory, box="01", number=number).save()
        record(
            Event(
                kind="archive.dossier.placed",
                obj=dossier.pk,
                body=dossier.body_id,
                actor=acting.actor(dossier.body_id),
                detail={"inventory": inventory.code, "box": "01", "number": number, "fonds": "G01"},
            )
        )


def keep_page_texts(documents: Sequence[Any]) -> None:
    """Text layers as capture would keep them: each page names its document."""
    from tangthu.capture.actions.keep_texts import keep_texts

    keep_texts(
        {
            document.files[0].id: [
                f"{document.description['subject']} trang số {page}"
                for page in range(1, document.files[0].page_count + 1)
            ]
            for document in documents
        }
    )


def signed_events() -> int:
    """Let the integrator bring every pending event into the log and under a signature."""
    from tangthu.ledger.integrator import run_once

    return run_once()


def change_dossier(
    house: TestHouse, dossier: Dossier, username: str = "cuc", **values: Any
) -> None:
    """Change a dossier's description through the real action."""
    from tangthu.archive.actions.describe_record import describe_dossier, digest_of

    dossier.refresh_from_db()
    describe_dossier(house.acting(username), dossier.pk, values, expected=digest_of(dossier))


def sealed_package(house: TestHouse, made: MadeDossier, username: str = "") -> Package:
    """Seal a dossier now, as an archivist of its body; returns its package."""
    from tangthu.archive.actions.seal_dossier import queue_sealing
    from tangthu.kernel.jobs import execute
    from tangthu.repository.models import Package

    own = house.body("H30.81").id == made.dossier.body_id
    acting = house.acting(username or ("cuc" if own else "nga"))
    job = execute(queue_sealing(acting, made.dossier.pk).id)
    assert job.state == "done", f"{job.message} {job.hint}"
    return Package.objects.get(dossier_id=made.dossier.pk)
