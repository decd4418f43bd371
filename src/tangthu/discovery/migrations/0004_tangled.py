"""Grants for one fonds, dossier or document (discovery.cut): what stands in several dossiers of its
body is told apart, and the entries of one fonds can be walked in every order.

The indexes are built while entries are read and written, some minutes of 20 million.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_TELL = """
UPDATE discovery_entry SET tangled = true WHERE obj IN (
    SELECT m.document_id FROM records_membership m
    JOIN records_document d ON d.id = m.document_id
    JOIN records_dossier h ON h.id = m.dossier_id AND h.body_id = d.body_id
    GROUP BY m.document_id HAVING count(*) > 1
)
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discovery", "0003_census"), ("records", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="tangled",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunSQL(_TELL),
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(
                fields=["fonds_id", "kind", "date_from", "obj"], name="entry_fonds_date"
            ),
        ),
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(fields=["fonds_id", "kind", "code", "obj"], name="entry_fonds_code"),
        ),
    ]
