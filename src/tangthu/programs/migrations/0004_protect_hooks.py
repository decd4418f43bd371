"""Put the hooks under the ledger's watch (IN-39)."""

from django.db import migrations

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_hooks"), ("ledger", "0001_schema")]
    operations = [Protect("programs_hook", "id")]
