"""The national registry of identifiers, loaded as reference data (AR-37)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0011_ran_out'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgencyCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=35)),
                ('name', models.CharField(max_length=300)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('decision', models.CharField(default='', max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'effective_from'), name='agency_code_once')],
            },
        ),
    ]
