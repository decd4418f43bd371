"""What a repair found before it began, so that a repair that is cut off is told all the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repository", "0003_unchecked_and_proofs")]
    operations = [migrations.AddField("copy", "mending", models.JSONField(null=True))]
