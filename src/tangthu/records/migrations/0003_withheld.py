"""Documents withheld because they may be state secrets (AR-129), under the ledger's watch."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):
    dependencies = [("records", "0002_protect"), ("identity", "0002_protect")]
    operations = [
        migrations.CreateModel(
            name="Withheld",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reported_by", models.UUIDField()),
                ("reported_at", models.DateTimeField()),
                ("released_by", models.UUIDField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("basis", models.CharField(default="", max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.body",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withheld",
                        to="records.document",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=("document",),
                        name="withheld_once",
                    )
                ],
            },
        ),
        Protect("records_withheld", "document_id"),
    ]
