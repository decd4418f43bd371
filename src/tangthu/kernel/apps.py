"""Django app of the kernel: long-running work and quarantine."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "tangthu.kernel"
    label = "kernel"
    verbose_name = "Nền"
