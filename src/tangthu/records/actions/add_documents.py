"""Add documents to a dossier that exists; if sealed, its package's next version takes them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum

from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.ledger.record import Event, record_many
from tangthu.records import frozen
from tangthu.records.actions.file_documents import file_documents
from tangthu.records.actions.new_records import NewDocument
from tangthu.records.models import Document, Dossier, Membership
from tangthu.records.states import dossier_state


def add_documents(
    acting: Acting,
    dossier_id: uuid.UUID,
    new: Sequence[NewDocument],
    *,
    source: str,
    digitised: bool,
    note: str | None = None,
) -> Dossier:
    """File new documents in the dossier and bring its counts up to date, in one transaction.

    `note` replaces the dossier's note if given (it tells what was declared and what is here).
    Raises Refused without `archive.import` at the dossier's body, RecordFrozen; IntegrityError
    never reaches the caller for a place that is taken, since places come from the caller's own
    report.
    """
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update().select_related("body").get(pk=dossier_id)
        acting.require("archive.import", dossier.body_id)
        frozen.require_free(dossier)
        moment = clock.now()
        filed = file_documents(
            acting, dossier, new, source=source, digitised=digitised, moment=moment
        )
        members = Membership.objects.filter(dossier=dossier)
        dossier.record_count = members.count()
        dossier.page_count = (
            Document.objects.filter(memberships__in=members).aggregate(pages=Sum("page_count"))[
                "pages"
            ]
            or 0
        )
        if note is not None:
            dossier.note = note
        dossier.save(update_fields=["record_count", "page_count", "note"])
        grown = Event(
            kind="records.dossier.grown",
            obj=dossier.id,
            body=dossier.body_id,
            actor=acting.actor(dossier.body_id),
            state=dossier_state(dossier),
            ref=dossier.archive_file_code,
            detail={
                "count": len(new),
                "source": source,
                "documents": [str(item.id) for item in new],
            },
        )
        record_many([grown, *filed])
    return dossier
