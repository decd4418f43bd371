"""Django app of search."""

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "tangthu.discovery"
    label = "discovery"
    verbose_name = "Tìm kiếm"
