"""Signals while starting, a killed worker, a disk that fills, a machine that lets write nowhere.

Long runs of whole houses; they run in `make soak`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tangthu.kernel import postgres
from tangthu.kernel.home import Home
from tests.processes.test_up import contents
from tests.support import batches
from tests.support.accounts import mounted, needs_root
from tests.support.running import (
    SOURCE,
    TANGTHU,
    Up,
    environment,
    nothing_runs,
    processes_of,
    query,
    until,
)

pytestmark = pytest.mark.soak

ORDER = """
import sys, uuid
from pathlib import Path
from tangthu.archive.actions.open_batch import open_batch
from tangthu.archive.models import Fonds
from tangthu.identity.acting import Acting
from tangthu.identity.queries import viewer_named
folder = Path({folder!r})
batch, job = open_batch(
    Acting(viewer_named("cuc"), "cli"), Fonds.objects.get(code="SEN"), batch_id=uuid.uuid4(),
    name="Đợt thử", index=folder / "bang-ke.xlsx", folder=folder / "tep", owns_folder=False,
    answers={{}},
)
print(json.dumps([str(batch.pk), str(job.pk)]))
"""
RESUME = """
import uuid
from tangthu.archive.actions.decide_batch import resume
from tangthu.identity.acting import Acting
from tangthu.identity.queries import viewer_named
job = resume(Acting(viewer_named("cuc"), "cli"), uuid.UUID({batch!r}))
print(json.dumps(str(job.pk)))
"""


def ask(home: Path, order: str, *given: Any) -> list[tuple[Any, ...]]:
    """The rows of a query to the running house's embedded database; none while it is away."""
    try:
        with psycopg.connect(postgres.url(Home(home))) as connection:
            return connection.execute(order, given).fetchall()
    except (psycopg.Error, OSError):
        return []


def fill(home: Path, *, leave: int) -> Path:
    """Take all room of the home's disk but `leave` bytes; returns the file that holds it.

    With 0 the last byte is taken, even if something else gives some back meanwhile.
    """
    filler = home.parent / "filler"
    with filler.open("wb", buffering=0) as out:
        stat = os.statvfs(home)
        size = stat.f_bavail * stat.f_frsize - (leave or 8 * 1024 * 1024)
        os.posix_fallocate(out.fileno(), 0, size)
        out.seek(size)
        with suppress(OSError):
            while not leave:
                out.write(b"\0" * 65536)
    return filler


def job_is(
    home: Path, job: str, *states: str, done: int = 0
) -> Callable[[], tuple[Any, ...] | None]:
    """Whether the job is in one of the states and came so far; its row."""

    def look() -> tuple[Any, ...] | None:
        rows = ask(home, "SELECT state, done, message, hint FROM kernel_job WHERE id = %s", job)
        found = rows[0] if rows else None
        return found if found and found[0] in states and (found[1] or 0) >= done else None

    return look


def half_written(home: Path) -> list[str]:
    """Files of the stores and of the index copies that were begun and not finished."""
    return [
        str(path)
        for folder in ("working", "stores", "uploads", "secrets", "ledger")
        for path in (home / folder).rglob(".*.tmp")
    ]


def test_signals_at_every_stage_of_the_first_start(tmp_path: Path) -> None:
    home = tmp_path / "var"

    def initialising() -> bool:
        return any("initdb" in words for words in programs())

    def programs() -> list[str]:
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if str(home) in words or "/mnt/data" in words:
                    found.append(words)
        return found

    stages: list[tuple[str, Callable[[], Any], int]] = [
        ("initdb", initialising, signal.SIGTERM),
        ("server launched", lambda: (home / "postgres/data").exists(), signal.SIGINT),
        ("server there", lambda: (home / "postgres/data/postmaster.pid").exists(), signal.SIGHUP),
        ("migrating", lambda: ask(home, "SELECT 1 FROM pg_class WHERE relname='identity_body'"),
         signal.SIGTERM),
        ("demonstration begun", (home / "secrets/demo-signins.json").exists, signal.SIGINT),
        ("dossier", lambda: ask(home, "SELECT 1 FROM records_dossier"), signal.SIGTERM),
        ("finished", (home / "secrets/demo-finished").exists, signal.SIGHUP),
    ]  # fmt: skip
    for name, reached, number in stages:
        with Up(home, tmp_path / "notes") as up:
            until(reached, name)
            assert up.stop(number, group=number == signal.SIGINT) == 0, (name, up.err)
            assert nothing_runs(home, 5), name
            assert "Traceback" not in up.err, name
            assert "Ctrl-C" not in up.out, f"{name}: the signal came too late for this test"
    with Up(home, tmp_path / "notes") as up:
        up.ready()
        found = contents(home)
        assert (found["people"], len(found["dossiers"]), len(found["batches"])) == (8, 1, 2)
        assert len(found["packages"]) == 1
        assert "Tập văn bản đi quý I năm 2024" in up.visitor("cuc").get("/ho-so/")
        assert up.stop() == 0


def test_random_kills_of_everything_while_starting(tmp_path: Path) -> None:
    home = tmp_path / "var"
    chance = random.Random(20_240_101)
    numbers = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
    for turn in range(12):
        with Up(home, tmp_path / "notes") as up:
            time.sleep(chance.uniform(0.5, 9))
            victim = chance.choice(["up", "any"])
            number = chance.choice(numbers)
            pids = [up.process.pid] if victim == "up" else list(processes_of(home))
            with suppress(ProcessLookupError):
                os.kill(chance.choice(pids), number if victim == "up" else signal.SIGKILL)
            time.sleep(chance.uniform(0, 1))
            assert "Traceback" not in up.err, (turn, victim, number, up.err)
            if turn % 3 == 0:
                os.kill(up.process.pid, signal.SIGKILL)
                up.process.wait()
                continue  # what is left of it must not hinder the next start
    with Up(home, tmp_path / "notes") as up:
        up.ready()
        found = contents(home)
        assert (found["people"], len(found["dossiers"]), len(found["batches"])) == (8, 1, 2)
        assert up.stop() == 0
        assert nothing_runs(home, 5)


def test_a_job_whose_worker_is_killed_is_taken_up_and_finished(tmp_path: Path) -> None:
    home, folder = tmp_path / "var", tmp_path / "batch"
    batches.write(folder, batches.papers(150))
    with Up(home, tmp_path / "notes") as up:
        up.ready()
        batch, job = query(home, ORDER.format(folder=str(folder)))
        until(job_is(home, job, "running", done=10), "the job under way")
        os.kill(up.child(" worker"), signal.SIGKILL)
        until(job_is(home, job, "done"), "the job's end", 180)
        (files,) = ask(
            home, "SELECT count(*), count(facts) FROM archive_batchfile WHERE batch_id=%s", batch
        )
        assert files == (150, 150)
        assert up.stop() == 0


INSIDE = Path("/mnt/var")


@contextmanager
def checking_on_a_small_disk(tmp_path: Path) -> Iterator[tuple[Up, Path, list[str], str, str]]:
    """A house on a disk of 600 MB that checks a batch of 400 files: the house, its home as seen
    from here, how to enter its mounts, the batch and its job."""
    folder = tmp_path / "batch"
    batches.write(folder, batches.papers(400))
    small = mounted("mount -t tmpfs -o size=600m none /mnt")
    with Up(INSIDE, tmp_path / "notes", wrap=small) as up:
        up.ready()
        home = Path(f"/proc/{up.process.pid}/root{INSIDE}")
        beside = ["nsenter", "-t", str(up.process.pid), "-m"]
        batch, job = query(INSIDE, ORDER.format(folder=str(folder)), wrap=beside)
        until(job_is(home, job, "running", done=5), "the job under way")
        yield up, home, beside, batch, job


@needs_root
def test_a_disk_that_fills_during_an_import_ends_the_job_in_words(tmp_path: Path) -> None:
    with checking_on_a_small_disk(tmp_path) as (up, home, beside, batch, job):
        filler = fill(home, leave=40 * 1024 * 1024)
        row = until(job_is(home, job, "failed", "done"), "the job's end")
        assert row[0] == "failed", "the job was done before the disk was full"
        assert "Ổ đĩa" in row[2]
        assert "chạy tiếp" in row[3]
        assert up.answers()
        assert half_written(home) == []
        status, told = up.visitor("cuc").send_file("/dot-so-hoa/moi/", "files", 60_000_000)
        assert status == 507
        assert "không đủ chỗ" in told
        assert [path for path in (home / "uploads").iterdir() if path.is_file()] == []
        filler.unlink()
        again = query(INSIDE, RESUME.format(batch=batch), wrap=beside)
        until(job_is(home, again, "done"), "the resumed job's end", 120)
        assert ask(home, "SELECT count(facts) FROM archive_batchfile WHERE batch_id=%s", batch) == [
            (400,)
        ]
        assert up.stop() == 0


@needs_root
def test_a_disk_filled_to_the_last_byte_harms_nothing_for_good(tmp_path: Path) -> None:
    with checking_on_a_small_disk(tmp_path) as (up, home, beside, batch, job):
        filler = fill(home, leave=0)
        time.sleep(8)
        filler.unlink()
        assert up.process.poll() is None
        until(up.answers, "an answer after there is room again")
        row = until(job_is(home, job, "failed", "done"), "the job's end", 180)
        if row[0] == "failed":
            assert "Ổ đĩa" in row[2], row
            again = query(INSIDE, RESUME.format(batch=batch), wrap=beside)
            until(job_is(home, again, "done"), "the resumed job's end", 120)
        assert half_written(home) == []
        assert "Tập văn bản đi quý I năm 2024" in up.visitor("cuc").get("/ho-so/")
        assert up.stop() == 0


@needs_root
def test_a_machine_that_can_be_written_nowhere_but_in_the_home(tmp_path: Path) -> None:
    """Start, sign in and import where all but the home is read-only; nothing is there after."""
    home, folder, clone = tmp_path / "var", tmp_path / "batch", tmp_path / "src"
    for path in (home, tmp_path / "HOME", tmp_path / "TMPDIR", tmp_path / "cwd"):
        path.mkdir()
    batches.write(folder, batches.papers(5))
    shutil.copytree(SOURCE, clone, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(clone)], check=True)
    before = _listing(tmp_path)
    places = {
        "HOME": str(tmp_path / "HOME"),
        "TMPDIR": str(tmp_path / "TMPDIR"),
        "PYTHONPATH": str(clone),
    }
    frozen = mounted(f"mount --bind {home} {home} && mount -o remount,ro,bind /")
    with Up(home, tmp_path / "notes", wrap=frozen, cwd=tmp_path / "cwd", **places) as up:
        up.ready()
        assert "Tập văn bản đi quý I năm 2024" in up.visitor("cuc").get("/ho-so/")
        assert _import(up, home, folder, places).returncode == 0
        assert up.stop() == 0
        assert "Traceback" not in up.err
    # And where writing would be allowed, none is done.
    with Up(home, tmp_path / "notes", cwd=tmp_path / "cwd", **places) as up:
        up.ready()
        assert up.visitor("hoa").get("/")
        assert up.stop() == 0
    after = _listing(tmp_path)
    assert {path for path in after if after[path] != before.get(path)} == set()
    assert set(before) - set(after) == set()


def _import(up: Up, home: Path, folder: Path, places: dict[str, str]) -> Any:
    return subprocess.run(
        ["nsenter", "-t", str(up.process.pid), "-m", TANGTHU, "--as", "cuc", "import",
         "--index", folder / "bang-ke.xlsx", "--files", folder / "tep", "--body", "H30.81",
         "--fonds", "SEN", "--accept", "all-proposals", "--json"],
        env=environment(home, **places), capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


def _listing(top: Path) -> dict[str, tuple[int, int]]:
    """Every file outside the home and our notes, with size and time of change."""
    return {
        str(path.relative_to(top)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in top.rglob("*")
        if path.relative_to(top).parts[0] not in {"var", "notes"}
    }
