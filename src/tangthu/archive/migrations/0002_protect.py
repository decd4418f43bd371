"""Put the record state of this app under the ledger's watch (IN-39)."""

from django.db import migrations

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial"), ("ledger", "0001_schema"), ("kernel", "0001_initial")]
    operations = [
        Protect("archive_fonds", "id"),
        Protect("archive_inventory", "id"),
        Protect("archive_place", "dossier_id"),
        # The kernel stands below the ledger and cannot watch its own table.
        Protect("kernel_quarantineditem", "context_obj"),
    ]
