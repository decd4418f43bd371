"""What is run in the background for bodies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import jobs, rounds

_HOUR = 3600.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
    from tangthu.identity.actions.forget_visits import forget_visits
    from tangthu.identity.actions.resume_log import RESUME, run_resume

    jobs.register(RESUME, run_resume, label=_("Kiểm tra và cho sổ cái ghi tiếp"))
    rounds.register("visits", forget_visits, every=_HOUR)
