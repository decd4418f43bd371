"""Django app of the programs that act for people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_HOUR = 3600.0
_OFTEN = 10.0


class ProgramsConfig(AppConfig):
    name = "tangthu.programs"
    label = "programs"
    verbose_name = "Chương trình"

    def ready(self) -> None:
        from tangthu.kernel import checks, rounds
        from tangthu.kernel.late import late
        from tangthu.programs import page_help
        from tangthu.signin import idle, inventory, reviewing
        from tangthu.signin.actions.resetting import on_reset, on_suspicion
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        forget = late("tangthu.programs.actions.keep_answer.forget_answers")
        rounds.register("answers", forget, every=_HOUR)
        send = late("tangthu.programs.actions.send_hooks.send_due")
        rounds.register("hooks", send, every=_OFTEN)
        old = late("tangthu.programs.actions.send_hooks.forget_deliveries")
        rounds.register("hook deliveries", old, every=_HOUR)
        checks.register(
            "hooks", _("Gửi tin cho chương trình"), late("tangthu.programs.checks.look")
        )
        on_reset(late("tangthu.programs.actions.make_key.end_keys"))
        on_suspicion(late("tangthu.programs.actions.make_hook.rest_hooks"))
        reviewing.also_shown(late("tangthu.programs.queries.living_keys"))
        inventory.also_listed(late("tangthu.programs.queries.as_accounts"))
        idle.also_used(late("tangthu.programs.queries.last_uses"))
        navigation.register(
            NavEntry(
                "keys", _("Khóa API"), "programs:keys", "key", "", order=95, section=_("Hệ thống")
            )
        )
