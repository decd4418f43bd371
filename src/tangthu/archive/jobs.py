"""What the archive runs in the background, and what it does of itself from time to time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.archive.job_kinds import ACCEPT, CHECK, MAKE, REBUILD, SEAL
from tangthu.kernel import jobs, rounds
from tangthu.kernel.late import late
from tangthu.kernel.models import Job

_TEN_MINUTES = 600.0
_BATCH = "imports:batch"


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job, and what is done in rounds."""
    from tangthu.records import leaving

    resume_batch = late("tangthu.archive.actions.resume_batch.resume_batch")
    batch_names = late("tangthu.archive.queries.batch_names")
    jobs.register(
        CHECK,
        late("tangthu.archive.checking.run_check"),
        label=_("Kiểm tra đợt số hóa"),
        right="archive.import",
        subject_page=_BATCH,
        subject_names=batch_names,
        resume=resume_batch,
    )
    jobs.register(
        ACCEPT,
        late("tangthu.archive.accepting.run_acceptance"),
        label=_("Tiếp nhận đợt số hóa"),
        right="archive.import",
        subject_page=_BATCH,
        subject_names=batch_names,
        resume=resume_batch,
    )
    jobs.register(
        SEAL,
        late("tangthu.archive.actions.seal_dossier.run_sealing"),
        label=_("Đóng gói hồ sơ"),
        right="archive.seal",
        subject_page="archive:dossier",
        subject_names=late("tangthu.archive.queries.dossier_names"),
        priority=Job.Priority.PERSON,
        resume=late("tangthu.archive.actions.seal_dossier.resume_sealing"),
    )
    jobs.register(
        MAKE,
        late("tangthu.archive.actions.make_dip.run_making"),
        label=_("Tạo gói sử dụng"),
        right="dissemination.make",
        subject_page="archive:dip",
        subject_names=late("tangthu.archive.queries.dip_names"),
        private=True,
        priority=Job.Priority.PERSON,
        resume=late("tangthu.archive.actions.order_dip.resume_dip"),
    )
    jobs.register(
        REBUILD,
        late("tangthu.archive.rebuilding.run_rebuild"),
        label=_("Lập lại danh mục từ kho"),
        subject_page="repository:store",
        subject_names=late("tangthu.repository.queries.store_names"),
        resume=late("tangthu.archive.actions.order_rebuild.resume_rebuild"),
        open_rows=True,
    )
    leaving.register("use packages", late("tangthu.archive.actions.remove_dip.take_back"))
    rounds.register(
        "use packages",
        late("tangthu.archive.actions.remove_dip.remove_expired"),
        every=_TEN_MINUTES,
    )
    rounds.register(
        "leftovers", late("tangthu.archive.actions.tidy_up.tidy_up"), every=_TEN_MINUTES
    )
