"""Records whose copies must be taken back: a new, empty table. No record state, so no watch."""

import uuid

from django.db import migrations, models

from tangthu.kernel.logins import APP_ROLE


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0006_use_of_packages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaving",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("obj", models.UUIDField()),
            ],
        ),
        # At once, not only with the grants after the migrations: who works meanwhile needs it.
        migrations.RunSQL(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON records_leaving TO {APP_ROLE}"
        ),
    ]
