"""Records can be frozen on an order (RM-690 g, AR-30)."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from tangthu.ledger.protection import Protect


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_practice'),
        ('records', '0008_words_of_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='Freeze',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('decision', models.CharField(max_length=200)),
                ('frozen_by', models.UUIDField()),
                ('frozen_at', models.DateTimeField()),
                ('lifted_by', models.UUIDField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_decision', models.CharField(default='', max_length=200)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.body')),
            ],
        ),
        migrations.CreateModel(
            name='FrozenThing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('thing', models.UUIDField()),
                ('freeze', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='things', to='records.freeze')),
            ],
        ),
        migrations.AddIndex(
            model_name='freeze',
            index=models.Index(condition=models.Q(('lifted_at', None)), fields=['body'], name='freeze_standing'),
        ),
        migrations.AddConstraint(
            model_name='frozenthing',
            constraint=models.UniqueConstraint(fields=('freeze', 'thing'), name='frozen_once'),
        ),
        Protect("records_freeze", "id"),
        Protect("records_frozenthing", "freeze_id"),
    ]
