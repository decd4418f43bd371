"""Django app of the kernel: long-running work and quarantine."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "tangthu.kernel"
    label = "kernel"
    verbose_name = "Nền"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from tangthu.kernel.prepare import refuse_other_mode, refuse_superuser

        connection_created.connect(refuse_superuser, dispatch_uid="tangthu.superuser")
        connection_created.connect(refuse_other_mode, dispatch_uid="tangthu.mode")
