"""A line of a review keeps what the list of accounts told (RM-954)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0011_half'),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewline',
            name='department',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='reviewline',
            name='kind',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddField(
            model_name='reviewline',
            name='manager',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='reviewline',
            name='registered_at',
            field=models.DateTimeField(null=True),
        ),
    ]
