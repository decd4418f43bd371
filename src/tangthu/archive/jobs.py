"""What the archive runs in the background, and what it does of itself from time to time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import jobs, rounds

_TEN_MINUTES = 600.0
_BATCH = "imports:batch"


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job, and what is done in rounds."""
    from tangthu.archive.accepting import run_acceptance
    from tangthu.archive.actions.accept_batch import ACCEPT
    from tangthu.archive.actions.make_dip import MAKE, run_making
    from tangthu.archive.actions.open_batch import CHECK
    from tangthu.archive.actions.remove_dip import remove_expired, take_back
    from tangthu.archive.actions.seal_dossier import SEAL, run_sealing
    from tangthu.archive.actions.tidy_up import tidy_up
    from tangthu.archive.checking import run_check
    from tangthu.archive.queries import batch_names, dip_names, dossier_names
    from tangthu.records import leaving

    jobs.register(
        CHECK,
        run_check,
        label=_("Kiểm tra đợt số hóa"),
        subject_page=_BATCH,
        subject_names=batch_names,
    )
    jobs.register(
        ACCEPT,
        run_acceptance,
        label=_("Tiếp nhận đợt số hóa"),
        subject_page=_BATCH,
        subject_names=batch_names,
    )
    jobs.register(
        SEAL,
        run_sealing,
        label=_("Đóng gói hồ sơ"),
        subject_page="archive:dossier",
        subject_names=dossier_names,
    )
    jobs.register(
        MAKE,
        run_making,
        label=_("Tạo gói sử dụng"),
        subject_page="archive:dip",
        subject_names=dip_names,
        private=True,
    )
    leaving.register("use packages", take_back)
    rounds.register("use packages", remove_expired, every=_TEN_MINUTES)
    rounds.register("leftovers", tidy_up, every=_TEN_MINUTES)
