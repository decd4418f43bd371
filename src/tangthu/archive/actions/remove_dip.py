"""Do away with use packages (DIP): at their end, on their owner's word, or when one must not leave.

The row and its event say it first, then the bytes go; a file without a living row is removed too.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.make_dip import dip_path
from tangthu.archive.models import Dissemination
from tangthu.identity.acting import SYSTEM, Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.jobs import is_running
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record

EXPIRED, UNWANTED, STOPPED = "hết hạn", "người yêu cầu không cần nữa", "không được giao nữa"


def remove_dip(acting: Acting, dip_id: uuid.UUID) -> None:
    """Remove a DIP of one's own. Raises NotFoundForViewer for anybody else's."""
    found = Dissemination.objects.filter(pk=dip_id, person_id=acting.viewer.person_id).first()
    if found is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    _remove(acting, found.pk, UNWANTED)


def take_back(records: Collection[uuid.UUID]) -> None:
    """Remove every DIP that holds a document which must not leave any more (AR-129)."""
    wanted = {str(one) for one in records}
    alive = Dissemination.objects.filter(removed_at=None)
    for dip_id, documents in alive.values_list("pk", "documents"):
        if not wanted.isdisjoint(documents):
            stop_dip(dip_id)


def stop_dip(dip_id: uuid.UUID) -> None:
    """Remove a DIP that must not be handed out any more, whoever's it is."""
    _remove(SYSTEM, dip_id, STOPPED)


def remove_expired() -> None:
    """Remove what has come to its end, orders that came to nothing, and files nobody owns."""
    now = clock.now()
    for dip in Dissemination.objects.filter(removed_at=None).filter(
        Q(expires_at__lte=now) | Q(made_at=None)
    ):
        if dip.made_at is not None or _came_to_nothing(dip):
            _remove(SYSTEM, dip.pk, EXPIRED)
    # Files first: each lies there only while its row lives, which is written before it.
    lying = list(settings.HOME.dips.iterdir())
    alive = set(Dissemination.objects.filter(removed_at=None).values_list("pk", flat=True))
    for path in lying:
        try:
            owner = uuid.UUID(path.name.strip(".").removesuffix(".zip"))
        except ValueError:
            continue
        if owner not in alive:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _came_to_nothing(dip: Dissemination) -> bool:
    ended = (Job.State.FAILED, Job.State.STOPPED)
    jobs = Job.objects.filter(subject_id=dip.pk, state__in=ended)
    return jobs.exists() and not any(is_running(job.pk) for job in jobs)


def _remove(acting: Acting, dip_id: uuid.UUID, why: str) -> None:
    with transaction.atomic():
        dip = Dissemination.objects.select_for_update().get(pk=dip_id)
        if dip.removed_at is None:
            dip.removed_at = clock.now()
            dip.save(update_fields=["removed_at"])
            record(
                Event(
                    kind="archive.dip.removed",
                    obj=dip.pk,
                    body=dip.body_id,
                    actor=acting.actor(dip.body_id),
                    detail={"code": dip.code, "why": why},
                )
            )
    dip_path(dip_id).unlink(missing_ok=True)
