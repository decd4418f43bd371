"""Keep a handful of child processes running until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from tangthu.faces.cli import stopping
from tangthu.kernel.lifeline import end_with_parent

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_STOP_SECONDS = 15.0


def _ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the child has ended; if so, what it left behind (its group) is ended too.

    Looked at before the child is reaped: until then its number cannot be another's.
    """
    if child.returncode is None:
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return True


@dataclass
class _Kept:
    """When something was started last, and how long to pause before it is started again."""

    started: float
    pause: float = _FIRST_PAUSE_SECONDS

    def due(self) -> bool:
        """Whether it may be started again; each further failure doubles the pause."""
        return time.monotonic() - self.started >= self.pause

    def again(self) -> None:
        """Note a new start."""
        steady = time.monotonic() - self.started > _STEADY_SECONDS
        self.pause = _FIRST_PAUSE_SECONDS if steady else min(self.pause * 2, _LONGEST_PAUSE_SECONDS)
        self.started = time.monotonic()


@dataclass
class Supervisor:
    """Starts named commands, restarts one that ends by itself, stops all together.

    `environments` has one for each command. `handle` is inherited by every child (see Home.alive).
    `mend` is called about once a second and sees to it that what the children need runs; it says
    what it did, or nothing.
    """

    commands: Mapping[str, list[str]]
    environments: Mapping[str, Mapping[str, str]]
    handle: int
    mend: Callable[[], None] = lambda: None
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _stopping: bool = False

    def start(self) -> None:
        """Start every command; from now on Ctrl-C, SIGTERM and SIGHUP stop all."""
        stopping.listen(self._stop_asked)
        for name in self.commands:
            self._launch(name)
            self._kept[name] = _Kept(time.monotonic())

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping

    def watch(self) -> None:
        """Block until asked to stop, restarting what ends by itself; then stop all."""
        turn = 0
        while not self._stopping:
            time.sleep(0.2)
            turn += 1
            if turn % 5 == 0 and not self._stopping:
                self.mend()
            for name, child in list(self._children.items()):
                if _ended(child) and self._kept[name].due() and not self._stopping:
                    print(f"{name}: khởi động lại (mã {child.returncode})", file=sys.stderr)
                    self._launch(name)
                    self._kept[name].again()
        self.stop()

    def stop(self) -> None:
        """Stop all children: first politely, after a while by force."""
        self._stopping = True
        for child in self._children.values():
            if not _ended(child):
                child.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children.values():
            while not _ended(child) and time.monotonic() < deadline:
                time.sleep(0.02)
            if not _ended(child):
                child.kill()
                while not _ended(child):
                    time.sleep(0.02)

    def _launch(self, name: str) -> None:
        self._children[name] = subprocess.Popen(
            self.commands[name],
            env=dict(self.environments[name]),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[self.handle],
            preexec_fn=partial(end_with_parent, os.getpid()),
        )

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
