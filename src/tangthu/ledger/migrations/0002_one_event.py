"""One event of one object in two short calls: see ../one_event.sql."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = (Path(__file__).resolve().parents[1] / "one_event.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("ledger", "0001_schema")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(SQL)]
