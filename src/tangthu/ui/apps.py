"""The `ui` app: what all screens share (floor 3; knows no other app)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Templates, static files and template tags every face is built from."""

    name = "tangthu.ui"
    label = "ui"
    verbose_name = _("Giao diện chung")
