"""A zip that somebody built to write elsewhere, to fill the disk, or to be read in two ways."""

from __future__ import annotations

import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tangthu.archive import unpacking
from tangthu.archive.unpacking import BadZip, extract_index, unpack


def _named(*names: str) -> Callable[[zipfile.ZipFile], None]:
    def fill(archive: zipfile.ZipFile) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            for name in names:
                archive.writestr(name, b"x")

    return fill


def _link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("a.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


def _bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("a.pdf", bytes(64 * 1024 * 1024), zipfile.ZIP_DEFLATED, 9)


HOSTILE = {
    "up": _named("../a.pdf"), "up inside": _named("hs/../../a.pdf"), "root": _named("/etc/a.pdf"),
    "up by Windows": _named("..\\..\\a.pdf"), "drive": _named("C:/a.pdf"),
    "twice": _named("a.pdf", "a.pdf"), "twice by a dot": _named("a.pdf", "./a.pdf"),
    "file and folder": _named("a", "a/b.pdf"), "long": _named("a" * 300 + ".pdf"),
    "deep": _named("x/" * 40 + "a.pdf"), "link": _link, "bomb": _bomb,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_in_words_and_writes_nothing_outside(
    tmp_path: Path, name: str
) -> None:
    packed, folder = tmp_path / "tep.zip", tmp_path / "moi"
    folder.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        HOSTILE[name](archive)
    with pytest.raises(BadZip):
        unpack(packed, folder)
    assert {path.name for path in tmp_path.iterdir()} == {"tep.zip", "moi"}
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in written) <= 1, "nothing of weight was unpacked"


def test_sizes_and_counts_are_those_that_come_out_and_not_those_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A size that lies, a damaged end, a password, and more entries than a batch may have."""
    packed = tmp_path / "tep.zip"

    def refused(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(BadZip):
            unpack(packed, folder)

    with zipfile.ZipFile(packed, "w") as archive:
        _bomb(archive)
    data = packed.read_bytes()
    told = struct.pack("<I", 64 * 1024 * 1024)
    packed.write_bytes(data.replace(told, struct.pack("<I", 10)))
    refused(1)
    assert sum(path.stat().st_size for path in (tmp_path / "1").rglob("*")) <= 11 * 1024 * 1024
    packed.write_bytes(data[:-30])
    refused(2)
    with zipfile.ZipFile(packed, "w") as archive:
        _named("a.pdf")(archive)
    whole = packed.read_bytes()
    at = whole.index(b"PK\x01\x02") + 8
    packed.write_bytes(whole[:at] + b"\x01\x00" + whole[at + 2 :])
    refused(3)
    monkeypatch.setattr(unpacking, "MAX_FILES", 3)
    with zipfile.ZipFile(packed, "w") as archive:
        _named("a", "b", "c", "d")(archive)
    refused(4)


def test_what_is_taken_is_for_its_owner_alone_and_an_index_is_no_way_out(tmp_path: Path) -> None:
    packed, folder = tmp_path / "tep.zip", tmp_path / "moi"
    folder.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        _named("hs/Quyết định.pdf", "hs/b.sh")(archive)
        info = zipfile.ZipInfo("c.sh")
        info.external_attr = (stat.S_IFREG | 0o4755) << 16
        archive.writestr(info, "#!/bin/sh")
    assert unpack(packed, folder) == 3
    for path in folder.rglob("*.*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, "nothing can be run"
    with zipfile.ZipFile(packed, "w") as archive:
        _named("../bang-ke.xlsx")(archive)
    with pytest.raises(BadZip):
        extract_index(packed, (".xlsx",), folder)
    assert not (tmp_path / "bang-ke.xlsx").exists()
