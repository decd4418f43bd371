"""Django app of the staff site."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "tangthu.faces.office"
    label = "office"
    verbose_name = "Trang nội bộ"
