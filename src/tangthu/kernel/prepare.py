"""Bring the database to this version's shape: roles, migrations, grants. Safe to run again."""

from __future__ import annotations

import psycopg
from django.conf import settings
from django.core.management import call_command

from tangthu.kernel import database


def prepare() -> None:
    """Create roles, run migrations as the owner and grant each role what it needs.

    The database must be reachable (kernel.database.available). Two processes may call this at
    once: an advisory lock lets one pass after the other.
    """
    with psycopg.connect(database.owner_conninfo(settings.HOME), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7414116)")
        database.ensure_roles(connection)
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        with connection.transaction():
            database.apply_grants(connection)
