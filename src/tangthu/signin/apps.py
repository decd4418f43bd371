"""Django app of signing in."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _manages(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("people.manage"))  # type: ignore[attr-defined]


def _reviews_log(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("log.review"))  # type: ignore[attr-defined]


class SigninConfig(AppConfig):
    name = "tangthu.signin"
    label = "signin"
    verbose_name = "Đăng nhập và tài khoản"

    def ready(self) -> None:
        from tangthu.identity import house
        from tangthu.identity.actions.change_rights import on_confirming
        from tangthu.kernel import checks, rounds, securitylog
        from tangthu.kernel.late import late
        from tangthu.ledger import listening
        from tangthu.signin import first_steps, noticing, page_help
        from tangthu.signin.actions.keep_entry import keep, of_event
        from tangthu.ui import refusals
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        first_steps.register()
        securitylog.keep_with(keep)
        for app in ("identity", "signin", "programs"):
            listening.listen(app, of_event)
        noticing.connect()
        refusals.note_with(late("tangthu.signin.actions.note_refusal.note_shown"))
        on_confirming(late("tangthu.signin.resting.until"))
        house.on_giving(late("tangthu.signin.resting.doubt"))
        rounds.register(
            "security-log",
            late("tangthu.signin.actions.forget_entries.forget_entries"),
            every=6 * 3600.0,
        )
        rounds.register(
            "idle-accounts",
            late("tangthu.signin.actions.account_state.disable_idle_accounts"),
            every=24 * 3600.0,
        )
        checks.register(
            "accounts", _("Tài khoản và đăng nhập"), late("tangthu.signin.checks.look"), order=40
        )
        navigation.register(
            NavEntry(
                "accounts",
                _("Tài khoản"),
                "signin:accounts",
                "people",
                "",
                order=95,
                section=_("Hệ thống"),
                allowed=_manages,
            )
        )
        navigation.register(
            NavEntry(
                "security-log",
                _("Nhật ký an toàn"),
                "signin:log",
                "lock",
                "",
                order=96,
                section=_("Hệ thống"),
                allowed=_reviews_log,
            )
        )
