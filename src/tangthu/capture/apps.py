"""Django app of capture."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaptureConfig(AppConfig):
    name = "tangthu.capture"
    label = "capture"
    verbose_name = "Thu nhận"

    def ready(self) -> None:
        from tangthu.kernel import checks
        from tangthu.kernel.checks import Needs
        from tangthu.kernel.late import late

        look = late("tangthu.capture.checks.look")
        checks.register("antivirus", _("Quét mã độc"), look, needs=Needs.NOTHING, order=18)
