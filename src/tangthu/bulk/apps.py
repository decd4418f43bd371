"""Django app of acts for many records."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_HOUR = 3600.0


def _reads(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("read.public"))  # type: ignore[attr-defined]


class BulkConfig(AppConfig):
    name = "tangthu.bulk"
    label = "bulk"
    verbose_name = "Việc hàng loạt"

    def ready(self) -> None:
        from tangthu.bulk import page_help
        from tangthu.bulk.job_kinds import ACT
        from tangthu.kernel import jobs, rounds
        from tangthu.kernel.late import late
        from tangthu.reports import chosen
        from tangthu.ui.choosing import set_list_routes
        from tangthu.ui.nav import NavEntry, navigation

        page_help.register()
        jobs.register(
            ACT,
            late("tangthu.bulk.actions.carry_out.run_act"),
            label=_("Làm hàng loạt"),
            right=late("tangthu.bulk.queries.right_of"),
            subject_page="bulk:act",
            subject_names=late("tangthu.bulk.queries.act_names"),
            private=True,
            resume=late("tangthu.bulk.actions.confirm_act.resume_act"),
        )
        rounds.register(
            "bulk acts", late("tangthu.bulk.actions.choose_rows.forget_acts"), every=_HOUR
        )
        chosen.set_reader(late("tangthu.bulk.queries.chosen"))
        set_list_routes(act="bulk:choose")
        navigation.register(
            NavEntry(
                "bulk", _("Việc hàng loạt của tôi"), "bulk:mine", "check", "", 51,
                section=_("Khai thác"), allowed=_reads,
            )
        )  # fmt: skip
