"""Which database, and what each role may do in it.

One database, three logins (IN-38; kernel.logins): the owner migrates, the application reads and
writes records and adds to the ledger's outbox, the integrator alone builds the tree.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tangthu.kernel import logins, postgres
from tangthu.kernel.errors import DatabaseUnusable
from tangthu.kernel.home import Home
from tangthu.kernel.logins import APP_ROLE, INTEGRATOR_ROLE, embedded

# Which logins a process has: the site's (web, workers), the integrator's, or a command's, which an
# administrator gives and which may do both.
PROCESS = "TANGTHU_PROCESS"
SITE, INTEGRATOR, COMMAND = "site", "integrator", "command"
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
    "ledger_resume": ("SELECT, INSERT, DELETE", "SELECT, UPDATE"),
}


def django_databases(home: Home, process: str = COMMAND) -> dict[str, dict[str, Any]]:
    """The DATABASES setting of a kind of process: `default`, and `integrator` for who has it.

    The owner is never in it: kernel.prepare adds that login for as long as it migrates.
    """
    # IN-36: an event's time must be near that of its commit. PostgreSQL knows transaction_timeout
    # from version 17 on; a given server may be older.
    limits = [f"idle_in_transaction_session_timeout={BUSINESS_LIMIT}"]
    if embedded():
        limits.append(f"transaction_timeout={BUSINESS_LIMIT}")
    # What is signed must not be lost in a crash, whatever the server's own setting.
    sure = "synchronous_commit=on"
    if process == INTEGRATOR:
        entry = _entry(logins.conninfo(home, INTEGRATOR_ROLE), process, sure)
        return {"default": entry, "integrator": {**entry}}
    found = {"default": _entry(logins.conninfo(home, APP_ROLE), process, *limits)}
    if process == COMMAND and logins.may_read_password(home, INTEGRATOR_ROLE):
        found["integrator"] = _entry(logins.conninfo(home, INTEGRATOR_ROLE), process, sure)
    return found


def places(home: Home) -> list[dict[str, Any]]:
    """Where each login that this process was told of would connect, by libpq's keywords."""
    found = [logins.conninfo(home, role) for role in logins.ROLES]
    if logins.names_owner():
        found.append(logins.parsed(logins.owner_conninfo(home)))
    return found


def owner_database(home: Home) -> dict[str, Any]:
    """The entry of DATABASES for the owner's login."""
    return _entry(logins.parsed(logins.owner_conninfo(home)), COMMAND)


def _entry(parts: dict[str, Any], process: str, *settings: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        key: value
        for key, value in parts.items()
        if key not in {"dbname", "user", "password", "host", "port", "options"}
    }
    wanted = [str(parts.get("options") or ""), *(f"-c {setting}" for setting in settings)]
    options["options"] = " ".join(wanted).strip()
    options["application_name"] = f"tangthu {process}"
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


@contextmanager
def available(home: Home) -> Iterator[None]:
    """Keep the database reachable during the block: start the embedded server, or try the given.

    Looks as the owner where this process knows that login, else as the application or the
    integrator. Raises DatabaseUnusable with one clear sentence.
    """
    if embedded():
        with postgres.needed(home):
            yield
        return
    try:
        with psycopg.connect(_try(home), connect_timeout=10) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        raise DatabaseUnusable(
            "Không kết nối được cơ sở dữ liệu trong DATABASE_URL.",
            hint=str(error).splitlines()[-1].strip(),
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


def _try(home: Home) -> str:
    """The login with which a given server is tried."""
    if logins.names_owner():
        return logins.owner_conninfo(home)
    integrating = os.environ.get(PROCESS) == INTEGRATOR
    return make_conninfo(**logins.conninfo(home, INTEGRATOR_ROLE if integrating else APP_ROLE))


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
        sql.SQL(
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations, kernel_deployment FROM {};"
            "GRANT SELECT ON django_migrations, kernel_deployment TO {}"
        ).format(app, integrator)
    )
    # Databases that came from before PostgreSQL 15 let everybody make tables and functions.
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    narrow_database(connection, connection.info.dbname)
    if embedded():
        for other in ("postgres", "template1"):
            connection.execute(
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(other))
            )


def narrow_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Let both roles into the database `name` and nobody make temporary things in it.

    Whoever may have temporary tables may also make functions among them.
    """
    connection.execute(
        sql.SQL(
            "REVOKE CREATE, TEMPORARY ON DATABASE {name} FROM PUBLIC, {app}, {integrator};"
            "GRANT CONNECT ON DATABASE {name} TO {app}, {integrator}"
        ).format(
            name=sql.Identifier(name),
            app=sql.Identifier(APP_ROLE),
            integrator=sql.Identifier(INTEGRATOR_ROLE),
        )
    )
