"""Keep a handful of child processes running until told to stop."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType

_PR_SET_PDEATHSIG = 1
_RESTART_SECONDS = 2.0
_STOP_SECONDS = 15.0


def _die_with_parent() -> None:
    """In the child: be told to stop if the parent dies without a word (kill -9)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Starts named commands, restarts one that ends by itself, stops all together."""

    commands: Mapping[str, list[str]]
    environment: Mapping[str, str]
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _stopping: bool = False

    def start(self) -> None:
        """Start every command and arrange for Ctrl-C and SIGTERM to stop all."""
        signal.signal(signal.SIGINT, self._stop_asked)
        signal.signal(signal.SIGTERM, self._stop_asked)
        for name in self.commands:
            self._launch(name)

    def watch(self) -> None:
        """Block until asked to stop, restarting what ends by itself; then stop all."""
        last_start = dict.fromkeys(self.commands, time.monotonic())
        while not self._stopping:
            time.sleep(0.2)
            for name, child in list(self._children.items()):
                if child.poll() is None or self._stopping:
                    continue
                if time.monotonic() - last_start[name] > _RESTART_SECONDS:
                    print(f"{name}: khởi động lại (mã {child.returncode})", file=sys.stderr)
                    self._launch(name)
                    last_start[name] = time.monotonic()
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
            preexec_fn=_die_with_parent,
        )

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
