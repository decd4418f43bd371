"""`tangthu up` on one house, from its first start through kills to its second start.

The tests stand in the order of a house's life and share it: starting takes seconds.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.running import (
    Up,
    call,
    children,
    nothing_runs,
    one_sentence,
    processes_of,
    query,
    until,
)

DOSSIERS = """
from tangthu.archive.models import Batch
from tangthu.identity.models import Account, Body
from tangthu.records.models import Dossier
from tangthu.repository.models import Package
print(json.dumps({
    "bodies": sorted(map(str, Body.objects.values_list("code", flat=True))),
    "people": Account.objects.count(),
    "dossiers": sorted(map(str, Dossier.objects.values_list("pk", flat=True))),
    "batches": sorted(map(str, Batch.objects.values_list("pk", "state"))),
    "packages": sorted(map(str, Package.objects.values_list("pk", flat=True))),
}))
"""


def contents(home: Path, **more: str) -> dict[str, list[str]]:
    """What the demonstration made."""
    found: dict[str, list[str]] = query(home, DOSSIERS, **more)
    return found


def test_a_home_of_200_awkward_characters_starts_and_signs_in(running: Up) -> None:
    assert len(str(running.home)) == 200
    signins = running.signins()
    assert len(signins) == 8
    assert "Tập văn bản đi quý I năm 2024" in running.visitor("cuc").get("/ho-so/")
    assert "Traceback" not in running.err


def test_the_demonstration_has_two_bodies_of_four_people_and_a_small_fonds(running: Up) -> None:
    found = contents(running.home)
    assert found["bodies"] == ["H30.81", "H31.07"]
    assert found["people"] == 8
    assert len(found["dossiers"]) == len(found["packages"]) == 1
    assert len(found["batches"]) == 2


def test_the_sign_ins_are_kept_for_the_owner_alone(running: Up) -> None:
    kept = running.home / "secrets" / "demo-signins.json"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_second_start_on_the_same_home_is_refused_and_disturbs_nothing(running: Up) -> None:
    done = call(running.home, "up")
    assert done.returncode == 2
    assert "đang chạy trên" in one_sentence(done.stderr)
    assert done.stdout == ""
    assert running.answers()


def test_a_command_beside_the_running_house_shares_its_database(running: Up) -> None:
    server = running.postmaster()
    done = call(running.home, "stores", "--json")
    assert done.returncode == 0, done.stderr
    assert '"objects": 1' in done.stdout
    assert running.postmaster() == server
    assert running.answers()


def test_what_is_killed_comes_back(running: Up) -> None:
    old = {name: running.child(f" {name}") for name in ("worker", "integrator")}
    web = running.child("granian")
    web_workers = children(web)
    server = running.postmaster()
    assert len(web_workers) == 2
    for pid in (*old.values(), web):
        os.kill(pid, signal.SIGKILL)
    for name, pid in old.items():
        until(lambda name=name, pid=pid: running.child(f" {name}") != pid, f"a new {name}")
    until(lambda: running.child("granian") != web, "a new web server")
    until(running.answers, "an answer")
    assert not set(web_workers) & set(processes_of(running.home)), "old web workers live on"
    assert running.postmaster() == server
    os.kill(server, signal.SIGKILL)
    until(lambda: "postgres: khởi động lại" in running.err, "the mended database")
    visitor = until(lambda: _try_to_sign_in(running), "signing in")
    assert "HS01" in visitor
    assert running.process.poll() is None


def _try_to_sign_in(running: Up) -> str:
    try:
        return running.visitor("cuc").get("/ho-so/")
    except OSError:
        return ""


def test_nothing_is_written_where_programs_like_to_write(running: Up, elsewhere: Path) -> None:
    assert running.answers()
    assert [str(path) for path in elsewhere.glob("*/*")] == []


def test_ctrl_c_stops_all_and_the_next_start_keeps_the_data(running: Up, tmp_path: Path) -> None:
    before = contents(running.home)
    signins = running.signins()
    assert running.stop(signal.SIGINT, group=True) == 0
    assert nothing_runs(running.home, 2)
    assert "Traceback" not in running.err
    with Up(running.home, tmp_path) as again:
        again.ready()
        assert again.signins() == signins
        assert contents(again.home) == before
        _kill_9_of_all_that_holds_it_together(again, tmp_path)


def _kill_9_of_all_that_holds_it_together(up: Up, notes: Path) -> None:
    """kill -9 of `up`: its children end by themselves, and the next start works at once."""
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    with Up(up.home, notes / "after") as third:
        third.ready()
        assert third.signins() == up.signins()
        assert third.stop(signal.SIGTERM) == 0
    assert nothing_runs(up.home, 2)


@pytest.mark.soak
def test_after_kill_9_of_up_nothing_is_left_running(first_home: Path, tmp_path: Path) -> None:
    with Up(first_home, tmp_path) as up:
        up.ready()
        os.kill(up.process.pid, signal.SIGKILL)
        up.process.wait()
        assert nothing_runs(first_home, 30)
