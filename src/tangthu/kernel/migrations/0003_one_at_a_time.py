"""The mode is decided while nobody opens a body, and by what is there at that moment (AR-128).

A body that was being opened was not seen by the guard, which let a mode be recorded beside it. The
lock is held to the end of the transaction: what opens a body waits, and the guard waits for it.
"""

from django.db import migrations

_SQL = """
CREATE OR REPLACE FUNCTION kernel_deployment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'the deployment mode is never rewritten' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user IN ('tangthu_app', 'tangthu_integrator') THEN
        RAISE EXCEPTION 'only the owner records the deployment mode'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.mode NOT IN ('connected', 'isolated_lan') THEN
        RAISE EXCEPTION 'no deployment mode: %', NEW.mode USING ERRCODE = 'check_violation';
    END IF;
    -- Any other level would go on seeing what was there before the lock.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the deployment mode is recorded in a read committed transaction'
            USING ERRCODE = 'check_violation';
    END IF;
    LOCK TABLE identity_body IN SHARE ROW EXCLUSIVE MODE;
    IF NEW.mode <> kernel_deployment_mode() AND EXISTS (SELECT FROM identity_body) THEN
        RAISE EXCEPTION 'an installation that holds something keeps its deployment mode'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_deployment'),
    ]

    operations = [
        migrations.RunSQL(_SQL),
    ]
