"""What backups run in the background."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.backup.job_kinds import MAKE, VERIFY
from tangthu.kernel import jobs
from tangthu.kernel.late import late


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
    for kind, place, label in (
        (MAKE, "tangthu.backup.making.run_backup", _("Sao lưu")),
        (VERIFY, "tangthu.backup.verifying.run_verification", _("Kiểm tra bộ sao lưu")),
    ):
        jobs.register(
            kind,
            late(place),
            label=label,
            resume=late("tangthu.backup.actions.order_backup.resume"),
            open_rows=True,
        )
