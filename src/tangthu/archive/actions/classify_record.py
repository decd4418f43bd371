"""Decide on the secrecy of a record, on an isolated LAN only: mark it, change it, declassify it.

A degree needs its basis (the list of state secrets it stands on, or the decision that changes or
ends it), which the event keeps (AR-130, AR-131). Nobody decides on a degree beyond his clearance.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive.searchables import reindex_dossiers
from tangthu.identity.acting import Acting
from tangthu.identity.policies import CONDITIONAL, DEGREES
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.records import frozen, queries
from tangthu.records.actions.take_back import finish_taking_back, order_back
from tangthu.records.levels import NOBODYS
from tangthu.records.models import Document, Dossier, Membership
from tangthu.records.states import document_state, dossier_state
from tangthu.repository.closed_beside import note_closed
from tangthu.standards.vietnamese import nfc

_BASIS_LENGTH = 300


def classify_document(
    acting: Acting, document_id: uuid.UUID, *, degree: str, basis: str
) -> Document:
    """Give a document a degree ("1" to "3"), or "" for none any more.

    Raises NotFoundForViewer on a connected installation as well as for what he may not see,
    Refused, or InvalidInput on "degree" or "basis".
    """
    _require_isolated()
    found = queries.document(acting.viewer, document_id)
    _classify(acting, found, degree, basis)
    finish_taking_back()
    return found


def classify_dossier(acting: Acting, dossier_id: uuid.UUID, *, degree: str, basis: str) -> Dossier:
    """Give a dossier a degree; see `classify_document`. Its documents keep their own."""
    _require_isolated()
    found = queries.dossier(acting.viewer, dossier_id)
    _classify(acting, found, degree, basis)
    finish_taking_back()
    return found


def _require_isolated() -> None:
    """A connected installation has no secrecy, nor anything that speaks of it (AR-127, AR-128)."""
    if not isolated():
        raise NotFoundForViewer()


def _classify(acting: Acting, found: Dossier | Document, degree: str, basis: str) -> None:
    acting.require("archive.describe", found.body_id)
    basis = nfc(basis).strip()[:_BASIS_LENGTH]
    mine = [one for one in DEGREES if one <= acting.viewer.clearance_at(found.body_id)]
    if degree and degree not in mine:
        words = _("Chọn một độ mật bạn được tiếp cận.")
        raise InvalidInput(words, problems={"degree": [words]})
    if not basis:
        words = _("Ghi căn cứ: danh mục bí mật nhà nước, hoặc quyết định điều chỉnh, giải mật.")
        raise InvalidInput(words, problems={"basis": [words]})
    with transaction.atomic():
        shown = queries.locked(acting.viewer, found)
        before = shown.secrecy or ""
        if before == degree:
            return
        if degree < before:
            frozen.require_free(shown)
        shown.secrecy = degree or None
        shown.access_level = NOBODYS if degree else CONDITIONAL
        shown.save(update_fields=["secrecy", "access_level"])
        level = "dossier" if isinstance(shown, Dossier) else "document"
        record(
            Event(
                kind=f"records.{level}.{'classified' if degree else 'declassified'}",
                obj=shown.pk,
                body=shown.body_id,
                actor=acting.actor(shown.body_id),
                state=dossier_state(shown) if isinstance(shown, Dossier) else document_state(shown),
                detail={"old": before, "new": degree, "basis": basis},
            )
        )
        if isinstance(shown, Dossier):
            inside = Membership.objects.filter(dossier=shown)
            order_back([shown.pk, *inside.values_list("document_id", flat=True)])
            homes = [shown.pk]
        else:
            order_back([shown.pk])
            places = Membership.objects.filter(document=shown)
            homes = list(places.values_list("dossier_id", flat=True))
        reindex_dossiers(homes)
        note_closed(homes)
    found.secrecy, found.access_level = shown.secrecy, shown.access_level
