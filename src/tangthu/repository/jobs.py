"""What the repository runs in the background, and what it does of itself from time to time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import jobs, rounds

_HOUR = 3600.0
_TEN_MINUTES = 600.0
_MINUTE = 60.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job, and what is done in rounds."""
    from tangthu.repository.actions.keep_proofs import keep_proofs
    from tangthu.repository.actions.order_check import order_due_checks
    from tangthu.repository.checking import CHECK_ALL, run_checks
    from tangthu.repository.stores import recover_all

    jobs.register(
        CHECK_ALL, run_checks, label=_("Kiểm tra toàn vẹn các kho"), result_page="repository:check"
    )
    rounds.register("fixity", order_due_checks, every=_HOUR)
    rounds.register("proofs", keep_proofs, every=_MINUTE)
    rounds.register("stores", recover_all, every=_TEN_MINUTES)
