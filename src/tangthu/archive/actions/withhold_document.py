"""Withhold a document that turns out to be a state secret after it was taken in (AR-129).

At once it exists for nobody, its dossier is neither packaged nor mended, and the officer who
decides on quarantine finds it on his first page. The incident is kept without any content.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive.searchables import reindex_dossiers
from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.records import queries
from tangthu.records.actions.take_back import finish_taking_back, order_back
from tangthu.records.models import Document, Membership, Withheld
from tangthu.repository.closed_beside import note_closed
from tangthu.standards.vietnamese import nfc

_BASIS_LENGTH = 200


def withhold_document(acting: Acting, document_id: uuid.UUID) -> Withheld:
    """Withhold a document that the acting person may describe. Raises NotFoundForViewer, Refused.

    A document that is withheld already is found by nobody.
    """
    found = queries.document(acting.viewer, document_id)
    acting.require("archive.describe", found.body_id)
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=found.pk)
        held = Withheld.objects.filter(document=locked, released_at=None).first()
        if held is not None:
            return held
        held = Withheld(
            document=locked,
            body_id=locked.body_id,
            reported_by=acting.viewer.person_id,
            reported_at=clock.now(),
        )
        held.save(force_insert=True)
        record(_event("records.document.withheld", acting, locked, ""))
        order_back([locked.pk])
        _reindex(locked)
    finish_taking_back()
    return held


def release_document(acting: Acting, held_id: uuid.UUID, basis: str) -> Document:
    """Give a document back: the officer found that it is no secret, or no longer one.

    Raises NotFoundForViewer for whoever does not decide on it, InvalidInput without a basis.
    """
    basis = nfc(basis).strip()[:_BASIS_LENGTH]
    with transaction.atomic():
        held = queries.withheld(acting.viewer).select_for_update().filter(pk=held_id).first()
        if held is None:
            raise NotFoundForViewer(_("Không có gì ở đây."))
        if not basis:
            raise InvalidInput(
                _("Chưa ghi căn cứ."),
                problems={"basis": [_("Ghi căn cứ kết luận, không ghi nội dung.")]},
            )
        held.released_by, held.released_at = acting.viewer.person_id, clock.now()
        held.basis = basis
        held.save(update_fields=["released_by", "released_at", "basis"])
        document = Document.objects.get(pk=held.document_id)
        record(_event("records.document.released", acting, document, basis))
        _reindex(document)
    return document


def _event(kind: str, acting: Acting, document: Document, basis: str) -> Event:
    return Event(
        kind=kind,
        obj=document.pk,
        body=document.body_id,
        actor=acting.actor(document.body_id),
        detail={"basis": basis} if basis else {},
    )


def _reindex(document: Document) -> None:
    places = Membership.objects.filter(document=document)
    homes = list(places.values_list("dossier_id", flat=True))
    reindex_dossiers(homes)
    note_closed(homes)
