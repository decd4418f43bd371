"""The room on a store's disk: told before it is gone, and never used up by a package."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tangthu.repository import stores
from tangthu.repository.actions.open_stores import ensure_stores
from tangthu.repository.models import Package, Store
from tangthu.repository.stores import Room, StoreUnusable, require_room, room_of
from tests.support.house import TestHouse
from tests.support.records import make_dossier, signed_events

GB = 1024**3


@pytest.mark.parametrize(
    ("free", "filling", "nearly_full"),
    [
        (100, False, False),
        (99, True, False),
        (30, True, False),
        (29, True, True),
    ],
)
def test_a_disk_is_told_below_a_tenth_and_again_below_three_hundredths(
    free: int, filling: bool, nearly_full: bool
) -> None:
    room = Room(free * GB, 1000 * GB)
    assert (room.filling, room.nearly_full) == (filling, nearly_full)


@pytest.mark.parametrize(
    ("total", "left"), [(50 * 1024**2, 1024**2), (50 * GB, GB // 2), (1000 * GB, GB)]
)
def test_what_is_left_free_is_a_hundredth_within_limits(total: int, left: int) -> None:
    assert Room(left + 7, total).holds(7)
    assert not Room(left + 7, total).holds(8)


def test_more_than_the_disk_has_is_refused_and_names_the_store(cast: TestHouse) -> None:
    store = ensure_stores()[0]
    room = room_of(store)
    assert room is not None and room.total >= room.free > 0
    require_room(store, 0)
    with pytest.raises(StoreUnusable, match="kho-a") as refused:
        require_room(store, room.total)
    assert refused.value.facts["wanted"] == room.total


def test_a_store_whose_folder_is_gone_has_no_room_to_tell(cast: TestHouse, tmp_path: Path) -> None:
    store = Store(name="kho-c", path=str(tmp_path / "away"), position=3)
    assert room_of(store) is None
    require_room(store, 1)  # its absence is told by who opens it


def test_a_package_that_would_fill_any_store_is_refused_before_a_byte_is_in_one(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_dossier(cast, documents=({},))
    signed_events()
    ensure_stores()
    before = _files(cast)
    # The limit is moved, not the disk: all of this machine's disk is to be left free.
    monkeypatch.setattr(stores, "_LEFT_FREE", 2.0)
    monkeypatch.setattr(stores, "_MOST_FREE", 1 << 62)
    failed = execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert (failed.state, failed.message) == (Job.State.FAILED, "Kho kho-a đã đầy.")
    assert not Package.objects.exists() and _files(cast) == before
    monkeypatch.undo()
    done = execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert done.state == Job.State.DONE, done.message
    assert Package.objects.count() == 1


def _files(house: TestHouse) -> list[str]:
    return sorted(
        os.path.join(folder, name)
        for folder, _folders, names in os.walk(house.home.stores)
        for name in names
        if "locks" not in folder
    )
