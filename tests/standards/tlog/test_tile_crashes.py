"""Killed with SIGKILL after any durable step, a log goes on and ends byte for byte the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.standards.tlog import growing_log as growing

from tangthu.standards import durable
from tangthu.standards.tlog.audit import verify_log
from tangthu.standards.tlog.writer import POINTS


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Counter[str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    passed: Counter[str] = Counter()
    durable.observe(lambda name: passed.update([name]))
    try:
        growing.grow(folder)
    finally:
        durable.observe(None)
    return snapshot(folder), passed


@pytest.mark.req("IN-22")
def test_a_growing_log_passes_exactly_the_named_points(
    undisturbed: tuple[dict, Counter[str]],
) -> None:
    assert set(undisturbed[1]) == set(POINTS)
    assert len(POINTS) == len(set(POINTS))


@pytest.mark.req("IN-22", "IN-35")
@pytest.mark.parametrize("point", POINTS)
def test_a_log_killed_at_a_durable_point_resumes_to_the_same_bytes(
    tmp_path: Path, point: str, undisturbed: tuple[dict, Counter[str]]
) -> None:
    whole, passed = undisturbed
    for occurrence in range(1, passed[point] + 1):
        folder = tmp_path / str(occurrence)
        folder.mkdir()
        command = [sys.executable, growing.__file__, str(folder), point, str(occurrence)]
        killed = subprocess.run(command, capture_output=True, timeout=60)
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        if size := growing.published(folder):
            report = verify_log(folder, growing.ORIGIN, [growing.SIGNER.vkey])
            assert report.head.checkpoint.size == size
        growing.grow(folder)
        assert snapshot(folder) == whole
