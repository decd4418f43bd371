"""The ledger's tables, as plain SQL: see ../schema.sql."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = (Path(__file__).resolve().parents[1] / "schema.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations = [migrations.RunSQL(SQL)]
