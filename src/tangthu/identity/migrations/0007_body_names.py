"""What bodies were called, from day to day (RM-012); those there are begin with the day of opening."""

import django.db.models.deletion
from django.db import migrations, models

from tangthu.ledger.protection import Protect

_NAMES = """
INSERT INTO identity_bodyname (body_id, name, short_name, code, effective_from, decision)
    SELECT id, name, short_name, code, (created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, ''
    FROM identity_body
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_organisation'),
        ('ledger', '0001_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='BodyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('short_name', models.CharField(max_length=60)),
                ('code', models.CharField(max_length=35)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('decision', models.CharField(default='', max_length=200)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='identity.body')),
            ],
            options={
                'indexes': [models.Index(fields=['body', 'effective_from'], name='name_of_body')],
            },
        ),
        migrations.RunSQL(_NAMES),
        Protect('identity_bodyname', 'body_id'),
    ]
