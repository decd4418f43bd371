"""Django app of records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "tangthu.records"
    label = "records"
    verbose_name = "Hồ sơ và tài liệu"
