"""Passkeys that sign in alone no more, and links that somebody else made."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signin", "0012_review_inventory")]

    operations = [
        migrations.AddField(
            model_name="passkey",
            name="second_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="providerlink",
            name="linked_by",
            field=models.CharField(db_default="", default="", max_length=120),
        ),
    ]
