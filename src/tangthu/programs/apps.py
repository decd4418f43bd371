"""Django app of the programs that act for people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_HOUR = 3600.0


class ProgramsConfig(AppConfig):
    name = "tangthu.programs"
    label = "programs"
    verbose_name = "Chương trình"

    def ready(self) -> None:
        from tangthu.kernel import rounds
        from tangthu.kernel.late import late
        from tangthu.programs import page_help
        from tangthu.signin import idle
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        forget = late("tangthu.programs.actions.keep_answer.forget_answers")
        rounds.register("answers", forget, every=_HOUR)
        idle.also_used(late("tangthu.programs.queries.last_uses"))
        navigation.register(
            NavEntry(
                "keys", _("Khóa API"), "programs:keys", "key", "", order=95, section=_("Hệ thống")
            )
        )
