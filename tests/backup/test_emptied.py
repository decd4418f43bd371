"""What a restore or a trial left is removed; what anybody else put there stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tangthu.backup import drilling, emptied, sets
from tangthu.kernel.errors import Refused
from tangthu.kernel.home import Home


@pytest.fixture
def half(tmp_path: Path) -> tuple[Home, Path]:
    """A home that a restore has not finished, and the set."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / sets.MANIFEST).write_text(json.dumps({"mode": "connected"}))
    home = Home(tmp_path / "nhà mới")
    emptied.begin(home, folder)
    (home.stores / "kho-a").mkdir()
    (home.stores / "kho-a" / "x").write_text("x")
    return home, folder


@pytest.mark.parametrize("as_told_by", ["mounts", "device"])
def test_a_disk_mounted_into_a_half_restored_home_is_not_wiped(
    half: tuple[Home, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, as_told_by: str
) -> None:
    home, folder = half
    disk = home.stores / "kho-a"
    if as_told_by == "mounts":
        # The same disk in a second place bears the same number.
        mounts = tmp_path / "mountinfo"
        named = str(disk.resolve()).replace(" ", "\\040")
        mounts.write_text(f"36 35 98:0 /x {named} rw,noatime master:1 - ext3 /dev/root rw\n")
        monkeypatch.setattr(emptied, "_MOUNTS", mounts)
    else:
        real = emptied._device
        monkeypatch.setattr(
            emptied, "_device", lambda path: (real(path) or 0) + path.is_relative_to(disk)
        )
    with pytest.raises(Refused, match="kho-a"):
        emptied.begin(home, folder)
    assert (disk / "x").read_text() == "x" and home.restoring.exists()
    monkeypatch.undo()
    emptied.begin(home, folder)
    assert not disk.exists() and home.restoring.exists()


def test_leftovers_of_trials_are_removed_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "drill-01234567" / "home").mkdir(parents=True)
    (tmp_path / "drill-01234567" / drilling.MARK).touch()
    for other in ("other", "drill-2025-reports", "drill-89abcdef"):
        (tmp_path / other).mkdir()
        (tmp_path / other / "biên bản.pdf").write_bytes(b"signed")
    (tmp_path / "drill-2025-reports" / drilling.MARK).touch()
    drilling.clear_deserted(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "drill-2025-reports", "drill-89abcdef", "other",
    ]  # fmt: skip
