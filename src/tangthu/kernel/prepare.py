"""Bring the database to this version's shape: logins, migrations, grants. Safe to run again."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError, OperationalError, ProgrammingError

from tangthu.kernel import database, deployment, logins
from tangthu.kernel.errors import DatabaseUnusable, HouseError

# What an app does once to what is there of an older version, registered by it: may be repeated.
_afterwards: list[Callable[[], object]] = []
_SEE_LOGINS = "Xem mục Database logins trong docs/install.md."
log = logging.getLogger("tangthu.kernel")


def afterwards(act: Callable[[], object]) -> None:
    """Let `act` run whenever the database has this version's shape, as a command does."""
    if act not in _afterwards:
        _afterwards.append(act)


def prepare() -> None:
    """Give each role its login, run migrations as the owner and grant what each role needs; then
    do what apps have to do once with what is there (`afterwards`).

    The database must be reachable (kernel.database.available). Two processes may call this at
    once: an advisory lock lets one pass after the other. Raises DatabaseUnusable if the account
    may not create what is needed.
    """
    with as_owner() as connection:
        connection.execute("SELECT pg_advisory_lock(7414116)")
        logins.ensure_logins(connection, settings.HOME)
        try:
            with owner_alias():
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
        for act in _afterwards:
            act()


def _lacks_privilege(error: BaseException | None) -> bool:
    """Whether a refusal of PostgreSQL stands at the root of `error`, whatever wrapped it."""
    while error is not None and not isinstance(error, psycopg.errors.InsufficientPrivilege):
        error = error.__cause__ or error.__context__
    return error is not None


def as_owner() -> psycopg.Connection[Any]:
    """A connection of the owner's, to be closed by the caller. Raises DatabaseUnusable."""
    try:
        return psycopg.connect(logins.owner_conninfo(settings.HOME), autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnusable(
            "Chủ cơ sở dữ liệu không đăng nhập được.", hint=str(error).strip().splitlines()[-1]
        ) from error


@contextmanager
def owner_alias() -> Iterator[None]:
    """Let Django know the owner's login as `owner` during the block, and forget it after."""
    if "owner" in connections.settings:
        yield
        return
    before = connections.settings
    connections.settings = connections.configure_settings(
        {**before, "owner": database.owner_database(settings.HOME)}
    )
    try:
        yield
    finally:
        connections["owner"].close()
        del connections["owner"]
        connections.settings = before


def require_mode() -> None:
    """Raise WrongMode unless the database belongs to this deployment mode; for a web server.

    A database that is away now is not waited for, so that people are told so; when it comes, every
    connection is asked before anything is read by it (`refuse_other_mode`).
    """
    try:
        deployment.require_recorded(connections["default"])
    except DatabaseError as error:
        log.warning("the deployment mode of the database was not read: %s", type(error).__name__)
    finally:
        connections["default"].close()


def require_prepared() -> None:
    """Raise DatabaseUnusable with one clear sentence unless every migration has been run."""
    unprepared = DatabaseUnusable(
        "Cơ sở dữ liệu chưa được chuẩn bị cho phiên bản này.",
        hint="Chạy `tangthu up` hoặc `tangthu migrate` một lần.",
    )
    try:
        executor = MigrationExecutor(connections["default"])
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not missing:
            deployment.require_recorded(connections["default"])
    except (OperationalError, ProgrammingError) as error:
        # No login yet, no database, no right to look: a home from before, or one just made.
        unprepared.hint += f" ({str(error).strip().splitlines()[-1]})"
        raise unprepared from error
    finally:
        connections["default"].close()
    if missing:
        raise unprepared


def refuse_superuser(connection: Any, **_facts: Any) -> None:
    """Close a new connection of the running site that turns out to be a superuser's (IN-38).

    The server says so of itself when one logs in. Raises DatabaseUnusable.
    """
    if os.environ.get(database.PROCESS, database.COMMAND) == database.COMMAND:
        return
    if connection.connection.info.parameter_status("is_superuser") == "on":
        connection.close()
        raise DatabaseUnusable(
            "Không chạy bằng đăng nhập có quyền của chủ cơ sở dữ liệu.", hint=_SEE_LOGINS
        )


def refuse_other_mode(connection: Any, **_facts: Any) -> None:
    """Close a new connection of the running site to a database of another mode (AR-128).

    Its database may have been away when the site started, or be another one since. Raises
    WrongMode, or ProgrammingError where the database states no mode at all.
    """
    if os.environ.get(database.PROCESS, database.COMMAND) == database.COMMAND:
        return
    try:
        deployment.require_recorded(connection)
    except (HouseError, DatabaseError):
        connection.close()
        raise


def require_narrow() -> None:
    """Raise DatabaseUnusable if this process's login could become the owner (IN-38)."""
    found = logins.excess(connections["default"], grave=True)
    connections["default"].close()
    if found:
        raise DatabaseUnusable(
            "Không chạy bằng đăng nhập có quyền của chủ cơ sở dữ liệu: " + "; ".join(found),
            hint=_SEE_LOGINS,
        )
