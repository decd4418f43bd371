"""A real `tangthu worker`, started, killed with -9 and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.support.house import TestHouse

TANGTHU = str(Path(sys.executable).with_name("tangthu"))


class Worker:
    """A worker process over the house's database; what it says goes to a file.

    `command` is what to run instead: "integrator".
    """

    def __init__(self, house: TestHouse, log: Path, command: str = "worker") -> None:
        self._house = house
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [TANGTHU, self._command],
                env=self._house.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, without a word; it must have been alive."""
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text(errors="replace")[-3000:]
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def end(self) -> None:
        """Ask it to end, as the supervisor does."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def worker(house: TestHouse, log: Path) -> Iterator[Worker]:
    """A worker that is started by the block and has ended after it."""
    one = Worker(house, log)
    try:
        yield one
    finally:
        one.end()


@contextlib.contextmanager
def process(house: TestHouse, log: Path, command: str) -> Iterator[Worker]:
    """`tangthu command` runs during the block."""
    one = Worker(house, log, command)
    try:
        one.start()
        yield one
    finally:
        one.end()


def wait_until(happened: Callable[[], bool], within: float, every: float = 0.02) -> None:
    """Wait for something to happen; fails if it does not within so many seconds."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {within} s"
        time.sleep(every)
