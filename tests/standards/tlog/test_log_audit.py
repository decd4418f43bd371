"""A whole log is recomputed from its files; any change of any file that matters is found."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from tests.standards.tlog.growing_log import ORIGIN, SIGNER, leaves, root, signed

from tangthu.standards.tlog.audit import verify_log
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint
from tangthu.standards.tlog.errors import (
    BadSignatureError,
    LogDamagedError,
    TileMissingError,
    TlogError,
    UnverifiedNoteError,
)
from tangthu.standards.tlog.note import Signer
from tangthu.standards.tlog.writer import TileWriter

KEYS = [SIGNER.vkey]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with full and partial files of all kinds, two levels of tiles, kept partials."""
    folder = tmp_path_factory.mktemp("log")
    writer = TileWriter(folder)
    for start, end in ((0, 100), (100, 300), (300, 520)):
        writer.write(start, leaves(start, end), root(end))
        writer.publish_checkpoint(signed(end))
    return folder


def test_a_sound_log_is_recomputed_whole(log: Path) -> None:
    seen: list[bytes] = []

    def visit(first: int, entries: list[bytes]) -> None:
        assert first == len(seen)
        seen.extend(entries)

    report = verify_log(log, ORIGIN, KEYS, visit=visit)
    assert seen == leaves(0, 520)
    assert report.head.checkpoint.root == root(520)
    assert (report.tiles, report.partials) == (4, 8)
    assert (report.frozen, report.largest_frozen) == (3, 520)


def test_a_log_across_a_full_level_1_tile_is_recomputed(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    for start, end in ((0, 65_536), (65_536, 65_900)):
        writer.write(start, leaves(start, end), root(end))
        writer.publish_checkpoint(signed(end))
        report = verify_log(tmp_path, ORIGIN, KEYS)
        assert report.head.checkpoint.root == root(end)
    assert report.tiles == 258 + 2 + 1
    assert (tmp_path / "tile/1/000").stat().st_size == 8192


@pytest.mark.req("IN-35")
def test_a_changed_byte_in_any_file_is_found(log: Path, tmp_path: Path) -> None:
    paths = [path.relative_to(log) for path in log.rglob("*") if path.is_file()]
    assert len(paths) > 15
    for path in paths:
        for at in (0, -2):
            folder = tmp_path / "copy"
            shutil.copytree(log, folder)
            data = bytearray((folder / path).read_bytes())
            data[at] ^= 1
            (folder / path).write_bytes(data)
            with pytest.raises(TlogError):
                verify_log(folder, ORIGIN, KEYS)
            shutil.rmtree(folder)


@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000", "tile/entries/001", "tile/0/002.p/8", "tile/1/000.p/2"]
)
def test_a_missing_file_is_found(log: Path, tmp_path: Path, path: str) -> None:
    shutil.copytree(log, tmp_path / "copy")
    (tmp_path / "copy" / path).unlink()
    with pytest.raises(TileMissingError):
        verify_log(tmp_path / "copy", ORIGIN, KEYS)


def test_the_report_shows_a_log_rolled_back_to_an_old_checkpoint(log: Path, tmp_path: Path) -> None:
    shutil.copytree(log, tmp_path / "copy")
    (tmp_path / "copy/checkpoint").write_bytes(signed(300))
    report = verify_log(tmp_path / "copy", ORIGIN, KEYS)
    assert (report.head.checkpoint.size, report.largest_frozen) == (300, 520)


def test_a_frozen_note_under_a_false_name_is_found(log: Path, tmp_path: Path) -> None:
    shutil.copytree(log, tmp_path / "copy")
    (tmp_path / "copy/checkpoints/300.note").rename(tmp_path / "copy/checkpoints/301.note")
    with pytest.raises(LogDamagedError):
        verify_log(tmp_path / "copy", ORIGIN, KEYS)


def test_a_frozen_note_that_was_rightly_signed_over_another_tree_is_found(
    log: Path, tmp_path: Path
) -> None:
    shutil.copytree(log, tmp_path / "copy")
    fork = Checkpoint(ORIGIN, 300, root(299))
    note = format_checkpoint(fork, [SIGNER.sign(fork.text())])
    (tmp_path / "copy/checkpoints/300.note").write_bytes(note)
    with pytest.raises(LogDamagedError) as caught:
        verify_log(tmp_path / "copy", ORIGIN, KEYS)
    assert caught.value.facts == {"frozen": 300}


def test_a_stray_file_among_the_partial_tiles_is_found(log: Path, tmp_path: Path) -> None:
    shutil.copytree(log, tmp_path / "copy")
    (tmp_path / "copy/tile/0/000.p/notes").write_bytes(b"")
    with pytest.raises(LogDamagedError):
        verify_log(tmp_path / "copy", ORIGIN, KEYS)


def test_a_log_written_further_than_it_is_signed_is_sound_up_to_its_checkpoint(
    log: Path, tmp_path: Path
) -> None:
    shutil.copytree(log, tmp_path / "copy")
    TileWriter(tmp_path / "copy").write(520, leaves(520, 600), root(600))
    assert verify_log(tmp_path / "copy", ORIGIN, KEYS).head.checkpoint.size == 520


def test_a_log_signed_by_another_key_is_refused(log: Path) -> None:
    stranger = Signer(ORIGIN, sha256(b"stranger").digest())
    with pytest.raises(UnverifiedNoteError):
        verify_log(log, ORIGIN, [stranger.vkey])


def test_a_log_whose_signature_is_false_is_refused(log: Path, tmp_path: Path) -> None:
    shutil.copytree(log, tmp_path / "copy")
    note = (log / "checkpoint").read_bytes().replace(b"\n520\n", b"\n519\n")
    (tmp_path / "copy/checkpoint").write_bytes(note)
    with pytest.raises(BadSignatureError):
        verify_log(tmp_path / "copy", ORIGIN, KEYS)
