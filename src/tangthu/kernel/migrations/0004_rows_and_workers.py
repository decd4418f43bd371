"""What came of each row of a job, who works, whose turn it is, and how fast it went lately."""

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0003_one_at_a_time'),
    ]

    operations = [
        migrations.CreateModel(
            name='JobRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('about', models.CharField(choices=[('dossier', 'Dossier'), ('document', 'Document'), ('', 'Nothing')], default='', max_length=10)),
                ('about_id', models.UUIDField(null=True)),
                ('label', models.CharField(default='', max_length=300)),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('warned', 'Warned'), ('refused', 'Refused'), ('failed', 'Failed')], max_length=8)),
                ('message', models.TextField(default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('host', models.CharField(max_length=100)),
                ('pid', models.IntegerField()),
                ('version', models.CharField(max_length=40)),
                ('concurrency', models.SmallIntegerField()),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name='job',
            name='pace',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='job',
            name='priority',
            field=models.SmallIntegerField(choices=[(10, 'Person'), (0, 'Batch'), (-10, 'Rounds')], db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='job',
            name='worker_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='jobrow',
            name='job',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='kernel.job'),
        ),
        migrations.AddIndex(
            model_name='jobrow',
            index=models.Index(fields=['job', 'outcome', 'id'], name='job_row_outcome'),
        ),
        migrations.AddConstraint(
            model_name='jobrow',
            constraint=models.UniqueConstraint(fields=('job', 'key'), name='job_row_once'),
        ),
    ]
