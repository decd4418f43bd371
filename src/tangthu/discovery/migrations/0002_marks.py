"""Marks by which the index leaves out more: segments, years, codes cited in texts.

Entries written before have none of them, which is kept as a fact of the whole index. The rows
become narrow (of what is longer than 1 000 bytes the longest columns stand apart), so that reading
a thousand descriptions for ranking touches few pages; that holds for what is written from now on.
"""

from django.db import migrations, models

SQL = """
CREATE SEQUENCE discovery_entry_serial;
ALTER TABLE discovery_entry SET (toast_tuple_target = 1000);
ALTER TABLE discovery_entry ALTER COLUMN head SET STORAGE MAIN;
INSERT INTO discovery_indexstate (outdated) SELECT EXISTS (SELECT 1 FROM discovery_entry);
"""


class Migration(migrations.Migration):
    dependencies = [("discovery", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="layout",
            field=models.SmallIntegerField(default=1, db_default=1),
        ),
        migrations.CreateModel(
            name="IndexState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outdated", models.BooleanField()),
            ],
        ),
        migrations.RunSQL(SQL),
    ]
