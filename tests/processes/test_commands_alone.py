"""Commands where no house runs: each brings its own database and takes it away again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import (
    TANGTHU,
    call,
    end_all_of,
    environment,
    nothing_runs,
    one_sentence,
    until,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose database was prepared, with nothing running."""
    home = tmp_path_factory.mktemp("alone") / "var"
    unprepared = call(home, "stores")
    assert unprepared.returncode == 2
    assert "chưa được chuẩn bị" in one_sentence(unprepared.stderr)
    assert call(home, "migrate").returncode == 0
    assert nothing_runs(home, 1)
    yield home
    end_all_of(home)


def test_a_command_starts_and_stops_its_own_database(home: Path) -> None:
    done = call(home, "stores", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    assert nothing_runs(home, 1)


def test_commands_at_the_same_time_do_not_fight(home: Path) -> None:
    for _ in range(2):
        running = [
            subprocess.Popen(
                [TANGTHU, "stores", "--json"],
                env=environment(home),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for one in running:
            out, err = one.communicate(timeout=120)
            assert one.returncode == 0, err
            assert json.loads(out) == []
        assert nothing_runs(home, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_stopped_takes_its_database_along(home: Path, number: int) -> None:
    with subprocess.Popen(
        [TANGTHU, "worker"], env=environment(home), stderr=subprocess.PIPE, text=True
    ) as worker:
        until(lambda: (home / "postgres/data/postmaster.pid").exists(), "the server")
        worker.send_signal(number)
        _, err = worker.communicate(timeout=60)
    assert worker.returncode in (0, 128 + number), err
    assert "Traceback" not in err
    assert nothing_runs(home, 1)


def test_a_server_left_by_kill_9_is_used_and_stopped_by_the_next_command(home: Path) -> None:
    worker = subprocess.Popen([TANGTHU, "worker"], env=environment(home), stderr=subprocess.DEVNULL)
    until(lambda: (home / "postgres/data/postmaster.pid").exists(), "the server")
    worker.kill()
    worker.wait()
    assert call(home, "stores").returncode == 0
    assert nothing_runs(home, 1)


def test_a_claim_of_a_server_that_died_with_its_machine_blocks_nothing(home: Path) -> None:
    """After a power cut the file stays, and its number may be any program's by now."""
    claim = home / "postgres" / "data" / "postmaster.pid"
    claim.write_text(f"{os.getppid()}\n{claim.parent}\n1700000000\n5432\n../run\n\n  0  0\n")
    assert call(home, "stores").returncode == 0
    assert not claim.exists()
    assert nothing_runs(home, 1)
