"""A body may be one in which people of another only practise."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_body_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='body',
            name='practice_of',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='practice', to='identity.body'),
        ),
    ]
