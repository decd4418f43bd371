"""The security log is append-only: the database gives the time, refuses changes, and refuses to
delete a line within twelve months (RM-956)."""

from django.db import migrations

_SQL = """
CREATE FUNCTION signin_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.at := clock_timestamp();
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '12 months' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a line of the security log is kept for twelve months'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RAISE EXCEPTION 'the security log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER signin_entry_row BEFORE INSERT OR UPDATE OR DELETE ON signin_securityentry
    FOR EACH ROW EXECUTE FUNCTION signin_entry_guard();
CREATE TRIGGER signin_entry_whole BEFORE TRUNCATE ON signin_securityentry
    FOR EACH STATEMENT EXECUTE FUNCTION signin_entry_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("signin", "0001_initial")]
    operations = [migrations.RunSQL(_SQL)]
