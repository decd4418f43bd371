"""Count anew what migration 0005 tells apart.

One statement under one view of the index, a minute or two of 20 million entries, which are read and
written meanwhile; what the census lacks is noted beside it.
"""

from django.db import migrations

KEY = "body_id, access_level, kind, record_type, year, retention_code, sealed, fonds_id, tangled"

SQL = f"""
INSERT INTO discovery_censuschange ({KEY}, n) SELECT {KEY}, sum(n) FROM (
    SELECT {KEY}, count(*) AS n FROM discovery_entry GROUP BY {KEY}
    UNION ALL SELECT {KEY}, -n FROM discovery_census
    UNION ALL SELECT {KEY}, -n FROM discovery_censuschange
) c GROUP BY {KEY} HAVING sum(n) <> 0
"""


class Migration(migrations.Migration):
    dependencies = [("discovery", "0005_census_tangled")]

    operations = [migrations.RunSQL(SQL)]
