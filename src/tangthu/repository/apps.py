"""Django app of the repository."""

from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    name = "tangthu.repository"
    label = "repository"
    verbose_name = "Kho lưu trữ số"

    def ready(self) -> None:
        from tangthu.repository import jobs

        jobs.register_handlers()
