"""Go on with a batch's check or acceptance from the list of jobs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.accept_batch import queue_acceptance
from tangthu.archive.actions.decide_batch import last_job, resume
from tangthu.archive.job_kinds import ACCEPT
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.kernel.models import Job


def resume_batch(acting: Acting, job: Job) -> Job:
    """Go on with what `job` was doing when it was stopped or failed.

    An acceptance goes on with the dossiers that are not taken yet. Raises Refused when the batch
    has since been worked on otherwise, NotFoundForViewer.
    """
    batch = Batch.objects.filter(
        pk=job.args["batch"], body_id__in=acting.viewer.bodies_with("archive.import")
    ).first()
    if batch is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    newest = last_job(batch)
    if newest is None or newest.pk != job.pk:
        raise Refused(
            _("Đợt này đã có công việc mới hơn."), hint=_("Mở đợt số hóa để xem đang làm gì.")
        )
    if job.kind == ACCEPT and batch.state == Batch.State.REVIEW:
        return queue_acceptance(acting, batch.pk, job.args["accept"])
    return resume(acting, batch.pk)
