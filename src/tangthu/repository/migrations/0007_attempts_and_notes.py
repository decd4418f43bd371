"""When a copy was last gone for, and whether a note of what was closed is still due beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repository", "0006_s3_stores")]
    operations = [
        migrations.AddField("copy", "proof_tried_at", models.DateTimeField(null=True)),
        migrations.AddField("copy", "tried_at", models.DateTimeField(null=True)),
        migrations.AddField("copy", "note_due", models.BooleanField(default=False)),
    ]
