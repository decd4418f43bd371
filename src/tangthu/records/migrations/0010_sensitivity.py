"""Sensitivity labels, and changes of labelled records that wait for approval (RM-951)."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_practice'),
        ('records', '0009_freeze'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='sensitivity',
            field=models.CharField(max_length=2, null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='sensitivity',
            field=models.CharField(max_length=2, null=True),
        ),
        migrations.CreateModel(
            name='PendingEdit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('obj', models.UUIDField()),
                ('values', models.JSONField(default=dict)),
                ('extra', models.JSONField(null=True)),
                ('expected', models.CharField(max_length=100)),
                ('asked_by', models.UUIDField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('decision', models.CharField(choices=[('approved', 'Đã duyệt'), ('refused', 'Không duyệt')], default='', max_length=10)),
                ('decided_by', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(default='', max_length=200)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.body')),
            ],
            options={
                'indexes': [models.Index(fields=['obj'], name='edit_of_record'), models.Index(condition=models.Q(('decided_at', None)), fields=['body', 'asked_at'], name='edit_waits')],
            },
        ),
        Protect("records_pendingedit", "obj"),
    ]
