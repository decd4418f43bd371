"""The deployment mode, written by the owner of the database alone and never rewritten (AR-128)."""

import django.db.models.functions.datetime
from django.db import migrations, models


_SQL = """
CREATE FUNCTION kernel_deployment_mode() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT mode FROM kernel_deployment ORDER BY id DESC LIMIT 1), 'connected')
$$;
CREATE FUNCTION kernel_deployment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.mode <> kernel_deployment_mode() AND EXISTS (SELECT FROM identity_body) THEN
        RAISE EXCEPTION 'an installation that holds something keeps its deployment mode'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kernel_deployment_guard BEFORE INSERT OR UPDATE OR DELETE ON kernel_deployment
    FOR EACH ROW EXECUTE FUNCTION kernel_deployment_guard();
CREATE TRIGGER kernel_deployment_no_truncate BEFORE TRUNCATE ON kernel_deployment
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_deployment_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(max_length=20)),
                ('decision', models.TextField(db_default='', default='')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RunSQL(_SQL),
    ]
