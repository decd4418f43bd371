"""Django app of bodies and people."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tangthu.identity"
    label = "identity"
    verbose_name = "Cơ quan và người"

    def ready(self) -> None:
        from tangthu.identity import jobs

        jobs.register_handlers()
