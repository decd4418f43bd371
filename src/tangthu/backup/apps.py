"""Django app of backups."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.standards.ril import kinds as ril_kinds

# The ledger reads every app's event kinds before any app after it is ready.
ril_kinds.register(ril_kinds.Kind("backup", "replication"))


def _administers(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("house.keep"))  # type: ignore[attr-defined]


class BackupConfig(AppConfig):
    name = "tangthu.backup"
    label = "backup"
    verbose_name = "Sao lưu"

    def ready(self) -> None:
        from tangthu.backup import first_steps, jobs, page_help
        from tangthu.kernel import checks
        from tangthu.kernel.late import late
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        first_steps.register()
        jobs.register_handlers()
        checks.register("backups", _("Sao lưu"), late("tangthu.backup.checks.look"), order=25)
        navigation.register(
            NavEntry(
                "backups",
                _("Sao lưu"),
                "backup:backups",
                "archive",
                "",
                order=87,
                section=_("Hệ thống"),
                allowed=_administers,
            )
        )
