"""Django app of capture."""

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    name = "tangthu.capture"
    label = "capture"
    verbose_name = "Thu nhận"
