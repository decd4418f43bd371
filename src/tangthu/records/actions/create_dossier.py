"""Create a dossier with its documents and their content files, in one transaction.

The bytes must already lie in the working store, verified; this action only makes them records.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Event, record_many
from tangthu.records.models import ContentFile, Custody, Document, Dossier, Membership
from tangthu.records.states import document_state, dossier_state
from tangthu.standards.vietnamese import nfc


@dataclass(frozen=True, slots=True)
class NewFile:
    """A content file as received: its exact name in bytes, and the facts found in its bytes."""

    id: uuid.UUID
    name: bytes
    size: int
    sha256: str
    media_type: str = ""
    format_id: str = ""
    format_name: str = ""
    page_count: int = 0


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be made: its place, its description by field identifier, its files."""

    id: uuid.UUID
    ordinal: int
    description: Mapping[str, Any]
    files: Sequence[NewFile]


@dataclass(frozen=True, slots=True)
class NewDossier:
    """A dossier to be made: its description by field identifier and its documents in order."""

    id: uuid.UUID
    description: Mapping[str, Any]
    documents: Sequence[NewDocument]
    source: str
    digitised: bool


def create_dossier(acting: Acting, body: Body, new: NewDossier) -> Dossier:
    """Make the dossier, its documents and their files, each with its events.

    Runs inside the caller's transaction if there is one. Raises Refused for a viewer without
    `archive.import` at the body, and for a code that was used before (AR-36).
    """
    acting.require("archive.import", body.id)
    with transaction.atomic():
        code = str(new.description["archive_file_code"])
        if Dossier.objects.filter(archive_file_code=code).exists():
            raise Refused(_("Mã hồ sơ này đã được dùng."), hint=_("Kiểm tra lại số hồ sơ."))
        moment = clock.now()
        dossier = Dossier(
            id=new.id,
            body=body,
            custody=Custody.HISTORICAL,
            created_at=moment,
            **new.description,
        )
        dossier.save(force_insert=True)
        documents = [
            Document(
                id=item.id,
                body=body,
                custody=Custody.HISTORICAL,
                created_at=moment,
                **item.description,
            )
            for item in new.documents
        ]
        Document.objects.bulk_create(documents)
        Membership.objects.bulk_create(
            [
                Membership(dossier=dossier, document=document, ordinal=item.ordinal)
                for item, document in zip(new.documents, documents, strict=True)
            ]
        )
        _save_files(new.documents, documents)
        record_many(_events(acting, dossier, documents, new))
    return dossier


def _save_files(new: Sequence[NewDocument], documents: Sequence[Document]) -> None:
    files: list[ContentFile] = []
    for item, document in zip(new, documents, strict=True):
        for position, given in enumerate(item.files, start=1):
            file = ContentFile(
                id=given.id,
                document=document,
                position=position,
                name_bytes=given.name,
                name=nfc(os.fsdecode(given.name).encode("utf-8", "replace").decode("utf-8")),
                size=given.size,
                sha256=given.sha256,
                media_type=given.media_type,
                format_id=given.format_id,
                format_name=given.format_name,
                page_count=given.page_count,
            )
            files.append(file)
    ContentFile.objects.bulk_create(files)


def _events(
    acting: Acting, dossier: Dossier, documents: Sequence[Document], new: NewDossier
) -> list[Event]:
    actor = acting.actor(dossier.body_id)
    events = [
        Event(
            kind="records.dossier.created",
            obj=dossier.id,
            body=dossier.body_id,
            actor=actor,
            state=dossier_state(dossier),
            ref=dossier.archive_file_code,
            detail={
                "code": dossier.archive_file_code,
                "source": new.source,
                "documents": [str(document.id) for document in documents],
            },
        )
    ]
    for item, document in zip(new.documents, documents, strict=True):
        content = [
            {
                "id": f"f{position}",
                "alg": "sha-256",
                "h": file.sha256,
                "sz": file.size,
                "fmt": file.format_id,
            }
            for position, file in enumerate(item.files, start=1)
        ]
        events.append(
            Event(
                kind="records.document.received",
                obj=document.id,
                body=document.body_id,
                actor=actor,
                state=document_state(document),
                content=content,
                ref=document.record_archive_code,
                detail={"files": len(item.files), "pages": document.page_count},
            )
        )
        if new.digitised:
            events.append(
                Event(
                    kind="records.document.digitised",
                    obj=document.id,
                    body=document.body_id,
                    actor=actor,
                    detail={"source": new.source},
                )
            )
        events.append(
            Event(
                kind="records.document.filed",
                obj=document.id,
                body=document.body_id,
                actor=actor,
                detail={
                    "code": dossier.archive_file_code,
                    "dossier": str(dossier.id),
                    "ordinal": item.ordinal,
                },
            )
        )
    return events
