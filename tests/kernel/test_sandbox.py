"""A worker process may crash, hang or grow: it costs one call and nothing else."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tangthu.kernel.sandbox import (
    BadReply,
    Crashed,
    Limits,
    OutOfMemory,
    Sandbox,
    SandboxError,
    TargetFailed,
    TimedOut,
)

HERE = os.path.dirname(__file__)
if HERE not in sys.path:
    sys.path.append(HERE)
T = "sandbox_targets:"


@pytest.fixture
def box():
    with Sandbox(
        limits=Limits(wall_seconds=20, cpu_seconds=20), packages=("sandbox_targets",)
    ) as b:
        yield b


def small(**limits):
    return Sandbox(
        limits=Limits(**{"wall_seconds": 20, "cpu_seconds": 20, **limits}),
        packages=("sandbox_targets",),
    )


def dead(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as handle:
            return handle.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_for_death(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if dead(pid):
            return True
        time.sleep(0.02)
    return False


def test_values_bytes_and_pairs_come_back_as_they_were(box):
    assert box.call(T + "add", 2, right=3) == 5
    assert box.call(T + "huge_reply", 3_000_000) == b"x" * 3_000_000
    assert box.call(T + "pair") == ({"width": 3}, b"\x00\xff")


def test_one_worker_serves_many_calls_in_a_process_of_its_own(box):
    seen = {box.call(T + "process_id") for _ in range(5)}
    assert len(seen) == 1 and os.getpid() not in seen


def test_an_exception_in_the_function_is_told_and_the_worker_lives_on(box):
    before = box.call(T + "process_id")
    with pytest.raises(TargetFailed) as caught:
        box.call(T + "fail")
    assert caught.value.facts == {"kind": "LookupError", "detail": "không có trang này"}
    assert box.call(T + "process_id") == before


@pytest.mark.parametrize("name", ["segfault", "devour", "devour_slowly", "not_json"])
def test_after_any_failure_the_next_call_is_served(box, name):
    with pytest.raises(SandboxError):
        box.call(T + name)
    assert box.call(T + "add", 1, 1) == 2


def test_a_segmentation_fault_is_a_crash(box):
    with pytest.raises(Crashed) as caught:
        box.call(T + "segfault")
    assert caught.value.facts["exit_code"] == -signal.SIGSEGV


@pytest.mark.parametrize("name", ["devour", "devour_slowly"])
def test_memory_is_limited(box, name):
    with pytest.raises(OutOfMemory):
        box.call(T + name)


def test_a_sleeping_call_ends_at_the_wall_time(box):
    pid = box.call(T + "process_id")
    with pytest.raises(TimedOut) as caught:
        box.call(T + "sleep", 60, wall_seconds=0.2)
    assert caught.value.facts["reason"] == "wall"
    assert wait_for_death(pid)


def test_a_spinning_call_ends_at_the_processor_time():
    with small(cpu_seconds=1) as box, pytest.raises(TimedOut) as caught:
        box.call(T + "spin")
    assert caught.value.facts["reason"] == "cpu"


def test_processor_time_is_counted_per_call():
    with small(cpu_seconds=2) as box:
        pid = box.call(T + "process_id")
        for _ in range(3):
            with pytest.raises(OutOfMemory):
                box.call(T + "devour")
        assert box.call(T + "add", 1, 1) == 2
        assert wait_for_death(pid), "a worker that ran out of memory is replaced"


def test_a_reply_beyond_the_limit_is_refused():
    with small(reply_bytes=1000) as box:
        with pytest.raises(BadReply):
            box.call(T + "huge_reply", 2000)
        assert box.call(T + "huge_reply", 10) == b"x" * 10


@pytest.mark.parametrize("name", ["forge_header", "forge_body"])
def test_a_forged_reply_is_refused_and_the_worker_replaced(box, name):
    with pytest.raises((BadReply, Crashed)):
        box.call(T + name)
    assert box.call(T + "add", 1, 1) == 2


def test_what_a_function_prints_does_not_disturb_the_reply(box):
    assert box.call(T + "print_and_answer") == "ok"


def test_a_worker_sees_no_secrets_of_the_parent(box, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    assert "DATABASE_URL" not in box.call(T + "environment")


def test_a_worker_writes_no_files(box, tmp_path):
    with pytest.raises(SandboxError):
        box.call(T + "write_file", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists() or (tmp_path / "out").stat().st_size == 0


def test_only_functions_of_our_packages_are_run(box):
    for target in ("os:getcwd", "sandbox_targets_evil:f", "subprocess:run"):
        with pytest.raises(ValueError):
            box.call(target)


def test_a_worker_killed_from_outside_while_idle_is_replaced_silently(box):
    pid = box.call(T + "process_id")
    os.kill(pid, signal.SIGKILL)
    assert wait_for_death(pid)
    assert box.call(T + "add", 1, 1) == 2


def test_closing_ends_the_workers_and_fails_running_calls():
    box = small()
    pid = box.call(T + "process_id")
    failures = []

    def run():
        try:
            box.call(T + "sleep", 60)
        except SandboxError as error:
            failures.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    box.close()
    thread.join(10)
    assert failures == [Crashed] and wait_for_death(pid)
    with pytest.raises(ValueError):
        box.call(T + "add", 1, 1)


def test_many_threads_share_two_workers():
    with Sandbox(workers=2, packages=("sandbox_targets",)) as box:
        answers, pids = {}, set()

        def run(number):
            pids.add(box.call(T + "process_id"))
            answers[number] = box.call(T + "add", number, 1)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert answers == {n: n + 1 for n in range(20)} and len(pids) <= 2


def test_a_worker_outlives_the_thread_that_started_it(box):
    pids = []
    thread = threading.Thread(target=lambda: pids.append(box.call(T + "process_id")))
    thread.start()
    thread.join(30)
    time.sleep(0.2)
    assert box.call(T + "process_id") == pids[0]


@pytest.mark.parametrize("busy", ["sleep", "spin"])
def test_kill_minus_nine_of_the_parent_kills_a_busy_worker(busy, tmp_path):
    arguments = "60" if busy == "sleep" else ""
    program = (
        "import sys; sys.path.append(sys.argv[1])\n"
        "from tangthu.kernel.sandbox import Sandbox\n"
        "box = Sandbox(packages=('sandbox_targets',))\n"
        f"print(box.call('{T}process_id'), flush=True)\n"
        f"box.call('{T}{busy}'" + (f", {arguments}" if arguments else "") + ")\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, HERE], stdout=subprocess.PIPE, text=True
    )
    worker = int(parent.stdout.readline())
    time.sleep(0.3)
    assert not dead(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_for_death(worker)


def test_a_forked_child_gets_workers_of_its_own(box):
    mine = box.call(T + "process_id")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, str(box.call(T + "process_id")).encode())
            box.close()
        finally:
            os._exit(0)
    os.close(write)
    theirs = int(os.read(read, 100))
    os.close(read)
    os.waitpid(child, 0)
    assert theirs != mine
    assert box.call(T + "process_id") == mine


@pytest.mark.skipif(
    os.uname().machine not in {"x86_64", "aarch64"}, reason="no filter for this machine"
)
def test_a_worker_that_a_file_has_taken_over_can_only_compute_and_read(tmp_path):
    path = str(tmp_path / "new")
    (tmp_path / "new.old").write_text("old")
    with small() as box:
        ends = box.call(T + "tried", path, os.getpid())
        ends.update(box.call(T + "tried", path, os.getpid()))
    assert ends.pop("read") == "done: old"
    assert int(ends.pop("identify")) > 0
    assert set(ends.values()) == {"Operation not permitted"}, ends
    assert [one.name for one in tmp_path.iterdir()] == ["new.old"]
    assert (tmp_path / "new.old").read_text() == "old"
    assert (tmp_path / "new.old").stat().st_mode & 0o777 != 0o777
