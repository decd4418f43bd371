"""Note that somebody looked at a record or took a file out (access chain, IN-17)."""

from __future__ import annotations

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.ledger.record import Event, record
from tangthu.records import queries
from tangthu.records.models import ContentFile, Document, Dossier


def note_view(acting: Acting, seen: Dossier | Document) -> None:
    """Record that the acting person looked at `seen`. Raises NotFoundForViewer if he may not."""
    is_dossier = isinstance(seen, Dossier)
    found = queries.dossier if is_dossier else queries.document
    with transaction.atomic():
        found(acting.viewer, seen.pk)
        record(
            Event(
                kind="records.dossier.viewed" if is_dossier else "records.document.viewed",
                obj=seen.pk,
                body=seen.body_id,
                actor=acting.actor(seen.body_id),
            )
        )


def note_export(acting: Acting, file: ContentFile) -> None:
    """Record that the acting person took `file` out. Raises NotFoundForViewer if he may not."""
    with transaction.atomic():
        found = queries.content_file(acting.viewer, file.pk)
        document = found.document
        record(
            Event(
                kind="records.file.exported",
                obj=document.pk,
                body=document.body_id,
                actor=acting.actor(document.body_id),
                detail={"name": found.name, "sha256": found.sha256},
            )
        )
