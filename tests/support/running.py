"""A real `tangthu up` as a process of its own: start it, ask it, signal it, see what it leaves.

Nothing here reaches into our code: what a test knows is what the process prints, what it answers
on its port, and what the system says about processes.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

TANGTHU = str(Path(sys.executable).with_name("tangthu"))
SOURCE = Path(__file__).resolve().parents[2] / "src"
READY_SECONDS = 240.0
_KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")

Found = TypeVar("Found")


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    """A bare environment for a house in `home`: nothing of the tests' own house is in it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {"PYTHONPATH": str(SOURCE), **kept, "TANGTHU_HOME": str(home), **more}


def call(
    home: Path, *words: str, wrap: Sequence[str] = (), timeout: float = 180, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command on `home` to its end; `wrap` is put before it (setpriv …)."""
    return subprocess.run(
        [*wrap, TANGTHU, *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def until(look: Callable[[], Found | None], what: str, seconds: float = 90.0) -> Found:
    """Look again and again until something is found."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def processes_of(home: Path) -> dict[int, str]:
    """Living processes of the house in `home`: their number and command line.

    Ours are known by their environment, the database server by the folder that it works in.
    """
    mark = b"TANGTHU_HOME=" + os.fsencode(home)
    data = home / "postgres" / "data"
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):
            ours = mark in (entry / "environ").read_bytes().split(b"\0")
            if not ours:
                ours = (entry / "cwd").samefile(data)
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if ours and state != "Z":
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(entry.name)] = words.decode(errors="replace").strip()
    return found


def end_all_of(home: Path) -> None:
    """End what a failed test may have left of the house in `home`."""
    for pid in processes_of(home):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def nothing_runs(home: Path, seconds: float = 30.0) -> bool:
    """Whether the last process of the house in `home` ends within `seconds`."""
    until(lambda: not processes_of(home), f"the end of {processes_of(home)}", seconds)
    return True


def children(pid: int) -> list[int]:
    """Process numbers of the children of `pid`."""
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    return []


class Up:
    """One `tangthu up`; its words go to files, so that it is never held up."""

    def __init__(
        self,
        home: Path,
        notes: Path,
        *,
        wrap: Sequence[str] = (),
        command: Sequence[str] = (TANGTHU, "up"),
        cwd: Path | None = None,
        **more: str,
    ) -> None:
        self.home = home
        self.port = free_port()
        notes.mkdir(parents=True, exist_ok=True)
        self._out, self._err = notes / "out", notes / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [*wrap, *command],
                env=environment(home, PORT=str(self.port), **more),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=cwd,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        end_all_of(self.home)
        self.process.wait()

    @property
    def out(self) -> str:
        """What it said on standard output."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """What it said on standard error."""
        return self._err.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> Self:
        """Wait until it prints where to sign in; fails at once if it ends."""

        def look() -> bool:
            assert self.process.poll() is None, (self.process.returncode, self.out, self.err)
            return "Ctrl-C" in self.out

        until(look, "the address to be printed", READY_SECONDS)
        return self

    def stop(self, number: int = signal.SIGINT, *, group: bool = False) -> int:
        """Send the signal, wait for the end, return the exit status.

        With `group` all of the process group get it, as Ctrl-C in a terminal does.
        """
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.process.wait(90)

    def signins(self) -> dict[str, str]:
        """User names and passwords as printed."""
        return dict(re.findall(r"^  (\w+) +(\S+) ", self.out, re.MULTILINE))

    def child(self, word: str) -> int:
        """Process number of the child of `up` whose command line has `word`."""

        def look() -> int | None:
            known = processes_of(self.home)
            return next((pid for pid in self._own() if word in known.get(pid, "")), None)

        return until(look, f"a child with {word!r} among {processes_of(self.home)}")

    def _own(self) -> list[int]:
        """Children of `up` itself, which may stand behind wrappers that only waited for it."""
        known = processes_of(self.home)
        ups = [pid for pid, words in known.items() if words.endswith("tangthu up")]
        return [one for pid in ups for one in children(pid)]

    def postmaster(self) -> int:
        """Process number of the embedded server as its own file says."""
        return int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])

    def answers(self, path: str = "/song") -> bool:
        """Whether the site answers well."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as told:
                return bool(told.status == 200)
        except OSError:
            return False

    def visitor(self, username: str) -> Visitor:
        """Somebody signed in with the password that was printed."""
        return Visitor(self.address, username, self.signins()[username])


class Visitor:
    """A person at the site, without a browser: pages, forms, cookies."""

    def __init__(self, address: str, username: str, password: str) -> None:
        self._address = address
        self._jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar)).open
        page = self.get("/dang-nhap/")
        told = self.post("/dang-nhap/", username=username, password=password)
        assert "csrfmiddlewaretoken" in page
        assert 'name="password"' not in told, "signing in failed"

    def get(self, path: str) -> str:
        """The text of a page."""
        with self._open(self._address + path, timeout=60) as told:
            return str(told.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """The text of the page that a form leads to."""
        token = next(one.value for one in self._jar if one.name == "csrftoken")
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token or ""}).encode()
        with self._open(self._address + path, data, timeout=60) as told:
            return str(told.read().decode())


def query(home: Path, python: str, *, wrap: Sequence[str] = (), **more: str) -> Any:
    """The JSON value that a piece of Python prints in a process of its own on the house's data."""
    given = f"import json, django; django.setup()\n{python}"
    done = subprocess.run(
        [*wrap, sys.executable, "-c", given],
        env=environment(home, DJANGO_SETTINGS_MODULE="tangthu.kernel.settings", **more),
        cwd=SOURCE.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def listening() -> Iterator[int]:
    """Another program that listens on a port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def one_sentence(told: str) -> str:
    """`told` if it is a short line for people: no trace, no bare name of an error."""
    lines = told.strip().splitlines()
    assert len(lines) == 1, told
    assert "Traceback" not in told
    assert "Error" not in told
    assert re.search(r"[ạ-ỹđ]", told), told
    return lines[0]


def copy_home(source: Path, target: Path) -> Path:
    """A copy of a home that is not in use, owners and modes included."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    return target
