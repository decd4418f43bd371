"""The static tree of tlog-tiles: paths, contents, order of writing, refusal to rewrite."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.tlog.growing_log import DAYS, ORIGIN, SIGNER, grow, leaves, root, signed

from tangthu.standards import durable
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint
from tangthu.standards.tlog.errors import (
    CheckpointConflictError,
    EntryTooLongError,
    LogDamagedError,
    ProofRangeError,
    TileConflictError,
    TileFormatError,
    TileMissingError,
    TlogError,
)
from tangthu.standards.tlog.layout import (
    ENTRIES,
    changed_tiles,
    fold,
    levels,
    pack_bundle,
    tile_path,
    tile_width,
    unpack_bundle,
)
from tangthu.standards.tlog.note import Cosigner, parse_note
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def partial_tile(level: int | str, index: int, size: int) -> str:
    return tile_path(level, index, tile_width(0 if level == ENTRIES else int(level), index, size))


@pytest.mark.req("IN-21", "IN-97")
@pytest.mark.parametrize(
    ("level", "index", "size", "path"),
    [
        # Layout examples of the tlog-tiles text and of transparency-dev/tessera.
        (0, 1234067, 2**62, "tile/0/x001/x234/067"),
        (ENTRIES, 0, 256, "tile/entries/000"),
        (ENTRIES, 0, 255, "tile/entries/000.p/255"),
        (ENTRIES, 1, 512, "tile/entries/001"),
        (ENTRIES, 1, 257, "tile/entries/001.p/1"),
        (ENTRIES, 123456789, 123456790 * 256, "tile/entries/x123/x456/789"),
        (ENTRIES, 0, 8, "tile/entries/000.p/8"),
        (ENTRIES, 255, 256 * 256, "tile/entries/255"),
        (ENTRIES, 255, 256 * 256 - 3, "tile/entries/255.p/253"),
        (ENTRIES, 123456789000, 2**63, "tile/entries/x123/x456/x789/000"),
        (0, 0, 256, "tile/0/000"),
        (0, 0, 255, "tile/0/000.p/255"),
        (1, 0, 2**63, "tile/1/000"),
        (1, 0, 256, "tile/1/000.p/1"),
        (1, 0, 1024, "tile/1/000.p/4"),
        (3, 1234567, 2**63, "tile/3/x001/x234/567"),
    ],
)
def test_tiles_lie_where_the_published_examples_say(
    level: int | str, index: int, size: int, path: str
) -> None:
    assert partial_tile(level, index, size) == path


@pytest.mark.req("IN-21")
def test_a_tree_of_70000_has_the_tiles_that_the_text_lists() -> None:
    wanted = {0: (273, 112), 1: (1, 17), 2: (0, 1)}
    assert list(levels(70_000)) == [0, 1, 2]
    for level, (full, width) in wanted.items():
        assert changed_tiles(level, 0, 70_000) == range(full + 1)
        assert tile_width(level, full, 70_000) == width
        assert full == 0 or tile_width(level, full - 1, 70_000) == 256
        assert tile_width(level, full + 1, 70_000) == 0


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_reads_back_as_it_was_packed(entries: list[bytes]) -> None:
    assert unpack_bundle(pack_bundle(entries), len(entries)) == entries


@given(st.binary(max_size=30), st.integers(0, 8))
def test_hostile_bundle_bytes_are_read_exactly_or_refused(data: bytes, width: int) -> None:
    try:
        entries = unpack_bundle(data, width)
    except TileFormatError:
        return
    assert pack_bundle(entries) == data
    assert len(entries) == width


def test_an_entry_of_65535_bytes_fits_and_a_longer_one_stops_before_anything_is_written(
    tmp_path: Path,
) -> None:
    assert len(pack_bundle([b"x" * 65535])) == 65537
    with pytest.raises(EntryTooLongError):
        TileWriter(tmp_path).write(0, [b"x", b"x" * 65536], merkle.EMPTY_ROOT)
    assert files(tmp_path) == set()


@pytest.mark.req("IN-35")
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=300))
def test_the_two_ways_to_a_root_agree(hashes: list[bytes]) -> None:
    edge = merkle.CompactRange()
    edge.extend(hashes)
    assert fold(hashes) == edge.root()


@pytest.mark.req("IN-21", "IN-22")
def test_after_each_step_exactly_the_files_of_that_tree_are_there(tmp_path: Path) -> None:
    grow(tmp_path, (3, 300))
    assert files(tmp_path) == {
        "checkpoint",
        "checkpoints/3.note",
        "checkpoints/300.note",
        "tile/entries/000",
        "tile/entries/001.p/44",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
    }
    assert (tmp_path / "tile/0/000").stat().st_size == 8192


@pytest.mark.req("IN-22")
def test_bundles_are_durable_before_leaves_before_nodes_before_the_checkpoint(
    tmp_path: Path,
) -> None:
    passed: list[str] = []
    durable.observe(lambda name: passed.append(name.removeprefix("tlog.")))
    try:
        grow(tmp_path, (600,))
    finally:
        durable.observe(None)
    renamed = [name.split(".")[0] for name in passed if name.endswith((".renamed", "verified"))]
    assert renamed == [
        *["bundle"] * 3,
        *["leaves"] * 3,
        "nodes",
        "verified",
        "frozen",
        "checkpoint",
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_however_a_log_grew_its_tiles_give_the_same_roots_and_proofs(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    writer, sizes = TileWriter(folder), [0]
    for step in steps:
        size = sizes[-1] + step
        writer.write(sizes[-1], leaves(sizes[-1], size), root(size))
        sizes.append(size)
    end, reader = sizes[-1], TileReader(folder)
    for size in sizes:
        assert reader.root_of(size) == root(size) == reader.compact_range(size).root()
        if size:
            proof = reader.consistency_proof(size, end)
            merkle.verify_consistency(size, end, root(size), root(end), proof)
            hashed = merkle.leaf_hash(leaves(size - 1, size)[0])
            proof = reader.inclusion_proof(size - 1, end)
            merkle.verify_inclusion(size - 1, end, hashed, proof, root(end))
    assert list(reader.entries(0, end, end)) == leaves(0, end)
    assert list(reader.entries(end // 3, end // 2, end)) == leaves(end // 3, end // 2)
    with pytest.raises(ProofRangeError):
        list(reader.entries(0, end + 1, end))


@pytest.mark.req("IN-22")
@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/000", "tile/1/000.p/2"])
def test_a_file_with_other_bytes_stops_the_log_and_is_left_as_it_is(
    tmp_path: Path, path: str
) -> None:
    writer = TileWriter(tmp_path)
    writer.write(0, leaves(0, 600), root(600))
    damaged = bytearray((tmp_path / path).read_bytes())
    damaged[5] ^= 1
    (tmp_path / path).write_bytes(damaged)
    with pytest.raises(TileConflictError) as caught:
        writer.write(0, leaves(0, 600), root(600))
    assert caught.value.facts["path"] == path
    assert (tmp_path / path).read_bytes() == damaged


@pytest.mark.req("IN-22")
def test_a_full_tile_is_not_rewritten_with_other_leaves(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    writer.write(0, leaves(0, 256), root(256))
    before = {path: (tmp_path / path).read_bytes() for path in files(tmp_path)}
    other = leaves(1000, 1256)
    edge = merkle.CompactRange()
    edge.extend(map(merkle.leaf_hash, other))
    with pytest.raises(TileConflictError):
        writer.write(0, other, edge.root())
    assert {path: (tmp_path / path).read_bytes() for path in files(tmp_path)} == before


@pytest.mark.req("IN-22")
def test_repeating_a_write_changes_no_file(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    writer.write(0, leaves(0, 600), root(600))
    before = {path: (tmp_path / path).stat().st_ino for path in files(tmp_path)}
    TileWriter(tmp_path).write(0, leaves(0, 600), root(600))
    writer.write(600, [], root(600))
    assert {path: (tmp_path / path).stat().st_ino for path in files(tmp_path)} == before


@pytest.mark.req("IN-35")
@pytest.mark.parametrize("kind", ["bundle", "leaves", "nodes"])
@pytest.mark.parametrize("at", [2, -1])
def test_a_bit_flipped_on_its_way_to_disk_is_found_before_anything_is_signed(
    tmp_path: Path, kind: str, at: int
) -> None:
    def flip(name: str) -> None:
        if name == f"tlog.{kind}.renamed":
            place = {"bundle": "tile/entries/000", "leaves": "tile/0/000"}.get(
                kind, "tile/1/000.p/1"
            )
            data = bytearray((tmp_path / place).read_bytes())
            data[at] ^= 4
            (tmp_path / place).write_bytes(data)
            durable.observe(None)

    durable.observe(flip)
    try:
        with pytest.raises((LogDamagedError, TileFormatError)):
            TileWriter(tmp_path).write(0, leaves(0, 300), root(300))
    finally:
        durable.observe(None)
    with pytest.raises(TileConflictError):
        TileWriter(tmp_path).write(0, leaves(0, 300), root(300))


@pytest.mark.req("IN-35")
def test_a_bit_flipped_in_a_full_node_tile_is_found_though_the_root_is_right(
    tmp_path: Path,
) -> None:
    def flip(_: str) -> None:
        path = tmp_path / "tile/1/000"
        if path.exists():
            data = bytearray(path.read_bytes())
            data[4000] ^= 1
            path.write_bytes(data)
            durable.observe(None)

    durable.observe(flip)
    try:
        with pytest.raises(LogDamagedError) as caught:
            TileWriter(tmp_path).write(0, leaves(0, 65_600), root(65_600))
    finally:
        durable.observe(None)
    assert caught.value.facts == {"level": 1, "index": 0}
    assert TileReader(tmp_path).root_of(65_600) == root(65_600)


@pytest.mark.req("IN-35")
def test_a_root_that_the_tiles_do_not_give_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogDamagedError):
        TileWriter(tmp_path).write(0, leaves(0, 5), root(6))


def test_a_write_that_does_not_go_on_from_a_written_tree_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TileMissingError):
        TileWriter(tmp_path).write(5, leaves(5, 9), root(9))
    assert files(tmp_path) == set()


@pytest.mark.req("IN-22")
def test_a_checkpoint_without_its_tiles_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(TlogError):
        TileWriter(tmp_path).publish_checkpoint(signed(3))
    assert files(tmp_path) == set()


@pytest.mark.req("IN-20", "IN-21")
def test_a_checkpoint_that_contradicts_the_published_one_is_refused(tmp_path: Path) -> None:
    grow(tmp_path, (3, 10))
    writer = TileWriter(tmp_path)
    writer.write(10, leaves(10, 12), root(12))
    other = Checkpoint("log.example/other", 12, root(12))
    for note in (signed(3), format_checkpoint(other, [SIGNER.sign(other.text())])):
        with pytest.raises(CheckpointConflictError) as caught:
            writer.publish_checkpoint(note)
        assert caught.value.facts["published"] == 10
    assert TileReader(tmp_path).checkpoint() == signed(10)
    assert not (tmp_path / "checkpoints/12.note").exists()


@pytest.mark.req("IN-21")
def test_a_frozen_checkpoint_stays_while_later_witness_lines_go_into_the_mutable_one(
    tmp_path: Path,
) -> None:
    grow(tmp_path, (3,))
    writer, reader = TileWriter(tmp_path), TileReader(tmp_path)
    note = parse_note(signed(3))
    witness = Cosigner("w.example/1", bytes(32))
    checkpoint = Checkpoint(ORIGIN, 3, root(3))
    later = format_checkpoint(checkpoint, note.signatures, [witness.cosign(note.text, 99)])
    with pytest.raises(CheckpointConflictError):
        writer.publish_checkpoint(later)
    writer.publish_checkpoint(later, freeze=False)
    assert (reader.checkpoint(), reader.frozen(3)) == (later, signed(3))
    with pytest.raises(TileMissingError):
        reader.frozen(4)


def test_an_empty_log_can_publish_its_first_checkpoint(tmp_path: Path) -> None:
    TileWriter(tmp_path).write(0, [], merkle.EMPTY_ROOT)
    TileWriter(tmp_path).publish_checkpoint(signed(0))
    assert files(tmp_path) == {"checkpoint", "checkpoints/0.note"}


@pytest.mark.req("IN-23")
def test_partial_files_go_only_when_the_full_one_is_a_day_old(tmp_path: Path) -> None:
    writer = TileWriter(tmp_path)
    for start, end in ((0, 100), (100, 300), (300, 600)):
        writer.write(start, leaves(start, end), root(end))
        writer.publish_checkpoint(signed(end))
    everything = files(tmp_path)
    full = max((tmp_path / f"tile/{kind}/00{at}").stat().st_mtime for kind in "0" for at in (0, 1))
    kept = writer.collect_partials(full + DAYS / 2)
    assert (kept.files, kept.from_size) == (0, 0)
    assert files(tmp_path) == everything
    gone = writer.collect_partials(full + 1.1 * DAYS)
    assert (gone.files, gone.from_size) == (4, 512)
    assert everything - files(tmp_path) == {
        "tile/0/000.p/100",
        "tile/0/001.p/44",
        "tile/entries/000.p/100",
        "tile/entries/001.p/44",
    }
    assert "tile/1/000.p/1" in files(tmp_path)
    assert writer.collect_partials(full + 9 * DAYS, gone.from_size).files == 0


@pytest.mark.req("IN-23")
def test_partial_files_without_a_full_one_stay_however_old_they_are(tmp_path: Path) -> None:
    grow(tmp_path, (300, 600))
    writer = TileWriter(tmp_path)
    writer.write(600, leaves(600, 610), root(610))
    writer.publish_checkpoint(signed(610))
    before = files(tmp_path)
    assert writer.collect_partials(9e9).files == 0
    assert files(tmp_path) == before
    writer.write(610, leaves(610, 800), root(800))
    writer.publish_checkpoint(signed(800))
    (tmp_path / "tile/0/002").unlink()
    assert writer.collect_partials(9e9).files == 2
    assert "tile/0/002.p/88" in files(tmp_path)


@pytest.mark.req("IN-23")
def test_proofs_to_an_old_size_still_hold_after_its_partial_tiles_are_gone(tmp_path: Path) -> None:
    grow(tmp_path, (100, 300, 600))
    reader = TileReader(tmp_path)
    assert not (tmp_path / "tile/0/000.p").exists()
    assert reader.root_of(100) == root(100)
    assert list(reader.entries(90, 100, 100)) == leaves(90, 100)
    TileWriter(tmp_path).write(100, leaves(100, 300), root(300))


@pytest.mark.req("IN-26")
def test_nothing_is_pruned_and_a_million_events_take_about_124_megabytes(tmp_path: Path) -> None:
    leaf = b'{"c":"sW-92kjJIRyvnhyHwejZOMwcIfK5XtK_I21EEAOcTno","k":"file","t":1795334460000,"v":1}'
    writer, edge = TileWriter(tmp_path), merkle.CompactRange()
    for _ in range(2):
        start = edge.size
        edge.extend([merkle.leaf_hash(leaf)] * 16384)
        writer.write(start, [leaf] * 16384, edge.root())
    checkpoint = Checkpoint(ORIGIN, edge.size, edge.root())
    writer.publish_checkpoint(format_checkpoint(checkpoint, [SIGNER.sign(checkpoint.text())]))
    writer.collect_partials(9e9)
    size = {"entries": 0, "hashes": 0}
    for path in files(tmp_path):
        if path.startswith("tile/"):
            kind = "entries" if path.startswith("tile/entries/") else "hashes"
            size[kind] += (tmp_path / path).stat().st_size
    assert 84 <= size["entries"] / edge.size <= 94
    assert 32 <= size["hashes"] / edge.size <= 32.5


def test_two_writers_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            writer = TileWriter(tmp_path)
            for start in range(0, 2000, 250):
                writer.write(start, leaves(start, start + 250), root(start + 250))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert TileReader(tmp_path).root_of(2000) == root(2000)
    assert not [path for path in files(tmp_path) if path.endswith(".tmp")]


def test_a_reader_refuses_absent_short_and_overlong_files(tmp_path: Path) -> None:
    reader = TileReader(tmp_path)
    with pytest.raises(TileMissingError):
        reader.root_of(1)
    with pytest.raises(TileMissingError):
        reader.bundle(0, 1)
    with pytest.raises(TileMissingError):
        reader.checkpoint()
    (tmp_path / "tile/0").mkdir(parents=True)
    for length in (0, 31, 33, 8192, 8193):
        (tmp_path / "tile/0/000.p").mkdir(exist_ok=True)
        (tmp_path / "tile/0/000.p/2").write_bytes(bytes(length))
        with pytest.raises(TileFormatError):
            TileReader(tmp_path).tile(0, 0, 2)
    (tmp_path / "checkpoint").write_bytes(b"x" * 70_000)
    with pytest.raises(TileFormatError):
        reader.checkpoint()


def test_no_temporary_name_looks_like_a_tile(tmp_path: Path) -> None:
    names: list[str] = []
    durable.observe(lambda _: names.extend(path.name for path in tmp_path.rglob("*.tmp")))
    try:
        grow(tmp_path, (3,))
    finally:
        durable.observe(None)
    assert names
    assert all(re.fullmatch(r"\.[0-9a-z.]+\.tmp", name) for name in names)
