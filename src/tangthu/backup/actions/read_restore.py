"""Say that one has read of a restore."""

from __future__ import annotations

import uuid

from django.db import transaction

from tangthu.backup.models import Restore, RestoreRead
from tangthu.backup.restores import bodies_of, restores
from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.record import Event, record_many


def read_restore(acting: Acting, restore_id: uuid.UUID) -> Restore:
    """Enter that the acting person has read the report of a restore, once.

    The log of each body that he answers for tells of it. Raises NotFoundForViewer.
    """
    with transaction.atomic():
        restore = restores(acting.viewer).filter(pk=restore_id).select_for_update().first()
        if restore is None:
            raise NotFoundForViewer()
        _read, new = RestoreRead.objects.get_or_create(
            restore=restore,
            person_id=acting.viewer.person_id,
            defaults={"read_at": clock.now()},
        )
        if new:
            record_many(
                [
                    Event(
                        kind="backup.restore.read", obj=body, body=body, actor=acting.actor(body),
                        detail={"set": restore.set, "restore": str(restore.pk)},
                    )
                    for body in sorted(bodies_of(acting.viewer))
                ]
            )  # fmt: skip
    return restore
