"""Django app of backups."""

from django.apps import AppConfig

from tangthu.standards.ril import kinds as ril_kinds

# The ledger reads every app's event kinds before any app after it is ready.
ril_kinds.register(ril_kinds.Kind("backup", "replication"))


class BackupConfig(AppConfig):
    name = "tangthu.backup"
    label = "backup"
    verbose_name = "Sao lưu"

    def ready(self) -> None:
        from tangthu.backup import jobs

        jobs.register_handlers()
