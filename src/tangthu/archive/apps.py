"""Django app of the archive."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "tangthu.archive"
    label = "archive"
    verbose_name = "Lưu trữ"

    def ready(self) -> None:
        from tangthu.archive import jobs

        jobs.register_handlers()
