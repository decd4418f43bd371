"""The published test log of transparency-dev/tessera, read and written again byte for byte."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest
from tests.support import corpora

from tangthu.standards.tlog.audit import verify_log
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint, open_checkpoint
from tangthu.standards.tlog.merkle import CompactRange, leaf_hash, verify_consistency
from tangthu.standards.tlog.note import Signer, parse_vkey
from tangthu.standards.tlog.reader import TileReader
from tangthu.standards.tlog.writer import TileWriter

ORIGIN = "example.com/log/testdata"
# The key pair that tessera publishes for exactly this test log.
VKEY = parse_vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
SEED = base64.b64decode("AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg")[1:]


@pytest.fixture(scope="module")
def tessera() -> Path:
    return corpora.need("tlog/tessera/testdata") / "log"


@pytest.mark.req("IN-97", "IN-21", "IN-42")
def test_the_16_checkpoints_15_tiles_and_15_bundles_are_reproduced_byte_for_byte(
    tessera: Path, tmp_path: Path
) -> None:
    entries = TileReader(tessera).bundle(0, 15)
    assert entries[7] == b"eit"
    signer, writer, edge = Signer(ORIGIN, SEED), TileWriter(tmp_path), CompactRange()
    assert signer.vkey == VKEY
    for size in range(16):
        if size:
            edge.append(leaf_hash(entries[size - 1]))
            writer.write(size - 1, [entries[size - 1]], edge.root())
        checkpoint = Checkpoint(ORIGIN, size, edge.root())
        note = format_checkpoint(checkpoint, [signer.sign(checkpoint.text())])
        assert note == (tessera / f"checkpoint.{size}").read_bytes()
        writer.publish_checkpoint(note)
    published = {
        path.relative_to(tessera): path.read_bytes()
        for path in (tessera / "tile").rglob("*")
        if path.is_file()
    }
    assert len(published) == 30
    written = {
        path.relative_to(tmp_path): path.read_bytes()
        for path in (tmp_path / "tile").rglob("*")
        if path.is_file()
    }
    assert written == published


@pytest.mark.req("IN-97")
def test_every_published_checkpoint_is_consistent_with_the_last(tessera: Path) -> None:
    reader = TileReader(tessera)
    last = open_checkpoint(reader.checkpoint(), ORIGIN, [VKEY]).checkpoint
    for size in range(1, 16):
        data = (tessera / f"checkpoint.{size}").read_bytes()
        found = open_checkpoint(data, ORIGIN, [VKEY]).checkpoint
        assert (found.size, found.root) == (size, reader.root_of(size))
        proof = reader.consistency_proof(size, 15)
        verify_consistency(size, 15, found.root, last.root, proof)


@pytest.mark.req("IN-97")
def test_the_audit_of_a_log_written_by_another_program_ends_well(
    tessera: Path, tmp_path: Path
) -> None:
    shutil.copytree(tessera, tmp_path / "log")
    report = verify_log(tmp_path / "log", ORIGIN, [VKEY])
    assert (report.head.checkpoint.size, report.tiles, report.partials) == (15, 1, 30)
