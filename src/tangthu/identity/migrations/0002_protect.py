"""Put the record state of this app under the ledger's watch (IN-39)."""

from django.db import migrations

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("ledger", "0001_schema")]
    operations = [
        Protect("identity_body", "id"),
        Protect("identity_person", "id"),
        Protect("identity_appointment", "person_id"),
    ]
