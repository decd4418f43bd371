"""What the repository runs in the background, and what it does of itself from time to time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import jobs, rounds
from tangthu.kernel.late import late
from tangthu.repository.job_kinds import CHECK_ALL

_HOUR = 3600.0
_TEN_MINUTES = 600.0
_MINUTE = 60.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job, and what is done in rounds."""
    jobs.register(
        CHECK_ALL,
        late("tangthu.repository.checking.run_checks"),
        label=_("Kiểm tra toàn vẹn các kho"),
        result_page="repository:check",
        resume=late("tangthu.repository.actions.order_check.resume_check"),
        open_rows=True,
    )
    for name, place, every in (
        ("fixity", "tangthu.repository.actions.order_check.order_due_checks", _HOUR),
        ("proofs", "tangthu.repository.actions.keep_proofs.keep_proofs", _MINUTE),
        ("stores", "tangthu.repository.stores.recover_all", _TEN_MINUTES),
    ):
        rounds.register(name, late(place), every=every)
