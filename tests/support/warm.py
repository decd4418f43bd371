"""Commands in processes of their own that need not import the world first.

A process beside the tests has imported what every command imports of others' libraries, and
nothing of the house. For each command it forks: the child takes the environment, the folder and the
three streams it is given and calls the entry point that `.venv/bin/tangthu` calls. What is the
house's own, settings first of all, is imported in the child, as in any process. How a command
starts from nothing is tested in tests/processes.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

_MODULES = (
    "axes.handlers", "click", "cryptography.hazmat.primitives.ciphers.aead", "csp.checks",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation", "django.contrib.messages.apps",
    "django.contrib.postgres.lookups", "django.contrib.postgres.search",
    "django.contrib.staticfiles.finders", "django.core.management", "django.db.migrations.executor",
    "django.db.backends.postgresql.base", "django.middleware.csrf", "django.shortcuts",
    "django.template.defaulttags", "django.template.response", "django.views.debug", "django_htmx",
    "logging.config", "lxml.etree", "procrastinate", "psycopg", "psycopg.types.json", "rapidfuzz",
    "sqlparse", "tomllib", "whitenoise.middleware",
)  # fmt: skip
_BIG = 1 << 20


class Warm:
    """The process that forks, as the tests see it; begun when the first command is called."""

    def __init__(self) -> None:
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = mine
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", str(its.fileno())],
            pass_fds=(its.fileno(),),
            cwd=Path(__file__).resolve().parents[2],
        )
        its.close()
        atexit.register(self.end)

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
            asked = json.dumps({"words": list(words), "env": dict(env), "cwd": os.getcwd()})
            streams = [one.fileno() for one in (stdin, out, err)]
            socket.send_fds(self._line, [asked.encode()], streams)
            pid = int(self._line.recv(64))
            self._line.settimeout(timeout)
            try:
                status = int(self._line.recv(64))
            except TimeoutError:
                os.kill(pid, 9)
                self._line.settimeout(None)
                self._line.recv(64)
                raise subprocess.TimeoutExpired(list(words), timeout) from None
            self._line.settimeout(None)
            told = []
            for stream in (out, err):
                stream.seek(0)
                told.append(stream.read().decode())
        return subprocess.CompletedProcess(["tangthu", *words], status, *told)

    def end(self) -> None:
        """Let the process go; it ends when nobody is there to ask it."""
        self._line.close()
        self._process.wait(30)


_started: list[Warm] = []


def run(
    words: Sequence[str], env: Mapping[str, str], *, given: str = "", timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run `tangthu WORDS` in a process of its own with this environment."""
    if not _started:
        _started.append(Warm())
    return _started[0].run(words, env, given=given, timeout=timeout)


def _serve(line: socket.socket) -> None:
    """Fork for each command that is asked for, tell its process number, then how it ended."""
    while True:
        asked, streams, _flags, _address = socket.recv_fds(line, _BIG, 3)
        if not asked:
            return
        pid = os.fork()
        if pid == 0:
            line.close()
            _become(json.loads(asked), streams)
        for stream in streams:
            os.close(stream)
        line.send(str(pid).encode())
        _pid, status = os.waitpid(pid, 0)
        line.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(asked: dict[str, object], streams: list[int]) -> None:
    """Be the command; never comes back."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[arg-type]
    os.chdir(str(asked["cwd"]))
    sys.argv = ["tangthu", *asked["words"]]  # type: ignore[list-item, misc]
    status: object = 1
    try:
        from tangthu.faces.cli.main import main

        main()
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
    import importlib

    for name in _MODULES:
        importlib.import_module(name)
    _serve(socket.socket(fileno=int(sys.argv[1])))
