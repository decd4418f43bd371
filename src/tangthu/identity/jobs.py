"""What is run in the background for bodies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.identity.job_kinds import RESUME
from tangthu.kernel import jobs, rounds
from tangthu.kernel.late import late

_HOUR = 3600.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
    jobs.register(
        RESUME,
        late("tangthu.identity.actions.resume_log.run_resume"),
        label=_("Kiểm tra và cho sổ cái ghi tiếp"),
    )
    rounds.register(
        "visits", late("tangthu.identity.actions.forget_visits.forget_visits"), every=_HOUR
    )
