"""A body whose log says that it comes from the other mode is not opened (AR-128).

The mode may have changed between the opening of the log and that of the body; from the insert of
the body on it cannot (kernel 0003).
"""

from django.db import migrations

_SQL = """
CREATE FUNCTION identity_body_of_the_mode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_log WHERE body = NEW.id
        AND starts_with(origin, 'isolated-lan/') <> (kernel_deployment_mode() = 'isolated_lan')
    ) THEN
        RAISE EXCEPTION 'the log of the body was opened in another deployment mode'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER identity_body_of_the_mode BEFORE INSERT ON identity_body
    FOR EACH ROW EXECUTE FUNCTION identity_body_of_the_mode();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_clearance'),
        ('kernel', '0003_one_at_a_time'),
        ('ledger', '0001_schema'),
    ]

    operations = [
        migrations.RunSQL(_SQL),
    ]
