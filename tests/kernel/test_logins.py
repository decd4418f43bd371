"""Who logs in to the database, and that nobody of the running site can become its owner."""

from __future__ import annotations

import json
import stat
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections
from psycopg.conninfo import conninfo_to_dict
from tests.ledger import steps
from tests.support.commands import call
from tests.support.house import TestHouse
from tests.support.server import Server
from tests.support.workers import process

from tangthu.kernel import database, logins, prepare
from tangthu.kernel.errors import DatabaseUnusable, Refused
from tangthu.kernel.home import Home
from tangthu.kernel.postgres import OWNER
from tangthu.ledger import catching_up, resuming
from tangthu.ledger.history import history
from tangthu.ledger.integrator import is_stopped, stop
from tangthu.standards import durable

BECOMING_OWNER = [
    f"SET ROLE {OWNER}",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f"GRANT {OWNER} TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    f"ALTER ROLE {OWNER} PASSWORD 'x'",
    "CREATE ROLE another LOGIN SUPERUSER",
    "REASSIGN OWNED BY tangthu_owner TO CURRENT_USER",
    "SET session_replication_role = replica",
    "ALTER SYSTEM SET log_statement = 'all'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY django_session FROM '/etc/passwd'",
    "SELECT pg_read_file('pg_hba.conf')",
    "SELECT * FROM pg_authid",
    "CREATE EXTENSION dblink",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.mine (n int)",
    "CREATE TEMP TABLE mine (n int)",
    "CREATE SCHEMA mine",
    "ALTER FUNCTION ledger_forbid() OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION ledger_forbid() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "ALTER TABLE records_document DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "UPDATE ledger_entry SET n = 1",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_checkpoint",
    "DELETE FROM ledger_checkpoint",
    "DELETE FROM django_migrations",
]
ONLY_OF_THE_SITE = [
    "SELECT * FROM identity_account",
    "SELECT * FROM django_session",
    "SELECT * FROM ledger_key",
    "SELECT * FROM ledger_opening",
    "SELECT * FROM records_document",
    "SELECT * FROM procrastinate_jobs",
    "INSERT INTO ledger_pending (log_id, leaf) VALUES (1, 'x')",
    "INSERT INTO ledger_resume (log_id) VALUES (1)",
    "DELETE FROM ledger_resume",
]


def user(alias: str = "default") -> tuple[str, str]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT session_user::text, current_user::text")
        found: tuple[str, str] = cursor.fetchone()
    return found


@pytest.mark.req("IN-38")
@pytest.mark.parametrize("alias", ["default", "integrator"])
@pytest.mark.parametrize("statement", BECOMING_OWNER)
def test_neither_login_of_the_site_becomes_the_owner_or_does_what_he_may(
    shared_cast: TestHouse, alias: str, statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused, connections[alias].cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.req("IN-38")
@pytest.mark.parametrize("statement", ONLY_OF_THE_SITE)
def test_the_integrator_sees_and_writes_nothing_but_its_own(
    shared_cast: TestHouse, statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused, connections["integrator"].cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.req("IN-38")
@pytest.mark.parametrize("way_back", ["RESET ROLE", "SET ROLE NONE", "RESET SESSION AUTHORIZATION"])
def test_there_is_no_way_back_to_another_role_because_none_was_left(
    shared_cast: TestHouse, way_back: str
) -> None:
    for alias, role in (("default", "tangthu_app"), ("integrator", "tangthu_integrator")):
        with connections[alias].cursor() as cursor:
            cursor.execute(way_back)
        assert user(alias) == (role, role)
        assert logins.excess(connections[alias]) == []


@pytest.mark.req("IN-38")
def test_the_served_site_logs_in_as_the_application_alone(server: Server) -> None:
    cast = server.house
    with urllib.request.urlopen(f"{server.url}/dang-nhap/") as page:
        assert page.status == 200
    cast.close_connections()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT usename, application_name FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchall() == [("tangthu_app", "tangthu site")]
    connections["owner"].close()


@pytest.mark.req("IN-38")
def test_a_process_of_the_site_knows_no_login_but_its_own(test_house: TestHouse) -> None:
    site = database.django_databases(test_house.home, database.SITE)
    integrator = database.django_databases(test_house.home, database.INTEGRATOR)
    assert {name: one["USER"] for name, one in site.items()} == {"default": "tangthu_app"}
    assert {one["USER"] for one in integrator.values()} == {"tangthu_integrator"}
    assert "owner" not in database.django_databases(test_house.home)


@pytest.mark.req("IN-38")
def test_passwords_lie_apart_in_files_for_their_owner_alone(test_house: TestHouse) -> None:
    files = [logins.password_file(test_house.home, role) for role in logins.ROLES]
    assert len({path.read_text().rpartition(":")[2] for path in files}) == 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.req("IN-38")
def test_the_embedded_server_lets_in_nobody_else(test_house: TestHouse) -> None:
    where = test_house.where
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE ROLE somebody LOGIN SUPERUSER PASSWORD 'x'")
    try:
        with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf"):
            psycopg.connect(**where, user="somebody", password="x")
        for role in logins.ROLES:
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(**where, user=role, password="x")
            entry = logins.conninfo(test_house.home, role)
            for other in ("postgres", "template1"):
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    psycopg.connect(**{**entry, "dbname": other})
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP ROLE somebody")
        connections["owner"].close()


@contextmanager
def environment(**values: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (logins.PLACE, logins.OWNER, *logins.GIVEN.values()):
            patch.delenv(name, raising=False)
        for name, value in values.items():
            patch.setenv(name, value)
        yield


@pytest.mark.req("IN-38")
def test_children_of_up_are_told_neither_the_owners_login_nor_each_others(
    test_house: TestHouse,
) -> None:
    with environment(
        DATABASE_URL="postgresql://chief:geheim1@db.example:6432/tangthu?sslmode=require",
        DATABASE_OWNER_URL="postgresql://chief:geheim2@db.example/tangthu",
        DATABASE_APP_URL="postgresql://site1:geheim3@db.example/tangthu",
        DATABASE_INTEGRATOR_URL="postgresql://tree1:geheim4@db.example/tangthu",
    ):
        site = json.dumps(logins.environment_of(logins.APP_ROLE))
        integrator = json.dumps(logins.environment_of(logins.INTEGRATOR_ROLE))
        place = conninfo_to_dict(logins.environment_of(logins.APP_ROLE)["DATABASE_URL"])
    assert place == {
        "host": "db.example", "port": "6432", "dbname": "tangthu", "sslmode": "require",
    }  # fmt: skip
    assert [word in site for word in ("geheim1", "geheim2", "geheim3", "geheim4")] == [
        False, False, True, False,
    ]  # fmt: skip
    assert [word in integrator for word in ("geheim1", "geheim2", "geheim3", "geheim4")] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_site_told_only_its_own_login_needs_no_other(test_house: TestHouse) -> None:
    with environment(DATABASE_APP_URL="postgresql://site1:x@db.example:6432/archive"):
        site = database.django_databases(test_house.home, database.SITE)["default"]
        assert not logins.embedded()
        assert not logins.names_owner()
        with pytest.raises(DatabaseUnusable, match="chủ cơ sở dữ liệu"):
            logins.owner_conninfo(test_house.home)
    assert [site[key] for key in ("HOST", "PORT", "NAME", "USER")] == [
        "db.example", "6432", "archive", "site1",
    ]  # fmt: skip


@pytest.mark.req("IN-38")
def test_a_site_given_the_owners_login_does_not_start_and_check_says_so(cast: TestHouse) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_APP_URL", cast.url)
        worker = call(cast, "worker")
        assert worker.returncode == 2
        assert "chủ cơ sở dữ liệu" in worker.stderr
        checked = call(cast, "check", "--json")
    found = json.loads(checked.stdout)
    assert found["database_login"]["user"] == OWNER
    assert any("siêu người dùng" in one["message"] for one in found["findings"])
    told = json.loads(call(cast, "check", "--json").stdout)
    assert told["database_login"]["user"] == "tangthu_app"
    assert told["database_login"]["excess"] == []


@pytest.mark.req("IN-38")
@pytest.mark.parametrize("kind", [database.SITE, database.INTEGRATOR])
def test_no_process_of_the_site_keeps_a_connection_that_is_a_superusers(
    cast: TestHouse, kind: str
) -> None:
    connections["owner"].close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(database.PROCESS, kind)
        assert user()[0] == "tangthu_app"
        with pytest.raises(DatabaseUnusable, match="chủ cơ sở dữ liệu"):
            connections["owner"].cursor()
        assert connections["owner"].connection is None


@pytest.mark.req("IN-38")
def test_check_tells_of_sessions_that_are_logged_in_as_the_owner(cast: TestHouse) -> None:
    cast.close_connections()
    assert json.loads(call(cast, "check", "--json").stdout)["database_login"]["owner_sessions"] == 0
    with psycopg.connect(cast.url):
        found = json.loads(call(cast, "check", "--json").stdout)
    assert found["database_login"]["owner_sessions"] == 1
    assert any("chủ cơ sở dữ liệu" in one["message"] for one in found["findings"])


def passwords(home: Home) -> dict[str, str]:
    return {role: logins.password_file(home, role).read_text() for role in logins.ROLES}


@pytest.mark.req("IN-38")
def test_new_passwords_are_taken_by_what_runs_and_the_old_ones_are_worth_nothing(
    db: TestHouse,
) -> None:
    before = passwords(db.home)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with psycopg.connect(db.url, autocommit=True) as owner:
        assert logins.rotate(owner, db.home) == list(logins.ROLES)
    after = passwords(db.home)
    assert not set(before.values()) & set(after.values())
    db.close_connections()
    assert user() == ("tangthu_app", "tangthu_app")
    assert user("integrator")[0] == "tangthu_integrator"
    for role, line in before.items():
        old = line.strip().rpartition(":")[2]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**db.where, user=role, password=old)


class Cut(BaseException):
    """The power goes."""


@pytest.mark.parametrize(
    "point", ["database.password.fsynced", "database.password.renamed", "database.password.changed"]
)
def test_a_change_of_passwords_that_was_cut_off_is_finished_by_the_next_start(
    db: TestHouse, point: str
) -> None:
    def cut(name: str) -> None:
        if name == point:
            raise Cut

    durable.observe(cut)
    try:
        with pytest.raises(Cut), psycopg.connect(db.url, autocommit=True) as owner:
            logins.rotate(owner, db.home)
    finally:
        durable.observe(None)
    with psycopg.connect(db.url, autocommit=True) as owner:
        logins.ensure_logins(owner, db.home)
    db.close_connections()
    assert user() == ("tangthu_app", "tangthu_app")
    assert user("integrator")[0] == "tangthu_integrator"


def test_another_installation_on_the_server_does_not_change_the_password_of_the_first(
    db: TestHouse, tmp_path: Path
) -> None:
    other = Home(tmp_path / "var").ensure()
    with (
        environment(DATABASE_URL=db.url),
        psycopg.connect(db.url, autocommit=True) as owner,
        pytest.raises(DatabaseUnusable, match="logins rotate") as told,
    ):
        logins.ensure_logins(owner, other)
    assert "tangthu_app" in str(told.value)
    db.close_connections()
    assert user()[0] == "tangthu_app"


def test_the_owners_login_is_forgotten_after_migrating(db: TestHouse) -> None:
    kept = connections.settings
    connections.settings = {key: value for key, value in kept.items() if key != "owner"}
    try:
        prepare.prepare()
        assert "owner" not in connections.settings
    finally:
        connections.settings = kept


@pytest.mark.req("IN-38")
def test_a_log_is_let_go_on_by_the_integrator_that_the_site_asks(
    cast: TestHouse, tmp_path: Path
) -> None:
    """The worker has no right to the tree: the integrator looks for itself, and answers."""
    log = steps.log(cast)
    stop(log, "thử")
    with _without_integrator(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(resuming, "PATIENCE_SECONDS", 0.2)
        with pytest.raises(Refused, match="integrator"):
            resuming.resume(log)
    with process(cast, tmp_path / "log", "integrator"), _without_integrator():
        assert resuming.resume(log) == []
    assert is_stopped(log) is None
    stop(log, "thử lại")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET stale_times = stale_times, range = 'x'")
    with process(cast, tmp_path / "log", "integrator"), _without_integrator():
        assert resuming.resume(log) != []
    assert is_stopped(log) == "thử lại"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_resume")
        assert cursor.fetchone()[0] == 0


@contextmanager
def _without_integrator() -> Iterator[None]:
    """This process as the web server and the workers are: no login to the tree."""
    kept = connections.settings
    connections.settings = {key: value for key, value in kept.items() if key != "integrator"}
    try:
        yield
    finally:
        connections.settings = kept


@pytest.mark.req("IN-38")
def test_whoever_may_not_build_the_tree_waits_for_the_integrator(
    cast: TestHouse, tmp_path: Path
) -> None:
    log = steps.log(cast)
    obj = uuid.uuid4()
    steps.record_on(cast, [obj, obj])
    with _without_integrator(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(catching_up, "PATIENCE_SECONDS", 0.2)
        assert not catching_up.catch_up(log), "nobody integrates"
    with process(cast, tmp_path / "log", "integrator"), _without_integrator():
        assert catching_up.catch_up(log)
    assert {event.stage for event in history(obj)} <= {"in_log", "signed"}
    stop(log, "thử")
    steps.record_on(cast, [obj])
    with _without_integrator():
        assert not catching_up.catch_up(log), "a stopped log takes nothing in"
