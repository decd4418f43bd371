"""Stores become a register: how each stands, what it shares with others, when its carrier is due."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repository", "0004_copy_mending")]
    operations = [
        # Each store that is there gets an id of its own: the default is the database's.
        migrations.AddField("store", "uid", models.UUIDField(db_default=RandomUUID(), unique=True)),
        migrations.AlterField(
            "store", "uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.AddField(
            "store",
            "state",
            models.CharField(
                choices=[
                    ("joining", "Đang chép sang"),
                    ("active", "Đang dùng"),
                    ("retiring", "Đang thôi dùng"),
                    ("retired", "Đã thôi dùng"),
                ],
                default="active",
                max_length=10,
            ),
        ),
        *(
            migrations.AddField(
                "store", name, models.CharField(blank=True, default="", max_length=100)
            )
            for name in ("site", "power", "operator", "medium", "vendor")
        ),
        migrations.AddField("store", "carrier_since", models.DateField(null=True)),
        migrations.AddField("store", "carrier_years", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("store", "pace", models.PositiveIntegerField(default=0)),
    ]
