"""What backups run in the background, and what is done of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.backup.job_kinds import DRILL, MAKE, SCAN, VERIFY
from tangthu.kernel import jobs, rounds
from tangthu.kernel.late import late

_TEN_MINUTES = 600.0


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
    for kind, place, label in (
        (MAKE, "tangthu.backup.making.run_backup", _("Sao lưu")),
        (VERIFY, "tangthu.backup.verifying.run_verification", _("Kiểm tra bộ sao lưu")),
        (DRILL, "tangthu.backup.drilling.run_drill", _("Thử phục hồi từ bản sao lưu")),
        (SCAN, "tangthu.backup.scanning.run_scan", _("Quét mã độc bộ sao lưu")),
    ):
        jobs.register(
            kind,
            late(place),
            label=label,
            result_page={DRILL: "backup:trial", SCAN: "backup:scan"}.get(kind, ""),
            resume=late("tangthu.backup.actions.order_backup.resume"),
            open_rows=True,
        )
    rounds.register("backups", late("tangthu.backup.scheduling.order_due"), every=_TEN_MINUTES)
