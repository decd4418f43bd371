"""Killed with SIGKILL after any durable step, a store holds the old or the new state, whole.

Each case forks a process that does one operation and kills itself after the k-th durable step, for
every k. Both validators then judge the whole store, before and after recovery, and the operation is
done again.
"""

from __future__ import annotations

import ast
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.standards.ocfl.ocfl_oracle import opinion
from tests.standards.ocfl.test_ocfl_writing import ID, assert_sound, contents

from tangthu.standards import durable, ocfl
from tangthu.standards.ocfl import (
    POINTS,
    Note,
    StorageRoot,
    add_version,
    check_files,
    create_object,
    create_root,
    open_root,
    recover,
    repair_file,
    replicate,
    validate_object,
    validate_root,
)

OLD = {"a.txt": b"one", "thư/b.txt": b"two"}
NEW = {"a.txt": b"one", "thư/b.txt": b"changed", "c.txt": b"three"}
Operation = Callable[[StorageRoot], object]


def passed_points(operation: Callable[[], object]) -> Counter[str]:
    """Do the operation and count the durable points it passes."""
    seen: Counter[str] = Counter()
    durable.observe(lambda name: seen.update([name]))
    try:
        operation()
    finally:
        durable.observe(None)
    return seen


def killed_after(step: int, operation: Callable[[], object]) -> bool:
    """Do the operation in a process that dies after durable step number `step`; True if it did."""
    child = os.fork()
    if child == 0:
        left = iter(range(step - 1, -1, -1))

        def count(_: str) -> None:
            if next(left, -1) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        durable.observe(count)
        try:
            operation()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def assert_valid_as_it_stands(store: StorageRoot) -> int:
    """Every object in the root is valid, and nothing else is there; return how many there are."""
    assert {item.code for item in validate_root(store.root)} <= {"W004"}
    objects = list(store.objects())
    for path in objects:
        assert opinion(path) == (True, {"W004"})
    return len(objects)


def kill_everywhere(
    tmp_path: Path,
    prepare: Operation,
    operation: Operation,
    check: Callable[[StorageRoot], None],
    *,
    exchange: bool = True,
) -> None:
    step = 0
    died = True
    while died:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        create_root(folder / "store")
        store = open_root(folder / "store", exchange=exchange)
        prepare(store)
        died = killed_after(step, lambda store=store: operation(store))
        check(store)
        recover(store)
        assert [name for name in os.listdir(store.staging) if name != "locks"] == []
        operation(store)
        assert contents(store.path_of(ID)) == NEW
        assert_sound(store)
    assert step > 10


@pytest.mark.parametrize("exchange", [True, False])
def test_a_first_version_is_there_whole_or_not_at_all(
    tmp_path: Path, note: Note, exchange: bool
) -> None:
    def check(store: StorageRoot) -> None:
        if assert_valid_as_it_stands(store):
            assert contents(store.path_of(ID)) == NEW

    kill_everywhere(
        tmp_path,
        lambda store: None,
        lambda store: create_object(store, ID, NEW, note),
        check,
        exchange=exchange,
    )


def _change(store: StorageRoot, later: Note) -> object:
    files = {name: data for name, data in NEW.items() if OLD.get(name) != data}
    return add_version(store, ID, files, later, expected_head=1)


def test_a_further_version_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, note: Note, later: Note
) -> None:
    def check(store: StorageRoot) -> None:
        assert assert_valid_as_it_stands(store) == 1
        assert contents(store.path_of(ID)) in (OLD, NEW)

    kill_everywhere(
        tmp_path,
        lambda store: create_object(store, ID, OLD, note),
        lambda store: _change(store, later),
        check,
    )


def test_without_exchange_recovery_completes_the_commit(
    tmp_path: Path, note: Note, later: Note
) -> None:
    absent = []

    def check(store: StorageRoot) -> None:
        place = store.path_of(ID)
        if not place.exists():
            absent.append(place)
            (journal,) = store.staging.glob("*/commit.json")
            old, new = journal.parent / "old", journal.parent / "object"
            assert (contents(old), contents(new)) == (OLD, NEW)
            assert all(opinion(path) == (True, {"W004"}) for path in (old, new))
            recover(store)
        assert {item.code for item in validate_object(place)} == {"W004"}
        assert opinion(place) == (True, {"W004"})
        assert contents(place) in (OLD, NEW)

    kill_everywhere(
        tmp_path,
        lambda store: create_object(store, ID, OLD, note),
        lambda store: _change(store, later),
        check,
        exchange=False,
    )
    assert len(absent) == 1


def test_a_replica_is_whole_or_as_it_was(tmp_path: Path, note: Note, later: Note) -> None:
    origin = create_root(tmp_path / "origin")
    create_object(origin, ID, OLD, note)
    first = tmp_path / "first"
    replicate(origin.path_of(ID), create_root(first))
    _change(origin, later)

    def check(store: StorageRoot) -> None:
        assert assert_valid_as_it_stands(store) == 1
        assert contents(store.path_of(ID)) in (OLD, NEW)

    kill_everywhere(
        tmp_path,
        lambda store: replicate(next(open_root(first).objects()), store),
        lambda store: replicate(origin.path_of(ID), store),
        check,
    )


def test_a_repair_replaces_the_bad_file_or_leaves_it(tmp_path: Path, note: Note) -> None:
    origin = create_root(tmp_path / "origin")
    create_object(origin, ID, OLD, note)
    path = "v1/content/a.txt"
    for step in range(1, 20):
        store = create_root(tmp_path / f"store-{step}")
        place = replicate(origin.path_of(ID), store).object_root
        (place / path).write_bytes(b"bad")
        died = killed_after(
            step,
            lambda: repair_file(store, place, path, origin.path_of(ID)),  # noqa: B023
        )
        assert (place / path).read_bytes() in (b"bad", b"one")
        recover(store)
        repair_file(store, place, path, origin.path_of(ID))
        assert {item.status for item in check_files(place)} == {"ok"}
        assert_sound(store)
        if not died:
            break
    assert step > 3


def test_making_a_root_can_be_cut_off_anywhere(tmp_path: Path) -> None:
    for step in range(1, 20):
        root = tmp_path / str(step) / "root"
        died = killed_after(step, lambda: create_root(root))  # noqa: B023
        assert list(validate_root(create_root(root).root)) == []
        if not died:
            break
    assert step > 6


def test_the_list_of_points_is_complete(tmp_path: Path, note: Note, later: Note) -> None:
    def everything() -> None:
        store = create_root(tmp_path / "store")
        other = create_root(tmp_path / "other")
        create_object(store, ID, OLD, note)
        replicate(store.path_of(ID), other)
        _change(store, later)
        _change(open_root(other.root, exchange=False), later)
        (store.path_of(ID) / "v1" / "content" / "a.txt").unlink()
        repair_file(store, store.path_of(ID), "v1/content/a.txt", other.path_of(ID))

    assert set(passed_points(everything)) == set(POINTS)
    assert len(POINTS) == len(set(POINTS))


def test_no_step_of_the_package_is_announced_under_a_name_that_is_not_listed() -> None:
    named = set()
    for module in Path(ocfl.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name == "durable.point":
                    inside = [n for n in ast.walk(node) if isinstance(n, ast.Constant)]
                    named |= {n.value for n in inside if isinstance(n.value, str)}
                named |= {
                    f"{keyword.value.value}.{step}"
                    for keyword in node.keywords
                    if keyword.arg == "what" and isinstance(keyword.value, ast.Constant)
                    for step in {
                        "durable.write_file": ("fsynced", "renamed"),
                        "durable.rename": ("renamed",),
                        "durable.exchange": ("exchanged",),
                    }[name]
                }
    assert named == set(POINTS)


def test_recovery_leaves_running_work_alone(tmp_path: Path, note: Note) -> None:
    store = create_root(tmp_path / "store")
    reports = []

    def data() -> object:
        yield b"one"
        reports.append(recover(store))
        yield b"two"

    create_object(store, ID, {"a": ocfl.Source(data())}, note)
    assert (reports[0].busy, reports[0].removed) == (1, 0)
    (store.staging / "someone-elses.txt").write_text("x")
    assert recover(store) == ocfl.Recovered((), 0, 0)
    assert contents(store.path_of(ID)) == {"a": b"onetwo"}
    assert (store.staging / "someone-elses.txt").exists()
