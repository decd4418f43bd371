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


def _keeps(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("house.keep"))  # type: ignore[attr-defined]


def _knows_bodies(request: HttpRequest) -> bool:
    return _knows_people(request) or _keeps(request)


def _waiting(request: HttpRequest) -> int | None:
    from tangthu.identity.changes import waiting_for

    return waiting_for(request.viewer)  # type: ignore[attr-defined]


class IdentityConfig(AppConfig):
    name = "tangthu.identity"
    label = "identity"
    verbose_name = "Cơ quan và người"

    def ready(self) -> None:
        from tangthu.identity import first_steps, jobs, page_help
        from tangthu.kernel import prepare
        from tangthu.kernel.late import late
        from tangthu.ui.nav import NavEntry, navigation

        prepare.afterwards(late("tangthu.identity.actions.keep_house.hand_over"))
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

        navigation.register(
            NavEntry(
                "keepers",
                _("Quản trị hệ thống"),
                "identity:keepers",
                "people",
                "",
                order=98,
                section=_("Hệ thống"),
                allowed=_keeps,
            )
        )

        for order, (name, label, url_name, icon, key, allowed) in enumerate(
            (
                ("people", _("Người làm việc"), "identity:people", "people", "n", _knows_people),
                ("units", _("Đơn vị, chức vụ"), "identity:units", "body", "o", _knows_people),
                ("groups", _("Nhóm"), "identity:groups", "register", "m", _knows_people),
                ("bodies", _("Tên, mã cơ quan"), "identity:bodies", "body", "", _knows_bodies),
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
                    allowed=allowed,
                )
            )
