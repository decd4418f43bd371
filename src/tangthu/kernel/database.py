"""Which database, under which role.

One connection string, three roles (IN-38): the owner migrates, the application reads and writes
records and adds to the ledger's outbox, the integrator alone builds the tree. The application and
the integrator connect with `-c role=…`, so that RESET ROLE leads back to the narrow role.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tangthu.kernel import postgres
from tangthu.kernel.errors import DatabaseUnusable
from tangthu.kernel.home import Home

APP_ROLE = "tangthu_app"
INTEGRATOR_ROLE = "tangthu_integrator"
MIN_SERVER_VERSION = 150000
BUSINESS_LIMIT = "5min"

# What the application may do is granted table by table after each migration: everything on its
# own tables, and on the ledger only what stands here. Nobody is granted UPDATE, DELETE or
# TRUNCATE on ledger_entry.
LEDGER_GRANTS = {
    "ledger_log": ("SELECT, INSERT", "SELECT"),
    "ledger_object": ("SELECT, INSERT, UPDATE", "SELECT"),
    # Not id and xid: order and the coverage check rest on the values that the database gives.
    "ledger_pending": (
        "SELECT, INSERT (log_id, eid, obj, ch, n, h, leaf)",
        "SELECT, DELETE",
    ),
    "ledger_opening": ("SELECT, INSERT, DELETE", ""),
    "ledger_key": ("SELECT, INSERT, DELETE", ""),
    "ledger_head": ("SELECT", "SELECT, INSERT, UPDATE"),
    "ledger_entry": ("SELECT", "SELECT, INSERT"),
    "ledger_tree": ("SELECT, INSERT (log_id)", "SELECT, UPDATE"),
    "ledger_checkpoint": ("SELECT", "SELECT, INSERT"),
}


def embedded() -> bool:
    """Whether this installation runs its own PostgreSQL (no DATABASE_URL given)."""
    return not os.environ.get("DATABASE_URL")


def owner_conninfo(home: Home) -> str:
    """libpq connection string of the owner role."""
    return os.environ.get("DATABASE_URL") or postgres.url(home)


def django_databases(home: Home) -> dict[str, dict[str, Any]]:
    """The DATABASES setting: `default` (application), `owner` (migrations), `integrator`."""
    try:
        parts = conninfo_to_dict(owner_conninfo(home))
    except psycopg.ProgrammingError as error:
        raise DatabaseUnusable(
            "DATABASE_URL không đúng dạng.",
            hint="Ví dụ: postgresql://user:password@host:5432/tangthu",
        ) from error

    def entry(role: str | None, *settings: str) -> dict[str, Any]:
        options: dict[str, Any] = {
            key: value
            for key, value in parts.items()
            if key not in {"dbname", "user", "password", "host", "port", "options"}
        }
        wanted = [str(parts.get("options") or ""), *(f"-c {setting}" for setting in settings)]
        options["options"] = " ".join([*wanted, f"-c role={role}" if role else ""]).strip()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.get("dbname", ""),
            "USER": parts.get("user", ""),
            "PASSWORD": parts.get("password", ""),
            "HOST": parts.get("host", ""),
            "PORT": str(parts.get("port", "")),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }

    # IN-36: an event's time must be near that of its commit. PostgreSQL knows transaction_timeout
    # from version 17 on; a given server may be older.
    limits = [f"idle_in_transaction_session_timeout={BUSINESS_LIMIT}"]
    if embedded():
        limits.append(f"transaction_timeout={BUSINESS_LIMIT}")
    return {
        "default": entry(APP_ROLE, *limits),
        "owner": entry(None),
        # What is signed must not be lost in a crash, whatever the server's own setting.
        "integrator": entry(INTEGRATOR_ROLE, "synchronous_commit=on"),
    }


@contextmanager
def available(home: Home) -> Iterator[None]:
    """Keep the database reachable during the block: start the embedded server, or try the given.

    Raises DatabaseUnusable with one clear sentence.
    """
    if embedded():
        with postgres.needed(home):
            yield
        return
    try:
        with psycopg.connect(owner_conninfo(home), connect_timeout=10) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        raise DatabaseUnusable(
            "Không kết nối được cơ sở dữ liệu trong DATABASE_URL.",
            hint=str(error).strip().splitlines()[-1],
        ) from error
    if version < MIN_SERVER_VERSION:
        raise DatabaseUnusable(
            f"PostgreSQL {version // 10000} quá cũ.", hint="Cần PostgreSQL 15 trở lên."
        )
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"Cơ sở dữ liệu trong DATABASE_URL dùng bảng mã {encoding}.",
            hint="Tạo cơ sở dữ liệu khác: CREATE DATABASE tangthu ENCODING 'UTF8' "
            "TEMPLATE template0;",
        )
    yield


def ensure_roles(connection: psycopg.Connection[Any]) -> None:
    """Create the application and integrator roles if missing and let the owner act as them.

    An account that may create no roles is enough where its administrator has done both before.
    """
    # Being a member may mean less than being allowed to become the role from version 16 on.
    right = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    for role in (APP_ROLE, INTEGRATOR_ROLE):
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        try:
            if found is None:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
            may = connection.execute("SELECT pg_has_role(%s::name, %s)", [role, right]).fetchone()
            if may is None or not may[0]:
                connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        except psycopg.errors.InsufficientPrivilege as error:
            account = connection.info.user
            raise DatabaseUnusable(
                "Tài khoản trong DATABASE_URL không tạo được vai trò "
                f"{APP_ROLE} và {INTEGRATOR_ROLE}.",
                hint=f"Người quản trị PostgreSQL chạy một lần: CREATE ROLE {APP_ROLE}; CREATE ROLE "
                f"{INTEGRATOR_ROLE}; GRANT {APP_ROLE}, {INTEGRATOR_ROLE} TO {account};",
            ) from error


def apply_grants(connection: psycopg.Connection[Any]) -> None:
    """Grant each role exactly what it needs on the tables that exist now (after a migration)."""
    app, integrator = sql.Identifier(APP_ROLE), sql.Identifier(INTEGRATOR_ROLE)
    for role in (app, integrator):
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    connection.execute(
        sql.SQL(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};"
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app}"
        ).format(app=app)
    )
    for table, (for_app, for_integrator) in LEDGER_GRANTS.items():
        name = sql.Identifier(table)
        connection.execute(
            sql.SQL("REVOKE ALL ON {} FROM {}, {}, PUBLIC").format(name, app, integrator)
        )
        if for_app:
            connection.execute(sql.SQL("GRANT " + for_app + " ON {} TO {}").format(name, app))
        if for_integrator:
            connection.execute(
                sql.SQL("GRANT " + for_integrator + " ON {} TO {}").format(name, integrator)
            )
    connection.execute(
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(app)
    )
