"""The database logins of real processes: a home from before them, and a house that runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest

from tangthu.kernel import logins, postgres
from tangthu.kernel.home import Home
from tests.support.running import Up, call, nothing_runs, one_sentence

LOGGED_IN = """
SELECT DISTINCT usename, application_name FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY 1, 2
"""


def make_old(home: Home) -> None:
    """As the version before left it: one login, roles to become, everybody let in."""
    with postgres.needed(home), psycopg.connect(postgres.url(home), autocommit=True) as owner:
        for role in logins.ROLES:
            owner.execute(f"ALTER ROLE {role} NOLOGIN PASSWORD NULL")
            owner.execute(f"GRANT {role} TO {postgres.OWNER}")
        owner.execute("GRANT ALL ON DATABASE tangthu TO PUBLIC")
        owner.execute("GRANT ALL ON SCHEMA public TO PUBLIC")
        owner.execute("REVOKE ALL ON django_migrations FROM tangthu_integrator")
        owner.execute("DROP TABLE ledger_resume")
        owner.execute("DELETE FROM django_migrations WHERE app = 'ledger' AND name >= '0003'")
    shutil.rmtree(home.secrets / "database")
    (home.postgres / "database-made").unlink()
    rules = home.postgres / "data" / "pg_hba.conf"
    rules.write_text("local all all scram-sha-256\nlocal replication all scram-sha-256\n")


@pytest.mark.soak
@pytest.mark.req("IN-38")
def test_a_home_from_before_the_logins_is_brought_up_by_the_ordinary_command(
    tmp_path: Path,
) -> None:
    root = tmp_path / "var"
    assert call(root, "migrate").returncode == 0
    home = Home(root)
    make_old(home)
    for command in ("stores", "worker", "integrator"):
        done = call(root, command)
        assert done.returncode == 2
        assert "chưa được chuẩn bị" in one_sentence(done.stderr)
    for _ in range(2):  # and again: it changes nothing that is right
        assert call(root, "migrate").returncode == 0
        done = call(root, "check", "--json")
        checked = json.loads(done.stdout)
        wrong = [one for one in checked["findings"] if one["level"] in ("warning", "error")]
        assert [one for one in wrong if one["check"] != "disk"] == []
        assert done.returncode == {"note": 0, "warning": 1, "error": 2}[checked["level"]]
        assert checked["database_login"] == {
            "user": "tangthu_app", "excess": [], "owner_sessions": 0,
        }  # fmt: skip
    assert b"tangthu_integrator scram" in (home.postgres / "data" / "pg_hba.conf").read_bytes()
    assert call(root, "integrator", "--once").returncode == 0
    old = {role: logins.password_file(home, role).read_text() for role in logins.ROLES}
    assert call(root, "logins", "rotate").returncode == 0
    assert call(root, "stores").returncode == 0
    assert call(root, "integrator", "--once").returncode == 0
    assert all(logins.password_file(home, role).read_text() != old[role] for role in logins.ROLES)
    printed = call(root, "logins", "sql")
    assert printed.stdout.count("SCRAM-SHA-256") == 2
    assert not any(line.rpartition(":")[2].strip() in printed.stdout for line in old.values())
    assert nothing_runs(root, 5)


@pytest.mark.req("IN-38")
def test_in_a_house_that_runs_nobody_is_logged_in_as_the_owner(running: Up) -> None:
    assert running.answers()
    with psycopg.connect(postgres.url(Home(running.home))) as owner:
        found = owner.execute(LOGGED_IN).fetchall()
    assert set(found) == {
        ("tangthu_app", "tangthu site"),
        ("tangthu_integrator", "tangthu integrator"),
    }
