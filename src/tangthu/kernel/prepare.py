"""Bring the database to this version's shape: roles, migrations, grants. Safe to run again."""

from __future__ import annotations

import logging

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from tangthu.kernel import database, deployment
from tangthu.kernel.errors import DatabaseUnusable

log = logging.getLogger("tangthu.kernel")


def prepare() -> None:
    """Create roles, run migrations as the owner and grant each role what it needs.

    The database must be reachable (kernel.database.available). Two processes may call this at
    once: an advisory lock lets one pass after the other. Raises DatabaseUnusable if the account
    may not create what is needed.
    """
    with psycopg.connect(database.owner_conninfo(settings.HOME), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7414116)")
        database.ensure_roles(connection)
        try:
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            with connection.transaction():
                database.apply_grants(connection)
            deployment.require_same(connection)
        except (DatabaseError, psycopg.Error) as error:
            if not _lacks_privilege(error):
                raise
            raise DatabaseUnusable(
                "Tài khoản trong DATABASE_URL không tạo được bảng trong cơ sở dữ liệu.",
                hint="Cho tài khoản ấy làm chủ cơ sở dữ liệu: "
                "ALTER DATABASE tên_cơ_sở_dữ_liệu OWNER TO tài_khoản;",
            ) from error


def _lacks_privilege(error: BaseException | None) -> bool:
    """Whether a refusal of PostgreSQL stands at the root of `error`, whatever wrapped it."""
    while error is not None and not isinstance(error, psycopg.errors.InsufficientPrivilege):
        error = error.__cause__ or error.__context__
    return error is not None


def require_mode() -> None:
    """Raise WrongMode unless the database belongs to this deployment mode; for a web server.

    A database that is away now is not waited for: what it holds of secrets it shows to nobody
    without a clearance, and those exist on an isolated LAN alone.
    """
    try:
        with psycopg.connect(
            database.owner_conninfo(settings.HOME), autocommit=True, connect_timeout=5
        ) as connection:
            deployment.require_same(connection)
    except psycopg.Error as error:
        log.warning("the deployment mode of the database was not read: %s", type(error).__name__)


def require_prepared() -> None:
    """Raise DatabaseUnusable with one clear sentence unless every migration has been run."""
    executor = MigrationExecutor(connections["owner"])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connections["owner"].close()
    if missing:
        raise DatabaseUnusable(
            "Cơ sở dữ liệu chưa được chuẩn bị cho phiên bản này.",
            hint="Chạy `tangthu up` hoặc `tangthu migrate` một lần.",
        )
    with psycopg.connect(database.owner_conninfo(settings.HOME), autocommit=True) as connection:
        deployment.require_same(connection)
