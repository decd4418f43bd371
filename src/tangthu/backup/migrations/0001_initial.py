"""Restores, and who has read of each."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("identity", "0008_practice"),
    ]

    operations = [
        migrations.CreateModel(
            name="Restore",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("set", models.CharField(max_length=60)),
                ("moment", models.DateTimeField()),
                ("restored_at", models.DateTimeField()),
                ("told", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="RestoreRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField()),
                ("person", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.person")),
                ("restore", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reads", to="backup.restore")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("restore", "person"), name="restore_read_once")],
            },
        ),
    ]
