"""Put the record state of this app under the ledger's watch (IN-39)."""

from django.db import migrations

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("ledger", "0001_schema")]
    operations = [
        Protect("records_dossier", "id"),
        Protect("records_document", "id"),
        Protect("records_membership", "document_id"),
        Protect("records_contentfile", "document_id"),
        Protect("records_codealias", "obj"),
    ]
