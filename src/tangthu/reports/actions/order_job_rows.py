"""Order what came of a job, row by row, as a file of Excel."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.identity import queries as identity
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.kernel.models import Job, JobRow
from tangthu.records.actions.note_access import new_serial
from tangthu.reports.actions.order_export import KEPT, require_room
from tangthu.reports.job_kinds import EXPORT, JOB_ROWS
from tangthu.reports.models import Export


def order_job_rows(
    acting: Acting, job_id: uuid.UUID, outcome: str = "", *, queued: bool = True
) -> tuple[Export, Job]:
    """Order the rows of a job that the acting person sees; `outcome` cuts them to one ("" all).

    Raises NotFoundForViewer, InvalidInput when there is no such row, Refused when the person has
    too many exports already.
    """
    about = identity.job(acting.viewer, job_id)
    if about.body_id is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    if outcome and outcome not in JobRow.Outcome.values:
        raise InvalidInput(_("Không có kết quả này."), hint=_("Chọn lại ở trang công việc."))
    rows = JobRow.objects.filter(job_id=about.pk)
    if not (rows.filter(outcome=outcome) if outcome else rows).exists():
        raise InvalidInput(
            _("Công việc này không có dòng nào để xuất."), hint=_("Chọn kết quả khác.")
        )
    with transaction.atomic():
        me = Person.objects.select_for_update().get(pk=acting.viewer.person_id).pk
        moment = clock.now()
        require_room(me, moment)
        export = Export(
            person_id=me, body_id=about.body_id, source=JOB_ROWS,
            asked={"job": str(about.pk), "kind": about.kind, "outcome": outcome},
            columns=[], format=Export.Format.XLSX, serial=new_serial(),
            ordered_at=moment, expires_at=moment + KEPT,
        )  # fmt: skip
        export.save(force_insert=True)
        job = jobs.enqueue(
            EXPORT, args={"export": str(export.pk)}, body_id=export.body_id,
            person_id=me, subject_id=export.pk, queued=queued,
        )  # fmt: skip
        export.job_id = job.id
        export.save(update_fields=["job_id"])
    return export, job
