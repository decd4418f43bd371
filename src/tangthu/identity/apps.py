"""Django app of bodies and people."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _reviews(request: HttpRequest) -> bool:
    who = request.viewer  # type: ignore[attr-defined]
    return bool(who.may_anywhere("rights.review") or who.may_anywhere("rights.confirm"))


def _knows_people(request: HttpRequest) -> bool:
    who = request.viewer  # type: ignore[attr-defined]
    return bool(who.bodies_with("rights.review") or who.bodies_with("people.manage"))


def _waiting(request: HttpRequest) -> int | None:
    from tangthu.identity.changes import waiting_for

    return waiting_for(request.viewer)  # type: ignore[attr-defined]


class IdentityConfig(AppConfig):
    name = "tangthu.identity"
    label = "identity"
    verbose_name = "Cơ quan và người"

    def ready(self) -> None:
        from tangthu.identity import first_steps, jobs, page_help
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        first_steps.register()
        jobs.register_handlers()
        navigation.register(
            NavEntry(
                "rights",
                _("Thay đổi quyền"),
                "rights:changes",
                "lock",
                "q",
                order=87,
                section=_("Hệ thống"),
                allowed=_reviews,
                count=_waiting,
            )
        )

        for order, (name, label, url_name, icon, key) in enumerate(
            (
                ("people", _("Người làm việc"), "identity:people", "people", "n"),
                ("units", _("Đơn vị, chức vụ"), "identity:units", "body", "o"),
                ("groups", _("Nhóm"), "identity:groups", "register", "m"),
                ("bodies", _("Tên, mã cơ quan"), "identity:bodies", "body", ""),
            ),
            start=60,
        ):
            navigation.register(
                NavEntry(
                    name,
                    label,
                    url_name,
                    icon,
                    key,
                    order,
                    section=_("Cơ quan"),
                    allowed=_knows_people,
                )
            )
