"""Which lists among a batch's files were said not to be its index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0003_refused_marks'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='settled_lists',
            field=models.JSONField(default=list),
        ),
    ]
