"""Stop a process with kill -9 at exactly the instant after a durable step.

A *target* is a function named `package.module:function`. It runs in a process of its own, with
Django set up if the environment names settings; every `durable.point` that it passes is written
down, and at the chosen one the process kills itself with SIGKILL: nothing is flushed, closed or
rolled back by Python. What a crash test does:

    with killing.Runner(house.environment) as runner:
        reached = runner.run("tests.x.steps:do", 7).points
        for place in killing.places(reached):
            runner.kill("tests.x.steps:do", 7, at=place)
            … run it again, look at what is there

Setting Django up takes longer than most targets, so a runner does it once in a process that then
forks one child per order. What of ours a child imported on its way to a good end, the process
imports as well, so that the next child need not. Orders reach it on its standard input, which no
code of ours reads.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended: status (negative for a signal), the points passed in order, the output."""

    status: int
    points: tuple[str, ...]
    output: str

    @property
    def killed(self) -> bool:
        """Whether the process was ended by SIGKILL."""
        return self.status == -signal.SIGKILL


class Runner:
    """Runs targets under `environment`, one after the other.

    `before` are words put before the command: a program that gives it another view of the disks.
    """

    def __init__(self, environment: Mapping[str, str], *, before: Sequence[str] = ()) -> None:
        self._environment = environment
        self._before = before

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [*self._before, sys.executable, "-m", "tests.support.killing"],
            env=dict(self._environment),
            cwd=_REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def run(
        self,
        target: str,
        *arguments: Any,
        at: tuple[str, int] | None = None,
        after: float | None = None,
        timeout: float = 120,
    ) -> Finished:
        """Run `target(*arguments)` (JSON values) to its end, or until point `at` is passed.

        `at` is the name of a durable point and at which passing of it (from 1) the process dies;
        `after` the seconds after which it is killed wherever it stands.
        """
        with tempfile.TemporaryDirectory() as folder:
            trace, output = Path(folder, "points"), Path(folder, "output")
            imported = Path(folder, "imported")
            order = {
                "target": target,
                "arguments": arguments,
                "at": at,
                "after": after,
                "trace": str(trace),
                "output": str(output),
                "imported": str(imported),
            }
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            ready, _, _ = select.select([self._process.stdout], [], [], timeout)
            assert ready, f"{target} did not end in {timeout} s"
            status = int(self._process.stdout.readline())
            points = tuple(trace.read_text(encoding="ascii").splitlines())
            finished = Finished(status, points, output.read_text(errors="replace"))
        assert at is not None or after is not None or status == 0, finished.output
        return finished

    def kill(self, target: str, *arguments: Any, at: tuple[str, int]) -> Finished:
        """Run `target` and see to it that it died at `at`."""
        finished = self.run(target, *arguments, at=at)
        assert finished.killed, (at, finished.points, finished.output)
        assert finished.points[-1] == at[0]
        return finished


def places(points: Sequence[str]) -> list[tuple[str, int]]:
    """Where to kill: every point at its first passing, and at its last where that is another."""
    counts = Counter(points)
    firsts = [(name, 1) for name in dict.fromkeys(points)]
    return firsts + [(name, count) for name, count in counts.items() if count > 1]


def _serve() -> None:
    """Fork a child for every order on standard input and answer with its status."""
    from tangthu.standards import durable

    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import django

        django.setup()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(order, durable.observe)
        if order["after"] is not None:
            time.sleep(order["after"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        _learn(Path(order["imported"]))
        print(os.waitstatus_to_exitcode(status), flush=True)


def _learn(imported: Path) -> None:
    """Import what a child had imported, if it came to its end."""
    if imported.exists():
        for name in imported.read_text(encoding="utf-8").split():
            importlib.import_module(name)


def _obey(order: dict[str, Any], observe: Any) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    output, trace = os.open(order["output"], flags), os.open(order["trace"], flags)
    os.dup2(output, 1)
    os.dup2(output, 2)
    at = tuple(order["at"]) if order["at"] else None
    passed: Counter[str] = Counter()
    one_by_one = threading.Lock()

    def note(name: str) -> None:
        with one_by_one:
            passed[name] += 1
            os.write(trace, f"{name}\n".encode("ascii"))
            if at == (name, passed[name]):
                os.kill(os.getpid(), signal.SIGKILL)

    status = 1
    try:
        module, function = order["target"].split(":")
        observe(note)
        getattr(importlib.import_module(module), function)(*order["arguments"])
        ours = [name for name in sys.modules if name.partition(".")[0] in {"tangthu", "tests"}]
        Path(order["imported"]).write_text("\n".join(ours), encoding="utf-8")
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
