"""Django app of the ledger: loads every app's event kinds at start-up."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "tangthu.ledger"
    label = "ledger"
    verbose_name = "Sổ cái"

    def ready(self) -> None:
        from tangthu.ledger import kinds

        kinds.load_installed()
