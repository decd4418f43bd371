"""Django app of the ledger: loads every app's event kinds at start-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "tangthu.ledger"
    label = "ledger"
    verbose_name = "Sổ cái"

    def ready(self) -> None:
        from tangthu.kernel import checks, metrics
        from tangthu.kernel.late import late
        from tangthu.ledger import kinds

        kinds.load_installed()
        checks.register("ledger", _("Sổ cái"), late("tangthu.ledger.checks.look"), order=30)
        metrics.register("ledger", late("tangthu.ledger.metrics.collect"))
