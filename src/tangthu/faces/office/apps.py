"""Django app of the staff site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "tangthu.faces.office"
    label = "office"
    verbose_name = "Trang nội bộ"

    def ready(self) -> None:
        from tangthu.faces.office import context, measuring, page_help
        from tangthu.identity.queries import columns_chosen
        from tangthu.kernel import metrics
        from tangthu.ui.choosing import set_column_memory, set_list_routes
        from tangthu.ui.nav import NavEntry, navigation
        from tangthu.ui.shell import set_guides_url_name, set_identity_provider, set_search_url_name

        page_help.register()
        metrics.register("requests", measuring.collect)
        set_identity_provider(context.identity)
        set_search_url_name("discovery:search")
        set_guides_url_name("office:guides")
        set_column_memory(lambda request, name: columns_chosen(request.viewer, name))  # type: ignore[attr-defined]
        set_list_routes(columns="office:columns")
        navigation.register(
            NavEntry("home", _("Việc của tôi"), "office:home", "inbox", "v", order=10)
        )
        navigation.register(
            NavEntry(
                "jobs",
                _("Công việc nền"),
                "office:jobs",
                "clock",
                "c",
                order=80,
                section=_("Hệ thống"),
            )
        )
        navigation.register(
            NavEntry(
                "ledger",
                _("Sổ cái"),
                "office:ledger",
                "seal",
                "s",
                order=90,
                section=_("Hệ thống"),
                allowed=lambda request: request.viewer.may_anywhere("repository.audit"),  # type: ignore[attr-defined]
            )
        )
        navigation.register(
            NavEntry(
                "system",
                _("Hệ thống"),
                "office:system",
                "gear",
                "",
                order=99,
                section=_("Hệ thống"),
                allowed=lambda request: request.viewer.may_anywhere("house.keep"),  # type: ignore[attr-defined]
            )
        )
