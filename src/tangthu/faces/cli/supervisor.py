"""Keep a handful of child processes running until told to stop."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

_PR_SET_PDEATHSIG = 1
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_STOP_SECONDS = 15.0


class StopAsked(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived while something was still being started."""


def _die_with_parent() -> None:
    """In the child: be told to stop if the parent dies without a word (kill -9)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_by_exception(number: int, frame: FrameType | None) -> None:
    """Signal handler for the time of starting: unwind, so that what was begun is undone."""
    raise StopAsked


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

    `handle` is inherited by every child (see Home.alive). `mend` is called about once a second and
    sees to it that what the children need runs; it says what it did, or nothing.
    """

    commands: Mapping[str, list[str]]
    environment: Mapping[str, str]
    handle: int
    mend: Callable[[], None] = lambda: None
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _stopping: bool = False

    def start(self) -> None:
        """Start every command; from now on Ctrl-C, SIGTERM and SIGHUP stop all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)
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
                if child.poll() is not None and self._kept[name].due() and not self._stopping:
                    print(f"{name}: khởi động lại (mã {child.returncode})", file=sys.stderr)
                    self._launch(name)
                    self._kept[name].again()
        self.stop()

    def stop(self) -> None:
        """Stop all children: first politely, after a while by force."""
        self._stopping = True
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _launch(self, name: str) -> None:
        self._children[name] = subprocess.Popen(
            self.commands[name],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[self.handle],
            preexec_fn=_die_with_parent,
        )

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
