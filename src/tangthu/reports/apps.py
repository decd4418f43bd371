"""Django app of lists taken out."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_HOUR = 3600.0


def _reads(request: HttpRequest) -> bool:
    return bool(request.viewer.may_anywhere("read.public"))  # type: ignore[attr-defined]


class ReportsConfig(AppConfig):
    name = "tangthu.reports"
    label = "reports"
    verbose_name = "Khai thác"

    def ready(self) -> None:
        from tangthu.kernel import jobs, rounds
        from tangthu.kernel.late import late
        from tangthu.kernel.models import Job
        from tangthu.records import leaving
        from tangthu.reports import first_steps, page_help
        from tangthu.reports.job_kinds import EXPORT
        from tangthu.signin import dossier
        from tangthu.ui.choosing import set_list_routes
        from tangthu.ui.nav import NavEntry, navigation

        dossier.also_used(late("tangthu.reports.queries.use_facts"))
        page_help.register()
        first_steps.register()
        jobs.register(
            EXPORT,
            late("tangthu.reports.exporting.run_export"),
            label=_("Xuất danh sách"),
            right="read.public",
            subject_page="reports:export",
            subject_names=late("tangthu.reports.sources.export_names"),
            private=True,
            priority=Job.Priority.PERSON,
            resume=late("tangthu.reports.actions.order_export.resume_export"),
        )
        leaving.register("exports", late("tangthu.reports.actions.order_export.take_back"))
        forget = late("tangthu.reports.actions.order_export.forget_exports")
        rounds.register("exports", forget, every=_HOUR)
        set_list_routes(
            export="reports:export-new", print="reports:print-list", save="reports:view-new"
        )
        section = _("Khai thác")
        for order, (name, label, url_name, icon) in enumerate(
            (
                ("views", _("Tìm kiếm đã lưu"), "reports:views", "filter"),
                ("exports", _("Bản xuất của tôi"), "reports:exports", "download"),
                ("history", _("Lịch sử khai thác"), "reports:history", "clock"),
                ("statistics", _("Thống kê"), "reports:statistics", "chart"),
            ),
            start=50,
        ):
            navigation.register(
                NavEntry(name, label, url_name, icon, "", order, section=section, allowed=_reads)
            )
