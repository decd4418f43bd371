"""Requests to let a stopped log go on: the application asks, the integrator answers."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE TABLE ledger_resume (
    log_id    integer PRIMARY KEY REFERENCES ledger_log,
    seen_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    problems  text[]
);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("ledger", "0002_one_event")]
    operations = [migrations.RunSQL(SQL)]
