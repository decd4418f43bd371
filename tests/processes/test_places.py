"""Whole starts as other accounts and in other places: ordinary user, private folders, own database.

Each takes a first start; they run in `make soak`.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes.test_up import contents
from tests.support.accounts import NOBODY, mounted, needs_root, readable_for_all
from tests.support.running import (
    Up,
    call,
    free_port,
    nothing_runs,
    one_sentence,
    processes_of,
)

pytestmark = pytest.mark.soak
ROOT = Path(__file__).resolve().parents[2]
NOBODY_ID = 65534


@needs_root
def test_an_ordinary_user_starts_a_house_of_his_own(open_folder: Path, tmp_path: Path) -> None:
    home = open_folder / "var"
    home.mkdir()
    os.chown(home, NOBODY_ID, NOBODY_ID)
    with Up(home, tmp_path, wrap=[*readable_for_all(), *NOBODY]) as up:
        up.ready()
        assert "Tập văn bản đi quý I năm 2024" in up.visitor("cuc").get("/ho-so/")
        assert up.stop() == 0
        assert nothing_runs(home, 2)
        assert "Traceback" not in up.err
    made = [path for path in home.rglob("*") if path.lstat().st_uid != NOBODY_ID]
    assert made == []


@needs_root
def test_root_after_an_ordinary_user_is_told_whose_house_it_is(
    open_folder: Path, tmp_path: Path
) -> None:
    home = open_folder / "var"
    home.mkdir()
    user = pwd.getpwnam("daemon")
    os.chown(home, user.pw_uid, user.pw_gid)
    become = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    wrap = [*readable_for_all(), "setpriv", *become]
    with Up(home, tmp_path, wrap=wrap) as up:
        assert up.ready().stop() == 0
    done = call(home, "up")
    assert done.returncode == 2
    assert "là của tài khoản daemon" in one_sentence(done.stderr)
    with Up(home, tmp_path, wrap=wrap) as again:
        assert again.ready().stop() == 0, "root's try has not locked the owner out"


@needs_root
def test_make_run_as_root_below_a_folder_that_only_root_may_enter(tmp_path: Path) -> None:
    private = tmp_path / "riêng"
    private.mkdir(mode=0o700)
    clone = private / "tangthu"
    shutil.copytree(
        ROOT, clone, symlinks=True,
        ignore=shutil.ignore_patterns(".git", ".venv", "var", "tests", "__pycache__", ".*_cache"),
    )  # fmt: skip
    (clone / ".venv").symlink_to((ROOT / ".venv").resolve())
    home = clone / "var"
    command = ["make", "run", "-o", "setup"]  # what set-up installs is not for a copy's tests
    with Up(home, tmp_path / "notes", command=command, cwd=clone, TANGTHU_HOME="") as up:
        up.ready()
        assert up.home == home
        assert f"Dữ liệu: {home}" in up.out
        assert up.answers()
        up.stop(signal.SIGTERM)
        assert nothing_runs(home)
    assert private.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres").stat().st_uid != 0


@needs_root
def test_a_private_house_on_a_disk_mounted_at_mnt(tmp_path: Path) -> None:
    """/mnt is where the server of a private house gets its view, and where disks are mounted."""
    disk = mounted(
        "mount -t tmpfs -o size=900m,mode=700 none /mnt && mkdir -p /mnt/pg /mnt/data /mnt/var"
    )
    with Up(Path("/mnt/var"), tmp_path, wrap=disk) as up:
        up.ready()
        assert up.answers()
        assert up.stop() == 0
    assert "Traceback" not in up.err


@contextmanager
def debian_server(folder: Path) -> Iterator[int]:
    """PostgreSQL 15 of Debian on a TCP port: its chief is let in, all others by their password."""
    programs = Path("/usr/lib/postgresql/15/bin")
    if not (programs / "initdb").exists():
        pytest.skip("NOT RUN: PostgreSQL 15 of Debian is not installed")
    as_user = list(NOBODY) if os.geteuid() == 0 else []
    data, port = folder / "data15", free_port()
    if os.geteuid() == 0:
        os.chown(folder, NOBODY_ID, NOBODY_ID)
    subprocess.run(
        [*as_user, programs / "initdb", "-D", data, "-U", "chief", "--auth=trust", "-E", "UTF8",
         "--locale=C", "--no-sync"],
        check=True, capture_output=True, cwd="/",
    )  # fmt: skip
    (data / "pg_hba.conf").write_text(
        "host all chief 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    )
    server = subprocess.Popen(
        [*as_user, programs / "postgres", "-D", data, "-c", f"port={port}",
         "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"],
        cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        ask(port, "SELECT 1", patient=True)
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def ask(port: int, *orders: str, database: str = "postgres", patient: bool = False) -> list[object]:
    """Let the server's chief run some SQL; returns the first column of the last answer."""
    import psycopg

    for _ in range(300 if patient else 1):
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, user="chief", dbname=database, autocommit=True
            ) as connection:
                for order in orders:
                    cursor = connection.execute(order)
                return [row[0] for row in cursor] if cursor.description else []
        except psycopg.OperationalError:
            if not patient:
                raise
            import time

            time.sleep(0.1)
    raise AssertionError("PostgreSQL 15 does not answer")


def test_the_house_runs_on_a_given_postgresql_15(open_folder: Path, tmp_path: Path) -> None:
    with debian_server(open_folder) as port:
        ask(port, "CREATE ROLE house LOGIN CREATEROLE PASSWORD 'geheim'",
            "CREATE DATABASE tangthu OWNER house")  # fmt: skip
        given = f"postgresql://house:geheim@127.0.0.1:{port}/tangthu"
        home = tmp_path / "var"
        with Up(home, tmp_path / "notes", DATABASE_URL=given) as up:
            up.ready()
            assert "Tập văn bản đi quý I năm 2024" in up.visitor("cuc").get("/ho-so/")
            first = contents(home, DATABASE_URL=given)
            logged_in = (
                "SELECT DISTINCT usename FROM pg_stat_activity "
                "WHERE datname = 'tangthu' AND pid <> pg_backend_pid()"
            )
            assert set(ask(port, logged_in)) == {"tangthu_app", "tangthu_integrator"}
            for pid in processes_of(home):
                told = Path(f"/proc/{pid}/environ").read_bytes()
                assert (b"geheim" in told) == (pid == up.process.pid), "only up itself is told"
            assert up.stop() == 0
            assert nothing_runs(home, 2)
        assert not (home / "postgres").exists(), "no database of our own was made"
        with Up(home, tmp_path / "notes", DATABASE_URL=given) as again:
            again.ready()
            assert contents(home, DATABASE_URL=given) == first
            assert again.stop() == 0
        may = "SELECT has_table_privilege('tangthu_app', 'ledger_entry', '{}')"
        assert ask(port, may.format("SELECT"), database="tangthu") == [True]
        assert ask(port, may.format("UPDATE"), database="tangthu") == [False]
        assert ask(port, "SELECT 1", database="tangthu") == [1], "the given server goes on"
        elsewhere = f"postgresql://127.0.0.1:{port}/tangthu"
        assert call(home, "stores", DATABASE_URL=elsewhere).returncode == 0, "no owner is needed"
        assert call(home, "logins", "rotate", DATABASE_URL=given).returncode == 0
        checked = call(home, "check", "--json", DATABASE_URL=elsewhere)
        login = json.loads(checked.stdout)["database_login"]
        assert login == {"user": "tangthu_app", "excess": [], "owner_sessions": 0}
        refused = call(home, "logins", "rotate", DATABASE_URL=elsewhere)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr


def test_what_a_given_account_may_not_do_is_said_with_what_to_run(
    open_folder: Path, tmp_path: Path
) -> None:
    with debian_server(open_folder) as port:
        ask(port, "CREATE ROLE small LOGIN PASSWORD 'x'", "CREATE DATABASE tangthu OWNER small")
        given = f"postgresql://small:x@127.0.0.1:{port}/tangthu"
        home = tmp_path / "var"

        def refused(url: str) -> str:
            done = call(home, "up", DATABASE_URL=url, PORT=str(free_port()))
            assert done.returncode == 2, done.stderr
            return one_sentence(done.stderr)

        told = refused(given)
        assert "không tạo được vai trò tangthu_app và tangthu_integrator có đăng nhập riêng" in told
        advice = told.partition("chạy một lần: ")[2]
        ask(port, *[order for order in advice.split(";") if order.strip()])
        done = call(home, "migrate", DATABASE_URL=given)
        assert done.returncode == 0, done.stderr

        printed = call(home, "logins", "sql", DATABASE_URL=given)
        assert printed.stdout.count("ALTER ROLE") == 2
        ask(port, *[order for order in printed.stdout.split(";") if order.strip()])
        assert call(home, "stores", DATABASE_URL=given).returncode == 0

        ask(port, "CREATE ROLE guest LOGIN PASSWORD 'x'", "CREATE DATABASE other")
        told = refused(f"postgresql://guest:x@127.0.0.1:{port}/other")
        assert "không tạo được bảng" in told
        assert "ALTER DATABASE" in told

        ask(port, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        assert "bảng mã LATIN1" in refused(f"postgresql://small:x@127.0.0.1:{port}/latin")
