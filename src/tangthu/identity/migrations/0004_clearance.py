"""Who may see state secrets, on an isolated LAN only, under the ledger's watch."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from tangthu.ledger.protection import Protect


_SQL = """
CREATE FUNCTION identity_clearance_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF kernel_deployment_mode() <> 'isolated_lan' THEN
        RAISE EXCEPTION 'a connected installation has no clearances'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.degree NOT IN ('1', '2', '3') THEN
        RAISE EXCEPTION 'no degree of secrecy' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER identity_clearance_mode BEFORE INSERT OR UPDATE ON identity_clearance
    FOR EACH ROW EXECUTE FUNCTION identity_clearance_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_deployment'),
        ('identity', '0003_listchoice'),
    ]

    operations = [
        migrations.CreateModel(
            name='Clearance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('degree', models.CharField(max_length=1)),
                ('decision', models.CharField(max_length=200)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.body')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clearances', to='identity.person')),
            ],
        ),
        Protect("identity_clearance", "person_id"),
        migrations.RunSQL(_SQL),
    ]
