"""The census also tells apart what stands in several dossiers, so that it counts what grants for whole
fonds open (discovery.cut).

Only the small tables of the census change; entries are neither read nor written for that moment.
They are locked first, as by whoever writes them and then notes the change, so that nobody waits for
the other in a circle. Until migration 0006 has counted anew, entries that are tangled count as if
they were not.
"""

from django.db import migrations

KEY = "body_id, access_level, kind, record_type, year, retention_code, sealed, fonds_id, tangled"


def row(name: str) -> str:
    return ", ".join(f"{name}.{column}" for column in KEY.split(", "))


SQL = f"""
LOCK TABLE discovery_entry IN ACCESS EXCLUSIVE MODE;
ALTER TABLE discovery_census ADD COLUMN tangled boolean NOT NULL DEFAULT false;
ALTER TABLE discovery_censuschange ADD COLUMN tangled boolean NOT NULL DEFAULT false;
DO $$
DECLARE
    named text;
BEGIN
    SELECT conname INTO STRICT named FROM pg_constraint
    WHERE conrelid = 'discovery_census'::regclass AND contype = 'u';
    EXECUTE format('ALTER TABLE discovery_census DROP CONSTRAINT %I', named);
END $$;
ALTER TABLE discovery_census ADD CONSTRAINT discovery_census_one UNIQUE NULLS NOT DISTINCT ({KEY});

CREATE OR REPLACE FUNCTION discovery_note_census() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO discovery_censuschange ({KEY}, n) VALUES ({row("OLD")}, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO discovery_censuschange ({KEY}, n) VALUES ({row("NEW")}, 1);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER entry_recounted ON discovery_entry;
CREATE TRIGGER entry_recounted AFTER UPDATE ON discovery_entry
    FOR EACH ROW WHEN (({row("OLD")}) IS DISTINCT FROM ({row("NEW")}))
    EXECUTE FUNCTION discovery_note_census();
"""


class Migration(migrations.Migration):
    dependencies = [("discovery", "0004_tangled")]

    operations = [migrations.RunSQL(SQL)]
