"""A full or read-only disk: one sentence, nothing half written, and it works when there is room.

The disks are small tmpfs in a mount name space of their own, which ends with its process.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tangthu.repository.actions.open_stores import ensure_stores
from tangthu.repository.models import Store
from tests.support import batches, killing
from tests.support.house import TestHouse
from tests.support.records import make_dossier, signed_events

STEPS = "tests.repository.bad_disks"
APART = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
FULL = "Kho {name} đã đầy."
CLOSED = "Không ghi được vào kho {name}.|Không mở được kho {name}."
DISK = {
    "full": "Ổ đĩa đã đầy.",
    "read-only": "Không ghi được vào thư mục làm việc: ổ đĩa chỉ cho đọc, hoặc thiếu quyền.",
}


@pytest.fixture(autouse=True)
def _may_mount() -> None:
    try:
        tried = subprocess.run(
            [*APART, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("full and read-only disks not tried: no unshare here")
    if tried.returncode:
        pytest.skip("full and read-only disks not tried: this account may not mount")


@pytest.mark.parametrize("how", ["full", "read-only"])
@pytest.mark.parametrize("name", [pytest.param("kho-a", marks=pytest.mark.soak), "kho-b"])
def test_sealing_into_a_store_that_takes_nothing_fails_in_words_and_works_later(
    cast: TestHouse, tmp_path: Path, name: str, how: str
) -> None:
    made = make_dossier(cast, documents=({}, {}))
    signed_events()
    ensure_stores()
    disk = tmp_path / "disk"
    disk.mkdir()
    Store.objects.filter(name=name).update(path=str(disk / name))
    words = (FULL if how == "full" else CLOSED).format(name=name)
    with killing.Runner(cast.environment, before=APART) as runner:
        runner.run(f"{STEPS}:seal", str(made.dossier.pk), str(disk), how, words)


@pytest.mark.soak
@pytest.mark.parametrize("how", ["full", "read-only"])
def test_sealing_without_room_to_work_fails_in_words_and_works_later(
    cast: TestHouse, how: str
) -> None:
    made = make_dossier(cast, documents=({}, {}))
    signed_events()
    place = str(cast.home.cache)
    with killing.Runner(cast.environment, before=APART) as runner:
        runner.run(f"{STEPS}:seal", str(made.dossier.pk), place, how, DISK[how])


@pytest.mark.parametrize("how", ["full", pytest.param("read-only", marks=pytest.mark.soak)])
def test_taking_a_batch_without_room_fails_in_words_and_works_later(
    cast: TestHouse, tmp_path: Path, how: str
) -> None:
    batch = batches.checked(cast, tmp_path, batches.papers(2))
    with killing.Runner(cast.environment, before=APART) as runner:
        runner.run(f"{STEPS}:accept", str(batch.id), str(cast.home.working), how, DISK[how])
