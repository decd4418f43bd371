"""Django app of the kernel: long-running work and quarantine."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "tangthu.kernel"
    label = "kernel"
    verbose_name = "Nền"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from tangthu.kernel import checks, metrics, rounds, terms
        from tangthu.kernel.checks import Needs
        from tangthu.kernel.late import late
        from tangthu.kernel.prepare import refuse_other_mode, refuse_superuser

        terms.install()
        connection_created.connect(refuse_superuser, dispatch_uid="tangthu.superuser")
        connection_created.connect(refuse_other_mode, dispatch_uid="tangthu.mode")
        for order, (name, label, place, needs) in enumerate(
            (
                ("software", _("Phần mềm"), "machine.look_at_software", Needs.NOTHING),
                ("disk", _("Ổ đĩa"), "machine.look_at_disk", Needs.NOTHING),
                ("files", _("Quyền tệp"), "machine.look_at_files", Needs.NOTHING),
                ("rules", _("Quy tắc"), "rules.look", Needs.NOTHING),
                ("site", _("Trang web"), "site.look", Needs.NOTHING),
                ("database", _("Cơ sở dữ liệu"), "database.look", Needs.SERVER),
                ("logins", _("Đăng nhập cơ sở dữ liệu"), "database.look_at_logins", Needs.SERVER),
                ("clock", _("Đồng hồ"), "clock.look", Needs.SCHEMA),
                ("queue", _("Công việc nền"), "queue.look", Needs.SCHEMA),
            )
        ):
            checks.register(
                name, label, late(f"tangthu.kernel.checks_{place}"), needs=needs, order=10 + order
            )
        metrics.register("installation", late("tangthu.kernel.metrics_of_work.of_installation"))
        metrics.register("queue", late("tangthu.kernel.metrics_of_work.of_queue"))
        rounds.register("clock", late("tangthu.kernel.clock_readings.read"), every=3600.0)
