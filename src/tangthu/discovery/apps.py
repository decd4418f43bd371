"""Django app of search."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscoveryConfig(AppConfig):
    name = "tangthu.discovery"
    label = "discovery"
    verbose_name = "Tìm kiếm"

    def ready(self) -> None:
        from tangthu.discovery import census, page_help
        from tangthu.kernel import rounds
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        rounds.register("census", census.settle, every=census.EVERY)
        navigation.register(
            NavEntry(
                "search",
                _("Tìm kiếm"),
                "discovery:search",
                "search",
                "t",
                order=20,
                allowed=lambda request: request.viewer.may_anywhere("read.public"),  # type: ignore[attr-defined]
            )
        )
