"""Django app of the programming interface; for the templates of its reference page."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "tangthu.faces.api"
    label = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from tangthu.faces.api import page_help

        page_help.register()
