"""The home's secrets and locks, and how processes reach the embedded server: without a server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tangthu.kernel import pg_launcher, postgres
from tangthu.kernel.errors import AlreadyRunning, HomeUnusable
from tangthu.kernel.home import Home
from tangthu.standards import durable

SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name."""
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("length", [60, 92, 93, 94, 95, 96, 107, 108, 109, 200])
def test_a_server_socket_is_reached_below_a_folder_of_any_length(short: Path, length: int) -> None:
    rest = length - len(f"{short}//postgres/run")
    home = Home(short / ("n" * rest))
    run = home.postgres / "run"
    run.mkdir(parents=True)
    assert len(str(run)) == length
    # The server names its socket relative to where it works; ours is made the same way.
    done = subprocess.run(
        [sys.executable, "-c",
         f"import socket; socket.socket(socket.AF_UNIX).bind('{SOCKET}')"],
        cwd=run, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    with socket.socket(socket.AF_UNIX) as client, pytest.raises(ConnectionRefusedError):
        client.connect(f"{postgres.socket_folder(home)}/{SOCKET}")


@pytest.mark.parametrize("name", ["một, hai", "a,b", "''", "%s $HOME \\"])
def test_a_comma_or_a_quote_in_the_path_does_not_divide_it(short: Path, name: str) -> None:
    home = Home(short / name)
    (home.postgres / "run").mkdir(parents=True)
    folder = postgres.socket_folder(home)
    assert "," not in folder
    assert Path(folder).samefile(home.postgres / "run")


def test_a_secret_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "var").ensure()
    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(lambda _: home.secret("key"), range(32)))
    assert len(told) == 1
    assert len(told.pop()) >= 48
    assert (home.secrets / "key").stat().st_mode & 0o777 == 0o600
    assert home.secrets.stat().st_mode & 0o777 == 0o700


def test_a_secret_whose_writing_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    """Never half a secret, never an empty one."""

    class Cut(BaseException):
        pass

    def cut(name: str) -> None:
        if name == "home.secret.fsynced":
            raise Cut

    home = Home(tmp_path / "var").ensure()
    durable.observe(cut)
    try:
        with pytest.raises(Cut):
            home.secret("key")
    finally:
        durable.observe(None)
    assert [path.name for path in home.secrets.iterdir()] == []
    assert len(home.secret("key")) >= 48


def test_a_lock_of_the_home_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path / "var").ensure()
    with home.only_one("up"):
        with pytest.raises(AlreadyRunning), home.only_one("up"):
            pass
        with home.only_one("other"):
            pass
    with home.only_one("up"):
        pass


def test_children_of_a_killed_start_are_waited_for(tmp_path: Path) -> None:
    home = Home(tmp_path / "var").ensure()
    with home.alive("children", wait_seconds=0) as handle:
        child = subprocess.Popen(["sleep", "60"], pass_fds=[handle])
    try:
        with pytest.raises(AlreadyRunning), home.alive("children", wait_seconds=0.2):
            pass
    finally:
        child.kill()
        child.wait()
    with home.alive("children", wait_seconds=5):
        pass


def test_what_killed_processes_left_is_removed_after_a_day(tmp_path: Path) -> None:
    home = Home(tmp_path / "var").ensure()
    old = [home.temporary / "old", home.working / "ab" / ".abc.0123.tmp", home.temporary / "dir"]
    new = [home.temporary / "new", home.working / "ab" / ".new.0123.tmp"]
    kept = home.working / "ab" / "abcdef"
    (home.working / "ab").mkdir()
    old[2].mkdir()
    (old[2] / "inside").write_text("x")
    for path in (*old[:2], *new, kept):
        path.write_text("x")
    before = time.time() - 90_000
    for path in (*old, kept):
        os.utime(path, (before, before))
    home.forget_temporary_files()
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in (*new, kept))


def test_a_home_that_cannot_be_made_says_why_in_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "loop").symlink_to("loop")
    for root in (file, file / "below", tmp_path / ("x" * 300), tmp_path / "loop"):
        with pytest.raises(HomeUnusable) as told:
            Home(root).ensure()
        assert told.value.hint, root


def test_a_stale_claim_that_names_another_program_is_no_server(tmp_path: Path) -> None:
    home = Home(tmp_path / "var").ensure()
    data = home.postgres / "data"
    data.mkdir(parents=True)
    # The tests' own server may well run: it is a PostgreSQL, and not of this home.
    for number in (os.getpid(), 1, 2**22 + 1):
        (data / "postmaster.pid").write_text(f"{number}\n{data}\n")
        assert not postgres.is_running(home)


def test_the_view_of_a_private_house_covers_nothing_that_it_needs() -> None:
    assert pg_launcher.place_for_view("/usr", "/root/var") == "/mnt"
    place = pg_launcher.place_for_view("/mnt/disk/.venv", "/mnt/disk/var")
    assert place is not None
    assert place != "/mnt"
    everywhere = ["/mnt/a", "/media/b", "/srv/c", "/boot/d"]
    assert pg_launcher.place_for_view(*everywhere) is None


def test_what_holds_papers_is_closed_to_other_accounts_unless_somebody_opens_it(tmp_path):
    home = Home(tmp_path / "home").ensure()
    closed = (
        home.secrets, home.quarantine, home.uploads, home.working, home.temporary, home.stores,
        home.cache, home.logs,
    )  # fmt: skip
    assert {path.name for path in closed if path.stat().st_mode & 0o077} == set()
    home.stores.chmod(0o750)
    home.quarantine.chmod(0o750)
    home.ensure()
    assert home.stores.stat().st_mode & 0o777 == 0o750
    assert home.quarantine.stat().st_mode & 0o777 == 0o700


# The signal comes when the program has just begun and before its caller knows of it.
_STOPPED_WHILE_BEGINNING = """
import os, signal, subprocess, sys
from pathlib import Path
from tangthu.faces.cli import stopping
from tangthu.kernel import postgres
from tangthu.kernel.home import Home

class Begun(subprocess.Popen):
    def __init__(self, command, **how):
        super().__init__(command, **how)
        if sys.argv[2] in " ".join(command):
            print(self.pid, flush=True)
            os.kill(os.getpid(), signal.SIGTERM)

subprocess.Popen = Begun
home = Home(Path(sys.argv[1]))
home.ensure()
try:
    with stopping.unwinding(), postgres.needed(home):
        print("not stopped")
except stopping.StopAsked:
    print("stopped")
"""


@pytest.mark.parametrize("program", ["bin/initdb", "bin/postgres"])
def test_a_signal_that_comes_while_a_server_is_begun_leaves_none_behind(
    tmp_path: Path, program: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STOPPED_WHILE_BEGINNING, str(tmp_path / "home"), program],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    number, ended = done.stdout.split()
    assert ended == "stopped", done.stderr
    assert not Path(f"/proc/{number}").exists()
    assert not postgres.is_running(Home(tmp_path / "home"))
