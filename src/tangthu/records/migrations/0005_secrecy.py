"""The degree of secrecy of a record, refused by the database itself on a connected installation."""

from django.db import migrations, models


# A column that may be empty is added without touching a row; the trigger looks at secret rows only.
_WATCH = """
CREATE TRIGGER {table}_secrecy BEFORE INSERT OR UPDATE OF secrecy, access_level ON {table}
    FOR EACH ROW WHEN (NEW.secrecy IS NOT NULL OR NEW.access_level = '03')
    EXECUTE FUNCTION records_secrecy_guard();
"""
_SQL = """
CREATE FUNCTION records_secrecy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF kernel_deployment_mode() <> 'isolated_lan' THEN
        RAISE EXCEPTION 'a connected installation keeps no state secrets'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.secrecy IS NULL OR NEW.access_level <> '03' OR NEW.secrecy NOT IN ('1', '2', '3') THEN
        RAISE EXCEPTION 'access level 03 and a degree of secrecy go together'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
""" + "".join(_WATCH.format(table=table) for table in ("records_document", "records_dossier"))


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_deployment'),
        ('records', '0004_use'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='secrecy',
            field=models.CharField(max_length=1, null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='secrecy',
            field=models.CharField(max_length=1, null=True),
        ),
        migrations.RunSQL(_SQL),
    ]
