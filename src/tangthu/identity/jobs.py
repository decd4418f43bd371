"""What is run in the background for bodies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.identity.job_kinds import RESUME
from tangthu.kernel import jobs, rounds
from tangthu.kernel.late import late
from tangthu.kernel.models import Job

_HOUR = 3600.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
    jobs.register(
        RESUME,
        late("tangthu.identity.actions.resume_log.run_resume"),
        label=_("Kiểm tra và cho sổ cái ghi tiếp"),
        priority=Job.Priority.PERSON,
        resume=late("tangthu.identity.actions.resume_log.resume_job"),
    )
    rounds.register("job rows", late("tangthu.kernel.job_rows.forget_rows"), every=_HOUR)
    rounds.register(
        "visits", late("tangthu.identity.actions.forget_visits.forget_visits"), every=_HOUR
    )
