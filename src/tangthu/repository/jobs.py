"""What the repository runs in the background, and what it does of itself from time to time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import jobs, rounds
from tangthu.kernel.late import late
from tangthu.repository.job_kinds import CHECK_ALL, COPY, RETIRE

_HOUR = 3600.0
_TEN_MINUTES = 600.0
_MINUTE = 60.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job, and what is done in rounds."""
    jobs.register(
        CHECK_ALL,
        late("tangthu.repository.checking.run_checks"),
        label=_("Kiểm tra toàn vẹn các kho"),
        right="repository.audit",
        result_page="repository:check",
        resume=late("tangthu.repository.actions.order_check.resume_check"),
        open_rows=True,
    )
    jobs.register(
        COPY,
        late("tangthu.repository.copying.run_copy"),
        label=_("Chép các gói sang kho"),
        subject_page="repository:store",
        subject_names=late("tangthu.repository.queries.store_names"),
        resume=late("tangthu.repository.actions.copy_store.resume_copy"),
        open_rows=True,
    )
    jobs.register(
        RETIRE,
        late("tangthu.repository.actions.retire_store.run_retirement"),
        label=_("Thôi dùng kho"),
        subject_page="repository:store",
        subject_names=late("tangthu.repository.queries.store_names"),
        resume=late("tangthu.repository.actions.retire_store.resume_retirement"),
    )
    for name, place, every in (
        ("fixity", "tangthu.repository.actions.order_check.order_due_checks", _HOUR),
        ("proofs", "tangthu.repository.actions.keep_proofs.keep_proofs", _MINUTE),
        ("notes", "tangthu.repository.actions.keep_notes.keep_notes", _TEN_MINUTES),
        ("stores", "tangthu.repository.places.recover_all", _TEN_MINUTES),
    ):
        rounds.register(name, late(place), every=every)
