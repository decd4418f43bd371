"""The ledger's tables, as plain SQL: see ../schema.sql."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).resolve().parents[1] / "schema.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(SQL)]
