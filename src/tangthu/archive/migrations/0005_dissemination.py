"""Use packages (DIP), under the ledger's watch."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0004_settled_lists'),
        ('identity', '0002_protect'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dissemination',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('code', models.CharField(max_length=100)),
                ('request', models.JSONField()),
                ('documents', models.JSONField()),
                ('ordered_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('files', models.PositiveIntegerField(default=0)),
                ('size', models.BigIntegerField(default=0)),
                ('sha256', models.CharField(default='', max_length=64)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.body')),
            ],
            options={
                'indexes': [models.Index(fields=['person_id', '-ordered_at'], name='dip_list'), models.Index(condition=models.Q(('removed_at__isnull', True)), fields=['expires_at'], name='dip_alive')],
            },
        ),
        Protect("archive_dissemination", "id"),
    ]
