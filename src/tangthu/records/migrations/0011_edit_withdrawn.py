"""Whoever asked for a change of a labelled record may take it back (RM-951)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0010_sensitivity'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pendingedit',
            name='decision',
            field=models.CharField(choices=[('approved', 'Đã duyệt'), ('refused', 'Không duyệt'), ('withdrawn', 'Đã rút lại')], default='', max_length=10),
        ),
    ]
