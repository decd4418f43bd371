"""The census (discovery.census): counts kept by triggers, so that registers need not count.

The first count reads one index: some ten seconds of 20 million entries, during which they are not
written to.
"""

from django.db import migrations

from tangthu.kernel.logins import APP_ROLE

KEY = "body_id, access_level, kind, record_type, year, retention_code, sealed, fonds_id"
COLUMNS = """
    body_id uuid NOT NULL, access_level varchar(2) NOT NULL, kind varchar(20) NOT NULL,
    record_type varchar(10) NOT NULL, year smallint, retention_code varchar(10) NOT NULL,
    sealed boolean NOT NULL, fonds_id uuid, n bigint NOT NULL
"""


def row(name: str) -> str:
    return ", ".join(f"{name}.{column}" for column in KEY.split(", "))


SQL = f"""
CREATE TABLE discovery_census ({COLUMNS}, UNIQUE NULLS NOT DISTINCT ({KEY}));
CREATE TABLE discovery_censuschange ({COLUMNS});

CREATE FUNCTION discovery_note_census() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO discovery_censuschange ({KEY}, n) VALUES ({row("OLD")}, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO discovery_censuschange ({KEY}, n) VALUES ({row("NEW")}, 1);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entry_counted AFTER INSERT OR DELETE ON discovery_entry
    FOR EACH ROW EXECUTE FUNCTION discovery_note_census();
CREATE TRIGGER entry_recounted AFTER UPDATE ON discovery_entry
    FOR EACH ROW WHEN (({row("OLD")}) IS DISTINCT FROM ({row("NEW")}))
    EXECUTE FUNCTION discovery_note_census();

INSERT INTO discovery_census ({KEY}, n)
    SELECT {KEY}, count(*) FROM discovery_entry GROUP BY {KEY};

-- From here on the triggers write as whoever writes entries, also where a later migration fails.
GRANT SELECT, INSERT, UPDATE, DELETE ON discovery_census, discovery_censuschange TO {APP_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [("discovery", "0002_marks")]

    operations = [migrations.RunSQL(SQL)]
