"""Django app of the repository."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _keeps(request: HttpRequest) -> bool:
    from tangthu.repository.views.asked import keeps_stores

    return keeps_stores(request.viewer)  # type: ignore[attr-defined]


class RepositoryConfig(AppConfig):
    name = "tangthu.repository"
    label = "repository"
    verbose_name = "Kho lưu trữ số"

    def ready(self) -> None:
        from tangthu.kernel import checks, metrics
        from tangthu.kernel.late import late
        from tangthu.repository import first_steps, jobs, page_help
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        first_steps.register()
        jobs.register_handlers()
        metrics.register("stores", late("tangthu.repository.metrics.collect"))
        checks.register(
            "stores", _("Kho lưu trữ"), late("tangthu.repository.checks.look"), order=20
        )
        navigation.register(
            NavEntry(
                "stores",
                _("Kho lưu trữ"),
                "repository:stores",
                "archive",
                "k",
                order=85,
                section=_("Hệ thống"),
                allowed=_keeps,
            )
        )
