"""A year of a fonds that grants open is read in the order of its places, instead of sorting all of
it (discovery.cut); built while entries are read and written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discovery", "0006_census_recounted")]

    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(
                fields=["fonds_id", "kind", "year", "place", "obj"], name="entry_fonds_year"
            ),
        ),
    ]
