"""Load the national registry of identifiers from a file (AR-37: QĐ 20/2020, QĐ 09/2025)."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction

from tangthu.identity import agency_codes
from tangthu.identity.acting import Acting
from tangthu.identity.house import KEEP
from tangthu.identity.models import AgencyCode
from tangthu.kernel import advisory
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.record import Event, record


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many codes the file had, and how many the registry has now."""

    read: int
    standing: int


def load_codes(acting: Acting, body_id: uuid.UUID, name: str, data: bytes) -> Loaded:
    """Put the codes of a file in the place of all that were loaded before.

    Of who keeps the installation, by his position at the body, whose ledger tells it with the
    digest of the file. Raises NotFoundForViewer, InvalidInput on "file".
    """
    if not acting.may(KEEP, body_id):
        raise NotFoundForViewer()
    rows = agency_codes.read(name, data)
    with transaction.atomic():
        advisory.until_commit("agency codes")
        AgencyCode.objects.all().delete()
        AgencyCode.objects.bulk_create(
            [
                AgencyCode(
                    code=one.code,
                    name=one.name,
                    effective_from=one.since,
                    effective_to=one.until,
                    decision=one.decision,
                )
                for one in rows
            ],
            batch_size=2000,
        )
        record(
            Event(
                kind="identity.codes.loaded",
                obj=body_id,
                body=body_id,
                actor=acting.actor(body_id),
                detail={"count": len(rows), "sha256": hashlib.sha256(data).hexdigest()},
            )
        )
        return Loaded(len(rows), AgencyCode.objects.count())
