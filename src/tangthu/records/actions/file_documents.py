"""Make documents with their content files and file them in a dossier; shared by the actions."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence

from tangthu.identity.acting import Acting
from tangthu.ledger.record import Event
from tangthu.records.actions.new_records import NewDocument
from tangthu.records.models import ContentFile, Document, Dossier, Membership
from tangthu.records.states import document_state
from tangthu.standards.vietnamese import nfc


def shown_name(name: bytes) -> str:
    """A file name as text to be shown; bytes that are no UTF-8 become replacement signs."""
    return nfc(os.fsdecode(name).encode("utf-8", "replace").decode("utf-8"))


def file_documents(
    acting: Acting,
    dossier: Dossier,
    new: Sequence[NewDocument],
    *,
    source: str,
    digitised: bool,
    moment: dt.datetime,
) -> list[Event]:
    """Insert the documents, their places and files; returns the events still to be recorded."""
    documents = [
        Document(
            id=item.id,
            body=dossier.body,
            custody=dossier.custody,
            created_at=moment,
            **item.description,
        )
        for item in new
    ]
    Document.objects.bulk_create(documents)
    Membership.objects.bulk_create(
        Membership(dossier=dossier, document=document, ordinal=item.ordinal)
        for item, document in zip(new, documents, strict=True)
    )
    ContentFile.objects.bulk_create(
        ContentFile(
            id=given.id,
            document=document,
            position=position,
            name_bytes=given.name,
            name=shown_name(given.name),
            size=given.size,
            sha256=given.sha256,
            media_type=given.media_type,
            format_id=given.format_id,
            format_name=given.format_name,
            page_count=given.page_count,
        )
        for item, document in zip(new, documents, strict=True)
        for position, given in enumerate(item.files, start=1)
    )
    events: list[Event] = []
    for item, document in zip(new, documents, strict=True):
        events += _events(acting, dossier, document, item, source=source, digitised=digitised)
    return events


def _events(
    acting: Acting,
    dossier: Dossier,
    document: Document,
    item: NewDocument,
    *,
    source: str,
    digitised: bool,
) -> list[Event]:
    actor = acting.actor(document.body_id)
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
    received = Event(
        kind="records.document.received",
        obj=document.id,
        body=document.body_id,
        actor=actor,
        state=document_state(document),
        content=content,
        ref=document.record_archive_code,
        detail={"files": len(item.files), "pages": document.page_count},
    )
    scanned = Event(
        kind="records.document.digitised",
        obj=document.id,
        body=document.body_id,
        actor=actor,
        detail={"source": source},
    )
    filed = Event(
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
    return [received, scanned, filed] if digitised else [received, filed]
