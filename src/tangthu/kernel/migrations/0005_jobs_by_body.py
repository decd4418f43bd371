"""Jobs of a body by time, made beside the work that goes on: the table may be long."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('kernel', '0004_rows_and_workers'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(fields=['body_id', 'created_at'], name='job_body'),
        ),
    ]
