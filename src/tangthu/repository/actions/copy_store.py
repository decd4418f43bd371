"""Order that all packages are brought into a store."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, jobs
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.repository.actions.order_check import UNDER_WAY
from tangthu.repository.actions.register_store import administered_at
from tangthu.repository.job_kinds import COPY
from tangthu.repository.models import Store


def order_copy(acting: Acting, uid: uuid.UUID, *, queued: bool = True) -> Job:
    """Queue the copying of what a store lacks; a job that still runs is answered with, not doubled.

    Raises Refused without the right and for a store that is given up, NotFoundForViewer.
    """
    body = administered_at(acting)
    with advisory.exclusive("order copy"):
        store = Store.objects.filter(uid=uid).first()
        if store is None:
            raise NotFoundForViewer()
        if store.state not in (Store.State.JOINING, Store.State.ACTIVE):
            raise Refused(_("Kho này đã thôi dùng."), hint=_("Thêm kho mới ở trang Kho lưu trữ."))
        running = (
            Job.objects.filter(kind=COPY, subject_id=store.uid, state__in=UNDER_WAY)
            .order_by("-created_at")
            .first()
        )
        if running is not None and jobs.is_queued(running.pk):
            return running
        return jobs.enqueue(
            COPY,
            args={"store": str(store.uid)},
            body_id=body,
            person_id=acting.viewer.person_id,
            subject_id=store.uid,
            queued=queued,
        )


def resume_copy(acting: Acting, job: Job) -> Job:
    """Go on with a copying that was stopped or failed: what is in the store is not copied again."""
    return order_copy(acting, uuid.UUID(job.args["store"]))
