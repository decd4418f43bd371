"""Put the record state of this app under the ledger's watch (IN-39)."""

from django.db import migrations

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial"), ("ledger", "0001_schema")]
    operations = [Protect("programs_apikey", "id")]
