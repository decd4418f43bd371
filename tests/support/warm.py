"""Commands and servers in processes of their own that need not import the world first.

A process beside the tests has imported what every command imports of others' libraries, and
nothing of the house. For each command it forks: the child takes the environment, the folder and the
three streams it is given and calls the entry point that `.venv/bin/tangthu` calls. What is the
house's own, settings first of all, is imported in the child, as in any process.

Where many commands or servers work on one home, a second process is forked for that home: it has
read the settings and set Django up, and its children differ in nothing but the database that they
are told of. It has opened no connection and asked the home for nothing else. How a command and a
server start from nothing is tested in tests/processes.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict

_MODULES = (
    "axes.handlers", "click", "cryptography.hazmat.primitives.ciphers.aead", "csp.checks",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation", "django.contrib.messages.apps",
    "django.contrib.postgres.lookups", "django.contrib.postgres.search",
    "django.contrib.staticfiles.finders", "django.core.management", "django.db.migrations.executor",
    "django.db.backends.postgresql.base", "django.middleware.csrf", "django.shortcuts",
    "django.template.defaulttags", "django.template.response", "django.views.debug", "django_htmx",
    "granian.cli", "granian.server",
    "logging.config", "lxml.etree", "procrastinate", "psycopg", "psycopg.types.json", "rapidfuzz",
    "sqlparse", "tomllib", "whitenoise.middleware",
)  # fmt: skip
_BIG = 1 << 20


# Read anew by each child; a home's process need not have been forked with the same.
_PASSING = ("DATABASE_URL", "PYTEST_CURRENT_TEST")


class Warm:
    """A process that forks, as the tests see it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    @classmethod
    def begin(cls) -> Warm:
        """The process that has imported others' libraries."""
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", str(its.fileno())],
            pass_fds=(its.fileno(),),
            cwd=Path(__file__).resolve().parents[2],
        )
        its.close()
        atexit.register(process.wait, 30)
        atexit.register(mine.close)
        return cls(mine)

    def settle(self, env: Mapping[str, str]) -> Warm:
        """A process forked from this one that has set Django up in this environment."""
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._ask({"settle": dict(env)}, [its.fileno()])
        atexit.register(mine.close)
        return Warm(mine)

    def run(
        self, words: Sequence[str], env: Mapping[str, str], *, given: str = "", timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run `tangthu WORDS` to its end with `given` on its standard input.

        Raises TimeoutExpired after `timeout` seconds; the command is killed.
        """
        with (
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            stdin.write(given.encode())
            stdin.seek(0)
            pid = self.start("tangthu.faces.cli.main:main", ["tangthu", *words], env,
                             [stdin, out, err])  # fmt: skip
            status = self.wait(pid, timeout)
            if status is None:
                raise subprocess.TimeoutExpired(list(words), timeout)
            told = []
            for stream in (out, err):
                stream.seek(0)
                told.append(stream.read().decode())
        return subprocess.CompletedProcess(["tangthu", *words], status, *told)

    def start(
        self,
        entry: str,
        words: Sequence[str],
        env: Mapping[str, str],
        streams: Sequence[IO[bytes]],
    ) -> int:
        """Fork a process that calls `entry` with the command line `words`; its number."""
        asked = {"entry": entry, "words": list(words), "env": dict(env), "cwd": os.getcwd()}
        return self._ask(asked, [one.fileno() for one in streams])

    def running(self, pid: int) -> bool:
        """Whether process `pid`, forked here and not yet waited for, still runs."""
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"

    def wait(self, pid: int, timeout: float) -> int | None:
        """How the process ended; None if it had to be killed after `timeout` seconds."""
        self._line.send(json.dumps({"wait": pid}).encode())
        self._line.settimeout(timeout)
        try:
            return int(self._line.recv(64))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            self._line.settimeout(None)
            self._line.recv(64)
            return None
        finally:
            self._line.settimeout(None)

    def _ask(self, asked: Mapping[str, Any], files: Sequence[int]) -> int:
        socket.send_fds(self._line, [json.dumps(asked).encode()], files)
        return int(self._line.recv(64))


_first: list[Warm] = []
_settled: dict[object, Warm] = {}


def _of_libraries() -> Warm:
    if not _first:
        _first.append(Warm.begin())
    return _first[0]


def settled(env: Mapping[str, str]) -> Warm:
    """The process that has set Django up in this environment, whatever its database is called.

    The deployment mode, which settings read from the home, must not change while a child starts.
    """
    mark = Path(env["TANGTHU_HOME"]) / "mode"
    place = {**conninfo_to_dict(env["DATABASE_URL"]), "dbname": ""}
    key = (
        frozenset((name, value) for name, value in env.items() if name not in _PASSING),
        frozenset(place.items()),
        mark.read_bytes() if mark.exists() else b"",
    )
    if key not in _settled:
        _settled[key] = _of_libraries().settle(env)
    return _settled[key]


def run(
    words: Sequence[str], env: Mapping[str, str], *, given: str = "", timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run `tangthu WORDS` in a process of its own with this environment."""
    return _of_libraries().run(words, env, given=given, timeout=timeout)


def run_settled(
    words: Sequence[str], env: Mapping[str, str], *, given: str = "", timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """The same for one of many commands in this environment; it must name the database."""
    return settled(env).run(words, env, given=given, timeout=timeout)


def cheap_digests() -> None:
    """Let a digest of a password cost next to nothing in this process and its children.

    Signing in is not what most tests are about. Processes that begin from nothing use the real
    figures.
    """
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.time_cost = 8, 1
    Argon2PasswordHasher.parallelism = 1


def _serve(line: socket.socket, at_home: bool = False) -> None:
    """Fork for what is asked and tell the process number; tell how it ended when asked for that."""
    while True:
        message, files, _flags, _address = socket.recv_fds(line, _BIG, 3)
        if not message:
            return
        asked = json.loads(message)
        if "wait" in asked:
            _pid, status = os.waitpid(asked["wait"], 0)
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        if pid == 0:
            line.close()
            if "settle" in asked:
                _settle(asked["settle"], files[0])
            if at_home:
                _turn_to(asked["env"]["DATABASE_URL"])
            _become(asked, files)
        for file in files:
            os.close(file)
        line.send(str(pid).encode())


def _settle(env: dict[str, str], file: int) -> None:
    """Be the process of a home; never comes back."""
    _take(env)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
    status = 1
    try:
        import django

        django.setup()
        cheap_digests()
        if env.get("TANGTHU_PROCESS") == "site":
            from django.urls import get_resolver

            _ = get_resolver().url_patterns
        _serve(socket.socket(fileno=file), at_home=True)
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def _turn_to(url: str) -> None:
    """Let connections, of which none is open, open the database of this name."""
    from django.db import connections

    for entry in connections.settings.values():
        entry["NAME"] = conninfo_to_dict(url)["dbname"]


def _take(env: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(env)


def _become(asked: dict[str, Any], files: Sequence[int]) -> None:
    """Be the command or the server; never comes back."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    _take(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = asked["words"]
    status: object = 1
    try:
        place, name = asked["entry"].split(":")
        getattr(importlib.import_module(place), name)()
    except SystemExit as ended:
        status = ended.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    for name in _MODULES:
        importlib.import_module(name)
    _serve(socket.socket(fileno=int(sys.argv[1])))
