"""Indexes of the few copies among many that somebody looks for; made without stopping the house."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("repository", "0007_attempts_and_notes")]
    operations = [
        AddIndexConcurrently(
            "copy",
            models.Index(
                fields=["store", "state"], name="copy_hurt", condition=~models.Q(state="good")
            ),
        ),
        AddIndexConcurrently(
            "copy",
            models.Index(fields=["id"], name="copy_note_due", condition=models.Q(note_due=True)),
        ),
    ]
